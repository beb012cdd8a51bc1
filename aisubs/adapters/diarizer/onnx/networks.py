"""The two networks, on one thread: two threads give other bytes than one."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from aisubs.adapters.diarizer.chunked.grid import Floats
from aisubs.adapters.diarizer.chunked.heard import RowFormat
from aisubs.adapters.diarizer.chunked.voices import unit
from aisubs.model.errors import error
from aisubs.ports.engine import Samples

THREADS = 1
EMBEDDING = "CAM++ zh-en common advanced"
"""Whose prints can be compared with each other, whichever recordings they are of."""
ROWS = RowFormat(1, 192)
"""CAM++ makes 192 numbers of a voice."""


class Networks:
    """segmentation-3.0 and CAM++, each loaded when it is first asked. Raises `diarizer_failed` when that fails."""

    def __init__(self, segmentation: Path, embedding: Path) -> None:
        self._files = segmentation, embedding

    @cached_property
    def _segmentation(self) -> Any:
        return _load(self._files[0])

    @cached_property
    def _embedding(self) -> Any:
        return _load(self._files[1])

    def segment(self, chunk: Samples) -> Floats:
        """(160000,) samples -> (589, 7) logarithms of the probability of each class. Raises `diarizer_failed`."""
        return _run(self._segmentation, {"samples": chunk[None]})

    def embed(self, features: Floats) -> Floats:
        """(frames of 10 ms, 80) -> (192,) of length 1. Raises `diarizer_failed`."""
        return unit(_run(self._embedding, {"features": (features - features.mean(0))[None]}))


def fingerprint_of(networks: str, rows: int, algorithm: int) -> str:
    """What rows and turns depend on."""
    runtime = ", ".join(f"{name} {version(name)}" for name in ("onnxruntime", "numpy"))
    return f"{networks}, rows {rows}, algorithm {algorithm}, {runtime}, threads {THREADS}"


def _load(file: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(file), sess_options=options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # the runtime's own errors
        raise error("diarizer_failed", f"{file}: {type(fault).__name__}: {fault}") from fault


def _run(session: Any, inputs: dict[str, Floats]) -> Floats:
    """The only output, of a batch of one."""
    try:
        outputs = session.run(None, inputs)
    except Exception as fault:  # the runtime's own errors
        raise error("diarizer_failed", f"{type(fault).__name__}: {fault}") from fault
    first: Floats = outputs[0][0]
    return first
