"""Where what people decided about captions cannot be had as they decided it, or costs another cue its time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """`wanted_ms` is the time that was decided or that speech asks for, `shown_ms` the one that it became."""

    START_MOVED = "start_moved"  # a pinned start: others are in the way
    END_MOVED = "end_moved"  # a pinned end: the next cue begins before
    LATE = "late"  # comes after its speech has begun, because of a cue with times of its own
    CUT_SHORT = "cut_short"  # goes before its speech is over, because of a cue with times of its own
    AWAY = "away"  # shown only when its words are not said
    SQUEEZED = "squeezed"  # shifted to where the cues before it are


@dataclass(frozen=True, slots=True)
class Clash:
    """Cue number `cue`, the first being 1."""

    cue: int
    why: Why
    wanted_ms: int
    shown_ms: int
