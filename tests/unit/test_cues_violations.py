"""What a cue may measure: each rule is noticed, in the columns that the guides count."""

from __future__ import annotations

from aisubs.formats.cue import Cue, Line
from aisubs.formats.violations import Rule, violations


def rules(*cues: Cue) -> list[tuple[Rule, int, int, int]]:
    return [(found.rule, found.cue, found.measured, found.limit) for found in violations(cues)]


def a_cue(start_ms: int, end_ms: int, *lines: str) -> Cue:
    return Cue(start_ms, end_ms, tuple(Line(line) for line in lines))


def test_each_rule_is_noticed() -> None:
    assert rules(a_cue(0, 2_000, "fine")) == []
    assert rules(a_cue(0, 5_000, "x" * 43)) == [(Rule.LINE_TOO_WIDE, 1, 43, 42)]
    assert rules(a_cue(0, 5_000, "a", "b", "c")) == [(Rule.TOO_MANY_LINES, 1, 3, 2)]
    assert rules(a_cue(0, 1_000, "x" * 21)) == [(Rule.TOO_FAST, 1, 21, 20)]
    assert rules(a_cue(0, 832, "x")) == [(Rule.TOO_SHORT, 1, 832, 833)]
    assert rules(a_cue(0, 7_001, "x")) == [(Rule.TOO_LONG, 1, 7_001, 7_000)]
    assert rules(a_cue(5, 5, "x")) == [(Rule.NOT_POSITIVE, 1, 0, 1)]
    assert rules(a_cue(0, 2_000, " ")) == [(Rule.EMPTY_LINE, 1, 0, 1)]
    assert rules(a_cue(0, 2_000, "x"), a_cue(2_082, 4_000, "y")) == [(Rule.GAP_TOO_SMALL, 1, 82, 83)]
    assert rules(a_cue(0, 2_000, "x"), a_cue(1_900, 4_000, "y")) == [(Rule.OVERLAP, 1, 100, 0)]


def test_chinese_counts_double_and_half_width_half() -> None:
    assert not violations([a_cue(0, 5_000, "我" * 16)], "netflix", "zh")
    assert not violations([a_cue(0, 5_000, "我" * 15 + "ab")], "netflix", "zh")
    (wide,) = violations([a_cue(0, 5_000, "我" * 16 + "a")], "netflix", "zh")
    assert (wide.rule, wide.measured, wide.limit) == (Rule.LINE_TOO_WIDE, 33, 32)
    (fast,) = violations([a_cue(0, 1_000, "我" * 10)], "netflix", "zh")
    assert (fast.rule, fast.measured, fast.limit) == (Rule.TOO_FAST, 20, 18)


def test_combining_marks_count_nothing() -> None:
    assert not violations([a_cue(0, 5_000, "e\u0301" * 42)])
