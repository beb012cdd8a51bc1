"""One chunk heard by the pipeline's networks: who of three local voices speaks in each frame, and a print of each."""

from __future__ import annotations

from typing import Any

import numpy as np

from aisubs.adapters.diarizer.chunked.grid import FRAMES, POWERSET, VOICES, Array, Floats, spans_of
from aisubs.adapters.diarizer.chunked.heard import Heard
from aisubs.model.errors import error
from aisubs.ports.engine import SAMPLES_PER_SECOND, Samples

_CLASS_OF = {tuple(row): number for number, row in enumerate(POWERSET.tolist())}


class Networks:
    """`pipeline` is pyannote.audio's SpeakerDiarization; its networks are had by names that 4.0 does not promise to
    keep, so the version is pinned."""

    def __init__(self, pipeline: Any) -> None:
        self._segmentation, self._embedding = pipeline._segmentation, pipeline._embedding
        self._exclude_overlap = bool(pipeline.embedding_exclude_overlap)
        self.dimensions = int(self._embedding.dimension)

    def hear(self, chunk: Samples) -> Heard:
        """(160000,) samples -> what is kept of them. Raises `diarizer_failed`, MemoryError."""
        import torch

        waveform = torch.from_numpy(np.ascontiguousarray(chunk, np.float32))[None, None]
        try:
            active = np.asarray(self._segmentation.infer(waveform))[0] > 0.5
            if active.shape != (FRAMES, VOICES):
                raise ValueError(f"a segmentation of {active.shape}, wanted {(FRAMES, VOICES)}")
            voices = np.flatnonzero(active.any(0))
            prints = self._prints(waveform, active, voices)
        except (RuntimeError, ValueError) as fault:  # torch's own, or what the folder holds
            raise error("diarizer_failed", f"{type(fault).__name__}: {fault}") from fault
        return _heard(active, voices, prints)

    def _prints(self, waveform: Any, active: Array, voices: Array) -> Array:
        """(voices, dimensions), as large as they come: what decides needs their length. Not a number: too short."""
        import torch

        if not len(voices):
            return np.zeros((0, self.dimensions), np.float32)
        masks = active[:, voices].T.astype(np.float32)
        if self._exclude_overlap:
            least = -(-FRAMES * self._embedding.min_num_samples // (10 * SAMPLES_PER_SECOND))
            clean = masks * (active.sum(1) < 2)
            masks = np.where(clean.sum(1, keepdims=True) > least, clean, masks).astype(np.float32)
        return np.asarray(self._embedding(waveform.repeat(len(voices), 1, 1), masks=torch.from_numpy(masks)))


def _heard(active: Array, voices: Array, prints: Floats) -> Heard:
    usable = np.isfinite(prints).all(1) & (np.abs(prints).max(1, initial=0) < np.finfo(np.float16).max)
    numbers = np.where(usable, np.cumsum(usable) - 1, -1)
    number_of = dict(zip(voices.tolist(), numbers.tolist(), strict=True))
    alone = active & (active.sum(1, keepdims=True) == 1)
    runs = [(voice, start, end, number_of[voice]) for voice in number_of for start, end in spans_of(active[:, voice])]
    kept = voices[usable]
    return Heard(
        np.array([_CLASS_OF[tuple(row)] for row in active.tolist()], np.uint8),
        np.array(runs, np.int16).reshape(-1, 4),
        prints[usable].astype(np.float16),
        alone[:, kept].sum(0).astype(np.uint16),
        kept.astype(np.uint8),
    )
