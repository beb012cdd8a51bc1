"""One chunk heard: who of at most three local voices speaks in each frame, and the voice prints of their runs.

Each run of a voice that is long enough has prints of its own, of about 2.5 s; its short runs have one together. One
print for all of a local voice confuses people seven times as often: the segmentation itself swaps voices now and then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from aisubs.adapters.diarizer.chunked.grid import FRAMES, POWERSET, VOICES, Array, Floats, spans_of
from aisubs.adapters.diarizer.chunked.heard import Heard
from aisubs.adapters.diarizer.onnx.features import fbank, grid_frames
from aisubs.adapters.diarizer.onnx.networks import ROWS, Networks
from aisubs.ports.engine import Samples

LONG = 45
"""Frames (0.76 s) alone from which a run has prints of its own."""
SHORT = 25
"""Frames (0.42 s) under which short runs together have none."""
GAP = 18
"""Frames (0.3 s): shorter pauses do not end a run."""
PIECE = 150
"""Frames (2.5 s) that one print is made of, about: a change of speaker that was missed costs one piece."""
_MOST_FEATURES, _LEAST_FEATURES = 720, 20
"""Frames of 10 ms that a print is made of."""


def hear(chunk: Samples, networks: Networks) -> Heard:
    """(160000,) samples -> what is kept of them. Raises `diarizer_failed`."""
    classes = networks.segment(chunk).argmax(-1).astype(np.uint8)
    return _Chunk(classes, fbank(chunk), networks).heard()


@dataclass(slots=True)
class _Run:
    voice: int
    start: int
    end: int
    print: int | None = None
    """-1: there is none; None: one together with other short runs."""


@dataclass(slots=True)
class _Chunk:
    classes: Array
    features: Floats
    networks: Networks
    _prints: list[Floats] = field(default_factory=list)
    _alone: list[int] = field(default_factory=list)
    _voices: list[int] = field(default_factory=list)

    def heard(self) -> Heard:
        active = POWERSET[self.classes]
        alone = active & (active.sum(1, keepdims=True) == 1)
        runs = [run for voice in range(VOICES) for run in self._runs_of(voice, active[:, voice], alone[:, voice])]
        rows = [(run.voice, run.start, run.end, -1 if run.print is None else run.print) for run in runs]
        return Heard(
            self.classes,
            np.array(rows, np.int16).reshape(-1, 4),
            np.array(self._prints, np.float16).reshape(-1, ROWS.dimensions),
            np.array(self._alone, np.uint16),
            np.array(self._voices, np.uint8),
        )

    def _runs_of(self, voice: int, active: Array, alone: Array) -> list[_Run]:
        runs: list[_Run] = []
        short = np.zeros(FRAMES, bool)
        for start, end in spans_of(active, GAP):
            mask = np.zeros(FRAMES, bool)
            mask[start:end] = alone[start:end]
            if mask.sum() >= LONG:
                runs += self._long_run(voice, start, end, mask, alone)
            else:
                short |= mask
                runs.append(_Run(voice, start, end))
        self._short_runs(voice, runs, short, active, alone)
        return runs

    def _long_run(self, voice: int, start: int, end: int, mask: Array, alone: Array) -> list[_Run]:
        """In pieces that have about the same number of frames in which the voice is alone."""
        pieces = max(1, round(int(mask.sum()) / PIECE))
        so_far = np.cumsum(mask)
        cuts = [int(np.searchsorted(so_far, so_far[-1] * n / pieces)) + 1 for n in range(1, pieces)]
        edges = [start, *cuts, end]
        runs = []
        for begin, finish in pairwise(edges):
            piece = np.zeros(FRAMES, bool)
            piece[begin:finish] = mask[begin:finish]
            runs.append(_Run(voice, begin, finish, self._print_of(voice, piece, alone)))
        return runs

    def _short_runs(self, voice: int, runs: list[_Run], short: Array, active: Array, alone: Array) -> None:
        """Short runs get one print together; where that is too little, that of the nearest long run."""
        waiting, known = [r for r in runs if r.print is None], [r for r in runs if r.print is not None]
        if not waiting:
            return
        found = self._print_of(voice, short, alone) if short.sum() >= SHORT else -1
        if found < 0 and not known:
            found = self._print_of(voice, active, alone)  # only ever heard over others
        for run in waiting:
            run.print = found
            if found < 0 and known:
                run.print = min(known, key=lambda other: max(other.start - run.end, run.start - other.end)).print

    def _print_of(self, voice: int, mask: Array, alone: Array) -> int:
        """The index of a new print of the frames of `mask`; -1 where they are too few."""
        features = self.features[mask[grid_frames()]][:_MOST_FEATURES]
        if len(features) < _LEAST_FEATURES:
            return -1
        vector = self.networks.embed(features)
        if not np.isfinite(vector).all():
            return -1
        self._prints.append(vector)
        self._alone.append(int((mask & alone).sum()))
        self._voices.append(voice)
        return len(self._prints) - 1
