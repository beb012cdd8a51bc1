"""The grid of time that everything here stands on: chunks of 10 s, each of 589 frames, which lie on one common grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aisubs.ports.engine import SAMPLES_PER_SECOND

Floats = NDArray[np.float32]
Array = NDArray[Any]

CHUNK_SAMPLES = 160_000
"""What segmentation-3.0 was trained on."""
FRAMES = 589
FRAME_SAMPLES = 270
FIRST_SAMPLE = 495
"""The middle of frame 0; that of frame i lies `i * FRAME_SAMPLES` behind it."""
HOP_FRAMES = 296
HOP_SAMPLES = HOP_FRAMES * FRAME_SAMPLES
"""4.995 s from chunk to chunk: whole frames, so that all chunks share one grid."""
FRAMES_PER_SECOND = SAMPLES_PER_SECOND / FRAME_SAMPLES

_EDGE_FRAMES = 60
TRUST: Floats = np.minimum(np.minimum(np.arange(FRAMES) + 1, FRAMES - np.arange(FRAMES)), _EDGE_FRAMES).astype(
    np.float32
)
"""How much a frame of a chunk counts where two chunks overlap: less at the edges, (589,)."""

VOICES = 3
POWERSET = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], bool)
"""Which of three local voices speak, for each class of the segmentation: (7, 3)."""


def spans_of(mask: Array, gap: int = 1) -> list[tuple[int, int]]:
    """[start, end) of what is true in (n,); what is less than `gap` apart is one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    spans: list[tuple[int, int]] = []
    for start, end in edges.reshape(-1, 2).tolist():
        if spans and start - spans[-1][1] < gap:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return spans


def frames_of(chunks: int) -> int:
    """Frames of the common grid under so many chunks."""
    return (chunks - 1) * HOP_FRAMES + FRAMES if chunks else 0


def span_ms(start: int, end: int, duration_ms: int) -> tuple[int, int]:
    """Frames [start, end) of the common grid in milliseconds of the recording."""
    per_ms, half = SAMPLES_PER_SECOND // 1000, FRAME_SAMPLES // 2
    begins = FIRST_SAMPLE + FRAME_SAMPLES * start - half
    ends = FIRST_SAMPLE + FRAME_SAMPLES * (end - 1) + half
    return min(max(0, round(begins / per_ms)), duration_ms), min(round(ends / per_ms), duration_ms)
