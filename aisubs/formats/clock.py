"""Times as formats write them. Integers only: rounding through floats is off by a millisecond one time in a hundred."""

from __future__ import annotations

from collections.abc import Sequence

from aisubs.formats.cue import Cue


def clock(time_ms: int, mark: str) -> str:
    """`HH:MM:SS` + mark + `mmm`; hours have two digits or more."""
    seconds, ms = divmod(time_ms, 1000)
    return f"{hours_minutes_seconds(seconds)}{mark}{ms:03d}"


def hours_minutes_seconds(seconds: int) -> str:
    """`HH:MM:SS`; hours have two digits or more."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}"


def decimal_seconds(time_ms: int) -> str:
    """Seconds with three decimals."""
    return f"{time_ms // 1000}.{time_ms % 1000:03d}"


def centiseconds(cues: Sequence[Cue]) -> list[tuple[int, int]]:
    """(start, end) of each cue in hundredths of a second, rounded down, none without length, none overlapping."""
    spans: list[tuple[int, int]] = []
    free_from = 0
    for cue in cues:
        start = max(cue.start_ms // 10, free_from)
        free_from = max(cue.end_ms // 10, start + 1)
        spans.append((start, free_from))
    return spans
