"""What languages a window holds, span by span, from encoder states that are there anyway; and parts of windows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aisubs.adapters.engine.odds import odds_of
from aisubs.adapters.engine.timing.excerpts import place_in
from aisubs.ports import SAMPLES_PER_SECOND, Odds, Piece, Prepared

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

SAMPLES_PER_STATE = SAMPLES_PER_SECOND // 50
"""One encoder state stands for 20 ms of sound, one frame of features for 10 ms."""
SAMPLES_PER_FRAME = SAMPLES_PER_SECOND // 100
CHUNK_STATES = 150
"""3 s: what one look takes. Stretches are cut to about this and shorter ones repeated, so that all go in one batch."""
LEAST_ODDS = 0.01
"""Languages less likely than this are not told of."""


def guess_spans(
    whisper: WhisperModel, batch: Sequence[Prepared], states: Any, among: Sequence[str]
) -> list[list[Odds]]:
    """For each window and span the mean odds of its chunks.

    The decoder is asked for the language after hearing only the states of a chunk. Those states know of what stands
    around them, and fewer than 1500 are not what it was trained on; so this is a first look and not an answer.
    """
    from ctranslate2 import StorageView

    heard = _on_host(states)
    chunks: list[NDArray[np.float32]] = []
    owners: list[tuple[int, int]] = []
    for window, prepared in enumerate(batch):
        for span, start, end in _chunks(prepared.piece):
            chunks.append(np.resize(heard[window, start:end], (CHUNK_STATES, heard.shape[2])))
            owners.append((window, span))
    answers = whisper.model.detect_language(StorageView.from_array(np.stack(chunks)))
    odds: list[list[dict[str, float]]] = [[defaultdict(float) for _ in one.piece.spans] for one in batch]
    chunks_of = Counter(owners)
    for (window, span), answer in zip(owners, answers, strict=True):
        share = 1 / chunks_of[window, span]
        for language, probability in odds_of(answer, among).items():
            if probability >= LEAST_ODDS:
                odds[window][span][language] += share * probability
    return [[dict(span) for span in window] for window in odds]


def excerpt(prepared: Prepared, spans: tuple[tuple[int, int], ...]) -> Prepared:
    """Features of `spans` alone. Each begins at the frame (10 ms) that is nearest to where it begins in the piece."""
    parts: list[NDArray[np.float32]] = []
    for start, end in spans:
        first = round(place_in(prepared.piece, start) / SAMPLES_PER_FRAME)
        parts.append(prepared.features[:, first : first + max(1, round((end - start) / SAMPLES_PER_FRAME))])
    piece = prepared.piece
    return Prepared(Piece(piece.seq, piece.samples, spans), np.ascontiguousarray(np.concatenate(parts, axis=1)))


def _chunks(piece: Piece) -> Iterator[tuple[int, int, int]]:
    """(index of the span, first state, state behind the last), in order; each chunk has at least one state."""
    at = 0
    for index, (start, end) in enumerate(piece.spans):
        first, last = at // SAMPLES_PER_STATE, (at + end - start) // SAMPLES_PER_STATE
        at += end - start
        count = max(1, round((last - first) / CHUNK_STATES))
        bounds = [first + number * (last - first) // count for number in range(count + 1)]
        for begin, behind in pairwise(bounds):
            yield index, begin, max(begin + 1, behind)


def _on_host(states: Any) -> NDArray[np.float32]:
    """Encoder states (n, 1500, d) as an array; those of a GPU come as float16 or bfloat16, which numpy lacks."""
    from ctranslate2 import DataType, Device

    moved = states.to_device(Device.cpu) if states.device != "cpu" else states
    return np.asarray(moved if moved.dtype == DataType.float32 else moved.to(DataType.float32))
