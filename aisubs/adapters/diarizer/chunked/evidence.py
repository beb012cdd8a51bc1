"""All rows of a recording side by side, to decide from: 1.5 MB an hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aisubs.adapters.diarizer.chunked.grid import FRAMES, Array
from aisubs.adapters.diarizer.chunked.heard import RowFormat, read_row
from aisubs.model.errors import error
from aisubs.ports.diarizer import SpeakerChunk


@dataclass(frozen=True, slots=True)
class Evidence:
    """As in `Heard`, of all chunks: `classes` (chunks, 589), `runs` (all, 4) with print numbers of the whole recording,
    `prints` (all, dimensions) float16. The prints of chunk c are `first_print[c]` to `first_print[c + 1]`; so with
    runs."""

    classes: Array
    runs: Array
    prints: Array
    alone: Array
    voices: Array
    first_print: Array
    first_run: Array

    @property
    def chunks(self) -> int:
        return len(self.classes)

    def runs_of(self, chunk: int) -> Array:
        runs: Array = self.runs[self.first_run[chunk] : self.first_run[chunk + 1]]
        return runs


def read_rows(rows: Sequence[SpeakerChunk], form: RowFormat) -> Evidence:
    """Raises `diarizer_failed` for a gap between rows, and for what is no row of ours."""
    heard = []
    for expected, row in enumerate(rows):
        if row.seq != expected:
            raise error("diarizer_failed", f"row {row.seq} stands where row {expected} should")
        heard.append(read_row(row.data, form))
    first_print = np.cumsum([0, *(len(one.prints) for one in heard)])
    first_run = np.cumsum([0, *(len(one.runs) for one in heard)])
    runs = [_shifted(one.runs, int(first)) for one, first in zip(heard, first_print, strict=False)]
    return Evidence(
        np.array([one.classes for one in heard], np.uint8).reshape(-1, FRAMES),
        np.concatenate([np.zeros((0, 4), np.int32), *runs]),
        np.concatenate([np.zeros((0, form.dimensions), np.float16), *(one.prints for one in heard)]),
        np.concatenate([np.zeros(0, np.uint16), *(one.alone for one in heard)]),
        np.concatenate([np.zeros(0, np.uint8), *(one.voices for one in heard)]),
        first_print,
        first_run,
    )


def _shifted(runs: Array, first: int) -> Array:
    shifted = runs.astype(np.int32)
    shifted[shifted[:, 3] >= 0, 3] += first
    return shifted
