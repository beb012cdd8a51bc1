"""Parts of a window's sound."""

from __future__ import annotations

import numpy as np

from aisubs.ports import Piece

Spans = tuple[tuple[int, int], ...]


def place_in(piece: Piece, start: int) -> int:
    """How far into the shortened sound (samples) the sample `start` of the recording is. Raises ValueError where no
    span of the piece holds it."""
    at = 0
    for whole_start, whole_end in piece.spans:
        if whole_start <= start < whole_end:
            return at + start - whole_start
        at += whole_end - whole_start
    raise ValueError(f"no span of the piece holds sample {start}")


def excerpt_of(piece: Piece, spans: Spans) -> Piece:
    """The piece that `spans` (absolute samples, in order, each inside one span of it) are, for engines that keep the
    samples. Raises ValueError as above."""
    starts = [place_in(piece, start) for start, _ in spans]
    parts = [piece.samples[at : at + end - start] for at, (start, end) in zip(starts, spans, strict=True)]
    return Piece(piece.seq, np.concatenate(parts), spans)
