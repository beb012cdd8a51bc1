"""Blocks of any size become chunks of 10 s, one every 4.995 s. No chunk knows of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from aisubs.adapters.diarizer.chunked.grid import CHUNK_SAMPLES, HOP_SAMPLES, Array
from aisubs.ports.engine import SAMPLES_PER_SECOND

_PER_MS = SAMPLES_PER_SECOND // 1000


@dataclass(frozen=True, slots=True)
class Chunk:
    """`samples` has 160000 along its first axis, padded with silence behind the end of the recording."""

    seq: int
    start_ms: int
    end_ms: int
    samples: Array


def start_sample(first_chunk: int) -> int:
    return first_chunk * HOP_SAMPLES


def chunks_of(blocks: Iterable[Array], first_chunk: int = 0) -> Iterator[Chunk]:
    """Chunks from `first_chunk` on; `blocks`, (n,) or (n, channels), begin at its first sample.

    The last one is the first that hears the end. A recording that ends before `first_chunk` begins has none.
    """
    held: Array | None = None
    filled, seq = 0, first_chunk
    for block in blocks:
        if held is None:
            held = np.zeros((CHUNK_SAMPLES, *block.shape[1:]), np.float32)
        taken = 0
        while taken < len(block):
            size = min(CHUNK_SAMPLES - filled, len(block) - taken)
            held[filled : filled + size] = block[taken : taken + size]
            filled, taken = filled + size, taken + size
            if filled == CHUNK_SAMPLES:
                yield _chunk(seq, held, filled)
                filled, seq = CHUNK_SAMPLES - HOP_SAMPLES, seq + 1
                held[:filled] = held[HOP_SAMPLES:].copy()
    if held is not None and filled > (CHUNK_SAMPLES - HOP_SAMPLES if seq else 0):
        held[filled:] = 0
        yield _chunk(seq, held, filled)


def _chunk(seq: int, held: Array, filled: int) -> Chunk:
    start = start_sample(seq)
    return Chunk(seq, start // _PER_MS, -(-(start + filled) // _PER_MS), held.copy())
