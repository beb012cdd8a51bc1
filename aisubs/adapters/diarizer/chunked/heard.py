"""What is kept of one chunk, and how it is written into a row: 1 to 4 KB."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from aisubs.adapters.diarizer.chunked.grid import FRAMES, Array
from aisubs.model.errors import error

_HEAD = struct.Struct("<BBHH")  # format, voice prints, runs, stretches of one class
NO_PRINT = 255


@dataclass(frozen=True, slots=True)
class RowFormat:
    """`first_byte` of a row: a new one for every plug, and for every change of what follows. `dimensions`: the numbers
    of one voice print."""

    first_byte: int
    dimensions: int


@dataclass(frozen=True, slots=True)
class Heard:
    """`classes` (589,) uint8: who speaks in each frame, see grid.POWERSET. `runs` (r, 4) int16: a local voice, the
    frames [start, end) in which it speaks, its voice print (an index, or -1). Of each voice print, `prints` (p,
    dimensions) float16 of length 1, `alone` (p,) uint16: frames in which nobody else spoke, `voices` (p,) uint8: the
    local voice.
    """

    classes: Array
    runs: Array
    prints: Array
    alone: Array
    voices: Array


def write_row(heard: Heard, form: RowFormat) -> bytes:
    """Little-endian: head, stretches (class, frames), runs, then of all prints frames, voices, numbers."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(heard.classes)) + 1])
    lengths = np.diff(np.concatenate([starts, [FRAMES]]))
    runs = heard.runs.copy()
    runs[runs[:, 3] < 0, 3] = NO_PRINT
    return b"".join(
        (
            _HEAD.pack(form.first_byte, len(heard.prints), len(runs), len(starts)),
            heard.classes[starts].astype("u1").tobytes(),
            lengths.astype("<u2").tobytes(),
            runs.astype("<u2").tobytes(),
            heard.alone.astype("<u2").tobytes(),
            heard.voices.astype("u1").tobytes(),
            heard.prints.astype("<f2").tobytes(),
        )
    )


def read_row(data: bytes, form: RowFormat) -> Heard:
    """Raises `diarizer_failed` for what `write_row` has not written."""
    if len(data) < _HEAD.size or data[0] != form.first_byte:
        found = data[:1].hex() or "empty"
        raise error("diarizer_failed", f"a row of another format: {found}, expected {form.first_byte}")
    _, prints, runs, stretches = _HEAD.unpack_from(data)
    if len(data) != _HEAD.size + 3 * stretches + 8 * runs + (3 + 2 * form.dimensions) * prints:
        raise error("diarizer_failed", f"a row of {len(data)} bytes does not hold what it says")
    offset = _HEAD.size

    def take(dtype: str, count: int) -> Array:
        nonlocal offset
        values = np.frombuffer(data, dtype, count, offset)
        offset += values.nbytes
        return values

    classes, lengths = take("u1", stretches), take("<u2", stretches)
    run_values = take("<u2", 4 * runs).reshape(-1, 4).astype(np.int16)
    run_values[run_values[:, 3] == NO_PRINT, 3] = -1
    alone, voices = take("<u2", prints), take("u1", prints)
    vectors = take("<f2", form.dimensions * prints).reshape(-1, form.dimensions)
    if lengths.sum() != FRAMES or run_values[:, 3].max(initial=-1) >= prints:
        raise error("diarizer_failed", "a row does not fit together")
    return Heard(np.repeat(classes, lengths), run_values, vectors, alone, voices)
