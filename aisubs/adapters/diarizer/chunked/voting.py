"""Speakers of prints become turns: chunks that overlap vote for each frame, ten minutes at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aisubs.adapters.diarizer.chunked.evidence import Evidence
from aisubs.adapters.diarizer.chunked.grid import (
    FRAMES,
    HOP_FRAMES,
    POWERSET,
    TRUST,
    Array,
    frames_of,
    span_ms,
    spans_of,
)
from aisubs.model.turns import Turn

SLAB = 120
"""Chunks: ten minutes, so that memory does not grow with the votes."""
REACH = -(-FRAMES // HOP_FRAMES)
"""Chunks that look at one frame."""
BRIDGE_MS = 300
"""Two turns of one person that are closer are one."""
SHORTEST_MS = 150
_AT_ONCE = 3

Spans = list[tuple[int, int]]


def turns_of(evidence: Evidence, who: Array, duration_ms: int) -> list[Turn]:
    """Turns by start. `who` (prints,) is the speaker 0 … of each print."""
    if not len(who):
        return []
    spans: list[Spans] = [[] for _ in range(int(who.max()) + 1)]
    for first, end in slabs_of(evidence.chunks):
        speaking = _slab(evidence, who, first, end)
        for speaker, own in enumerate(spans):
            append_spans(own, [(first + a, first + b) for a, b in spans_of(speaking[:, speaker])])
    timed = {speaker: bridged(own, duration_ms) for speaker, own in enumerate(spans)}
    return numbered([(start, end, speaker) for speaker, own in timed.items() for start, end in own])


def bridged(spans: Spans, duration_ms: int) -> Spans:
    """Frames in order -> milliseconds, without short pauses and without what is too short."""
    joined: Spans = []
    for first, last in spans:
        start_ms, end_ms = span_ms(first, last, duration_ms)
        if joined and start_ms - joined[-1][1] < BRIDGE_MS:
            joined[-1] = joined[-1][0], end_ms
        else:
            joined.append((start_ms, end_ms))
    return [(start_ms, end_ms) for start_ms, end_ms in joined if end_ms - start_ms >= SHORTEST_MS]


def numbered(turns: list[tuple[int, int, int]]) -> list[Turn]:
    """(start_ms, end_ms, whoever) -> turns by start, whose speakers count from 1 as they are first heard."""
    numbers: dict[int, int] = {}
    return [Turn(start, end, numbers.setdefault(who, len(numbers) + 1)) for start, end, who in sorted(turns)]


def slabs_of(chunks: int) -> Iterator[tuple[int, int]]:
    """[first, end) of the common grid, ten minutes of frames after the other."""
    frames = frames_of(chunks)
    for first in range(0, frames, SLAB * HOP_FRAMES):
        yield first, min(first + SLAB * HOP_FRAMES, frames)


def looks_at(first: int, end: int, chunks: int) -> Iterator[tuple[int, slice, slice]]:
    """Of `chunks` those that hear some of the frames [first, end): the number of each, which of its own frames these
    are, and where they lie behind `first`."""
    for chunk in range(max(0, first // HOP_FRAMES - REACH), min(chunks, -(-end // HOP_FRAMES))):
        begin = chunk * HOP_FRAMES
        from_, to = max(first, begin), min(end, begin + FRAMES)
        if from_ < to:
            yield chunk, slice(from_ - begin, to - begin), slice(from_ - first, to - first)


def _slab(evidence: Evidence, who: Array, first: int, end: int) -> Array:
    """(end - first, speakers): who speaks in each frame of the common grid."""
    speakers, frames = int(who.max()) + 1, end - first
    votes, count, seen = np.zeros((frames, speakers), np.float32), np.zeros(frames), np.zeros(frames)
    for chunk, source, target in looks_at(first, end, evidence.chunks):
        active = POWERSET[evidence.classes[chunk]]
        votes[target] += (_voted(evidence, who, chunk, active, speakers) * TRUST[:, None])[source]
        count[target] += active[source].sum(1) * TRUST[source]
        seen[target] += TRUST[source]
    at_once = np.rint(count / np.maximum(seen, 1e-6)).astype(int)
    order = np.argsort(-votes, axis=1, kind="stable")
    speaking = np.zeros((frames, speakers), bool)
    for rank in range(min(_AT_ONCE, speakers)):
        rows = np.flatnonzero(at_once > rank)
        columns = order[rows, rank]
        wanted = votes[rows, columns] > 0
        speaking[rows[wanted], columns[wanted]] = True
    return speaking


def _voted(evidence: Evidence, who: Array, chunk: int, active: Array, speakers: int) -> Array:
    """(589, speakers): for whom this chunk votes."""
    mine = np.zeros((FRAMES, speakers), bool)
    for voice, start, end, print_ in evidence.runs_of(chunk).tolist():
        if print_ >= 0:
            mine[start:end, who[print_]] |= active[start:end, voice]
    return mine


def append_spans(spans: Spans, more: Spans) -> None:
    """One span that a slab's edge has cut is one again."""
    if spans and more and more[0][0] <= spans[-1][1]:
        spans[-1] = spans[-1][0], more[0][1]
        more = more[1:]
    spans += more
