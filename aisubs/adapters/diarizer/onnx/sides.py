"""One person on each of two channels: who speaks when, by the speech on each, without voice prints.

A side speaks where segmentation-3.0 hears anybody on it and the other side is not 6 dB louder just then: what leaks
over is quieter than where it comes from. Voice activity by Silero loses two thirds of a voice on a telephone channel of
its own; this hears it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from aisubs.adapters.diarizer.onnx.chunks import chunks_of, start_sample
from aisubs.adapters.diarizer.onnx.grid import (
    CHUNK_SAMPLES,
    FIRST_SAMPLE,
    FRAME_SAMPLES,
    FRAMES,
    TRUST,
    Array,
    Floats,
    spans_of,
)
from aisubs.adapters.diarizer.onnx.networks import Networks, fingerprint_of
from aisubs.adapters.diarizer.onnx.voting import Spans, append_spans, bridged, looks_at, numbered, slabs_of
from aisubs.model.errors import error
from aisubs.model.turns import Turn
from aisubs.ports.diarizer import SpeakerChunk

FORMAT = 0x81
"""The first byte of a row: not that of a row of voice prints."""
ALGORITHM = 1
"""As in plug.py."""
GUARD_DB = 6.0
SPEAKS = 0.5
QUIET_DB = -70.0
"""Of full scale: what is quieter is nobody, whatever the segmentation makes of it, which hears all levels alike."""
_STILL_FRAMES = 6
"""0.1 s to each side, of which the loudest counts: the pauses within a word are no moment of the other's."""
_AROUND_SAMPLES = 800
"""50 ms to each side, of which the level of a frame is taken."""
_QUIETEST_DB, _PER_DB = -120.0, 2.0
_SIDES = 2


class OnnxSides:
    """As a `Diarizer`, but of blocks (n, 2), left and right; and there is nothing to count, for sides are people.

    Only the network of segmentation is loaded. `sides_of` gives the turns of the left side and of the right one apart.
    """

    def __init__(self, segmentation: Path, embedding: Path, digests: tuple[str, str]) -> None:
        self._networks = Networks(segmentation, embedding)
        self.fingerprint = fingerprint_of(f"segmentation-3.0 {digests[0][:16]}", FORMAT, ALGORITHM)

    def start_sample(self, first_chunk: int) -> int:
        return start_sample(first_chunk)

    def listen(self, blocks: Iterable[Floats], first_chunk: int = 0) -> Iterator[SpeakerChunk]:
        """Rows of 2.4 KB, the same for any blocks and wherever it begins. Raises `diarizer_failed`."""
        for chunk in chunks_of(blocks, first_chunk):
            sides = np.ascontiguousarray(chunk.samples.T)
            speech = [1 - np.exp(self._networks.segment(side)[:, 0]) for side in sides]
            heard = np.rint(np.clip(speech, 0, 1) * 255)
            levels = np.rint((_levels_db(chunk.samples) - _QUIETEST_DB) * _PER_DB)
            data = np.concatenate([heard, np.clip(levels, 0, 255)]).astype("u1").tobytes()
            yield SpeakerChunk(chunk.seq, chunk.start_ms, chunk.end_ms, bytes([FORMAT]) + data)

    def decide(self, rows: Sequence[SpeakerChunk], duration_ms: int) -> list[Turn]:
        """Turns by start; who is heard first is speaker 1, on whichever side. Raises `diarizer_failed`."""
        sides = sides_of(rows, duration_ms)
        return numbered([(start, end, side) for side, own in enumerate(sides) for start, end in own])


def sides_of(rows: Sequence[SpeakerChunk], duration_ms: int) -> tuple[Spans, Spans]:
    """When the left and when the right side speaks, in milliseconds. Raises `diarizer_failed` for rows of others."""
    spans: tuple[Spans, Spans] = ([], [])
    for first, end in slabs_of(len(rows)):
        speech, levels = _slab(rows, first, end)
        for side, own in enumerate(spans):
            loud = (levels[side] > levels[1 - side] - GUARD_DB) & (levels[side] > QUIET_DB)
            speaks = (speech[side] > SPEAKS) & loud
            append_spans(own, [(first + a, first + b) for a, b in spans_of(speaks)])
    return bridged(spans[0], duration_ms), bridged(spans[1], duration_ms)


def _slab(rows: Sequence[SpeakerChunk], first: int, end: int) -> tuple[Array, Array]:
    """Probability of speech and level in dB of both sides, (2, end - first) each, over the chunks that heard them."""
    summed, trust = np.zeros((2 * _SIDES, end - first)), np.zeros(end - first)
    for index, source, target in looks_at(first, end, len(rows)):
        summed[:, target] += (_read(rows[index], index) * TRUST)[:, source]
        trust[target] += TRUST[source]
    mean = summed / np.maximum(trust, 1e-6)
    return mean[:_SIDES] / 255, _loudest_around(mean[_SIDES:] / _PER_DB + _QUIETEST_DB)


def _loudest_around(levels: Array) -> Array:
    wide = np.pad(levels, ((0, 0), (_STILL_FRAMES, _STILL_FRAMES)), mode="edge")
    loudest: Array = np.lib.stride_tricks.sliding_window_view(wide, 2 * _STILL_FRAMES + 1, axis=1).max(-1)
    return loudest


def _read(row: SpeakerChunk, expected: int) -> Array:
    if row.seq != expected or len(row.data) != 1 + 2 * _SIDES * FRAMES or row.data[0] != FORMAT:
        raise error("diarizer_failed", f"row {row.seq} is none of two sides, or not row {expected}")
    return np.frombuffer(row.data, "u1", offset=1).reshape(2 * _SIDES, FRAMES).astype(np.float32)


def _levels_db(samples: Array) -> Array:
    """Of the 100 ms around each frame, (2, 589)."""
    summed = np.cumsum(np.concatenate([np.zeros((1, _SIDES)), samples.astype(np.float64) ** 2]), axis=0)
    middles = FIRST_SAMPLE + FRAME_SAMPLES * np.arange(FRAMES)
    from_, to = (np.clip(middles + side, 0, CHUNK_SAMPLES) for side in (-_AROUND_SAMPLES, _AROUND_SAMPLES))
    power = (summed[to] - summed[from_]) / (to - from_)[:, None]
    levels: Array = 10 * np.log10(power + 1e-10).T
    return levels
