"""Which speaker each voice print is of: prints of a second or more found the speakers, then all are given to them."""

from __future__ import annotations

import numpy as np

from aisubs.adapters.diarizer.chunked.evidence import Evidence
from aisubs.adapters.diarizer.chunked.grid import VOICES, Array
from aisubs.adapters.diarizer.chunked.voices import unit
from aisubs.adapters.diarizer.onnx.fragments import cluster
from aisubs.adapters.diarizer.onnx.linkage import group_sums
from aisubs.model.turns import SpeakerCount

SURE = 60
"""Frames (1.0 s) alone from which a print may found a speaker."""
HEAVIEST = 300
"""Frames that a print counts for, at most."""
LEAN, LEAN_FRAMES, LEAN_ALWAYS = 0.35, 200, 0.1
"""How much a print follows its local voice: a short one much, one of 200 frames hardly."""
AT_ONCE = 15
"""Frames in which two local voices speak at once, from which on they are two people."""
UNSAID_MOST = 20
"""Speakers that are looked for where nobody says how many."""
_ROUNDS = 2
_CHUNKS = 256
"""Chunks that are looked at together: 20 minutes, so that memory does not grow."""


def speakers_of(evidence: Evidence, count: SpeakerCount) -> Array:
    """Speaker 0 … of each print, (prints,)."""
    if not len(evidence.prints):
        return np.zeros(0, int)
    founding = evidence.alone >= SURE
    if not founding.any():
        founding[:] = True
    founders = evidence.prints[founding]
    weights = np.clip(evidence.alone[founding], 1, HEAVIEST).astype(np.float32)
    labels = cluster(founders, weights, *_limits(count))
    who = np.zeros(len(evidence.prints), int)
    for _ in range(_ROUNDS):
        speakers = int(labels.max()) + 1
        centres = unit(group_sums(founders, weights, labels)).astype(np.float32)
        for start in range(0, evidence.chunks, _CHUNKS):
            _assign(evidence, range(start, min(start + _CHUNKS, evidence.chunks)), centres, who)
        if len(np.unique(who[founding])) < speakers:
            who[founding] = labels  # nobody gets lost while it is refined
            break
        labels = who[founding]
    return who


def _limits(count: SpeakerCount) -> tuple[int, int]:
    """The least and the most speakers."""
    if count.number is not None:
        return count.number, count.number
    least = count.least or 1
    return least, count.most or max(UNSAID_MOST, least)


def _assign(evidence: Evidence, chunks: range, centres: Array, who: Array) -> None:
    """Write into `who` the speaker that each print of these chunks is most like."""
    first, end = evidence.first_print[chunks.start], evidence.first_print[chunks.stop]
    if first == end:
        return
    prints, alone = evidence.prints[first:end].astype(np.float32), evidence.alone[first:end].astype(np.float32)
    chunk_of = np.repeat(np.arange(len(chunks)), np.diff(evidence.first_print[chunks.start : chunks.stop + 1]))
    local = chunk_of * VOICES + evidence.voices[first:end]
    context = unit(group_sums(prints, np.maximum(alone, 1), local)).astype(np.float32)[local]
    lean = LEAN * np.clip(1 - alone / LEAN_FRAMES, 0, 1)[:, None] + LEAN_ALWAYS
    likeness = prints @ centres.T + lean.astype(np.float32) * (context @ centres.T)
    found = likeness.argmax(1)
    if len(centres) > 1:
        for chunk in chunks:
            _part(evidence.runs_of(chunk), int(first), likeness, found)
    who[first:end] = found


def _part(runs: Array, first: int, likeness: Array, found: Array) -> None:
    """Local voices that speak at once are two people: the one whom it costs less gets the next best speaker."""
    for one, other in _pairs_at_once(runs):
        i, j = int(runs[one, 3]) - first, int(runs[other, 3]) - first
        if found[i] != found[j]:
            continue
        others = np.arange(likeness.shape[1]) != found[i]
        best_of_i, best_of_j = likeness[i][others].max(), likeness[j][others].max()
        stays = likeness[i, found[i]] + best_of_j >= likeness[j, found[j]] + best_of_i
        moved = j if stays else i
        found[moved] = np.flatnonzero(others)[likeness[moved][others].argmax()]


def _pairs_at_once(runs: Array) -> list[tuple[int, int]]:
    voice, start, end, print_ = runs.T
    both = np.minimum(end[:, None], end[None]) - np.maximum(start[:, None], start[None]) >= AT_ONCE
    both &= (voice[:, None] != voice[None]) & (print_[:, None] >= 0) & (print_[None] >= 0)
    return [(int(one), int(other)) for one, other in np.argwhere(np.triu(both, 1))]
