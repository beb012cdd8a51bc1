"""Where cues exceed what their profile allows: reported, because no word is ever dropped to comply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from aisubs.formats.cue import Cue
from aisubs.formats.measure import columns
from aisubs.formats.profiles import Limits, limits_for


class Rule(StrEnum):
    """A rule a cue can break. The last three would make a file invalid; `shape` never breaks those."""

    LINE_TOO_WIDE = "line_too_wide"  # measured in columns
    TOO_MANY_LINES = "too_many_lines"  # lines
    TOO_FAST = "too_fast"  # columns per second, rounded up
    TOO_SHORT = "too_short"  # ms
    TOO_LONG = "too_long"  # ms
    GAP_TOO_SMALL = "gap_too_small"  # ms
    NOT_POSITIVE = "not_positive"  # ms: ends before or when it starts
    OVERLAP = "overlap"  # ms that it reaches into the next cue
    EMPTY_LINE = "empty_line"  # columns


RuleName = Literal["cps", "columns", "lines", "short", "long"]

TOLD: dict[Rule, RuleName] = {
    Rule.TOO_FAST: "cps",
    Rule.LINE_TOO_WIDE: "columns",
    Rule.TOO_MANY_LINES: "lines",
    Rule.TOO_SHORT: "short",
    Rule.TOO_LONG: "long",
}
"""What people are told of, by its name in the API: what they can do something about. A gap that is too small is our
choice, and the rest never happens."""

INVALID = frozenset({Rule.NOT_POSITIVE, Rule.OVERLAP, Rule.EMPTY_LINE})


@dataclass(frozen=True, slots=True)
class Violation:
    """Cue number `cue` (the first is 1) measures `measured` where `limit` is allowed, in the unit of the rule."""

    rule: Rule
    cue: int
    measured: int
    limit: int


def violations(cues: Sequence[Cue], profile: str = "netflix", language: str = "en") -> list[Violation]:
    """Every rule of the profile that the cues break, in order. Raises `bad_request` for an unknown profile."""
    limits = limits_for(profile, language)
    return [
        Violation(rule, index + 1, measured, limit)
        for index, cue in enumerate(cues)
        for shown in (cue.shown,)
        for widths in ([columns(line, limits.wide) for line in shown],)
        for rule, measured, limit in (
            *_of_lines(shown, widths, limits),
            *_of_times(cue.end_ms - cue.start_ms, sum(widths), limits),
            *_of_pair(cue, cues[index + 1] if index + 1 < len(cues) else None, limits),
        )
    ]


def _of_lines(shown: Sequence[str], widths: Sequence[int], limits: Limits) -> Iterator[tuple[Rule, int, int]]:
    if limits.columns and len(shown) > limits.lines:
        yield Rule.TOO_MANY_LINES, len(shown), limits.lines
    if not shown:
        yield Rule.EMPTY_LINE, 0, 1
    for line, width in zip(shown, widths, strict=True):
        if not line.strip():
            yield Rule.EMPTY_LINE, 0, 1
        elif limits.columns and width > limits.columns:
            yield Rule.LINE_TOO_WIDE, width, limits.columns


def _of_times(length: int, width: int, limits: Limits) -> Iterator[tuple[Rule, int, int]]:
    if length <= 0:
        yield Rule.NOT_POSITIVE, length, 1
        return
    if limits.columns_per_s and width * 1000 > limits.columns_per_s * length:
        yield Rule.TOO_FAST, -(-width * 1000 // length), limits.columns_per_s
    if length < limits.min_ms:
        yield Rule.TOO_SHORT, length, limits.min_ms
    if limits.max_ms and length > limits.max_ms:
        yield Rule.TOO_LONG, length, limits.max_ms


def _of_pair(cue: Cue, after: Cue | None, limits: Limits) -> Iterator[tuple[Rule, int, int]]:
    if after is None:
        return
    gap = after.start_ms - cue.end_ms
    if gap < 0:
        yield Rule.OVERLAP, -gap, 0
    elif gap < limits.gap_ms:
        yield Rule.GAP_TOO_SMALL, gap, limits.gap_ms
