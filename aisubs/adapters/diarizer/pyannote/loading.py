"""The pipeline out of a folder, and why it cannot be had."""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aisubs.model.errors import error

CONFIG = "config.yaml"
THREADS = 1
"""As with onnxruntime: two threads give other bytes than one."""
_PACKAGES = ("pyannote.audio", "torch", "numpy", "scipy", "scikit-learn")


def can_be_used(folder: Path | None) -> str | None:
    """Why not, for people; None: it can. Imports nothing."""
    try:
        installed = find_spec("pyannote.audio") is not None
    except ModuleNotFoundError:  # `pyannote` is a namespace, and is not there at all
        installed = False
    if not installed:
        return "pyannote.audio is not installed (`pip install 'aisubs[pyannote]'`, or the image made for it)"
    if folder is None or not (folder / CONFIG).is_file():
        return f"SPEAKER_MODEL_DIR must name a folder of speaker-diarization-community-1, with its {CONFIG}"
    return None


def require(folder: Path | None) -> Path:
    """Raises `diarizer_unusable`."""
    why = can_be_used(folder)
    if why is not None or folder is None:
        raise error("diarizer_unusable", diarizer="pyannote", why=why)
    return folder


def fingerprint_of(folder: Path, rows: int, algorithm: int, device: str) -> str:
    """What rows and turns depend on: each file in the folder, and what computes."""
    digest = sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts):
        with file.open("rb") as opened:
            digest.update(f"{file.relative_to(folder).as_posix()} {_sha256(opened)}\n".encode())
    runtime = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)
    made = f"rows {rows}, algorithm {algorithm}"
    return f"pyannote {digest.hexdigest()[:16]}, {made}, {runtime}, {device}, threads {THREADS}"


def load_pipeline(folder: Path, device: str) -> Any:
    """The `SpeakerDiarization` that the folder's config.yaml names. `device`: cpu or cuda.

    What lies there is trusted as code is: PyTorch's checkpoints are pickles. Raises `diarizer_failed`.
    """
    try:
        import torch
        from pyannote.audio import Pipeline
        from pyannote.audio.telemetry import set_telemetry_metrics

        set_telemetry_metrics(False)  # it is on by default, and tells of each model that is loaded
        torch.set_num_threads(THREADS)
        pipeline = Pipeline.from_pretrained(folder)
        if pipeline is None:
            raise ValueError("it names a part that is not in it")
        pipeline.to(torch.device(device))
    except Exception as fault:  # of torch, of lightning, of whatever the folder names
        raise error("diarizer_failed", f"{folder}: {type(fault).__name__}: {fault}") from fault
    return pipeline


def chosen_device(wanted: str) -> str:
    """`DEVICE` as torch calls it; `auto` is the GPU where there is one. Raises `diarizer_failed`."""
    if wanted == "cpu":
        return "cpu"
    try:
        import torch

        there = torch.cuda.is_available()
    except Exception as fault:
        raise error("diarizer_failed", f"torch: {type(fault).__name__}: {fault}") from fault
    if wanted == "cuda" and not there:
        raise error("diarizer_unusable", diarizer="pyannote", why="DEVICE is cuda, and torch finds no GPU")
    return "cuda" if there else "cpu"


def _sha256(opened: Any) -> str:
    from hashlib import file_digest

    return file_digest(opened, "sha256").hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
