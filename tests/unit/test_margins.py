"""A stretch that is decoded again: what is heard of its margins, and where its answer meets what was told."""

from __future__ import annotations

import pytest

from aisubs.model.transcript import Segment, Word
from aisubs.pipeline.transcribe.margins import Stretch, between_words, spliced


def said(*words: tuple[str, int, int]) -> Segment:
    timed = tuple(Word(start_ms, end_ms, f" {text}") for text, start_ms, end_ms in words)
    return Segment(timed[0].start_ms, timed[-1].end_ms, "".join(word.text for word in timed), timed)


BEFORE = said(("when", 19_900, 20_100), ("he", 20_100, 20_260), ("said", 20_260, 20_540))
BEHIND = said(("Listen,", 22_600, 23_000), ("here", 23_400, 23_600), ("it", 23_600, 23_760), ("is.", 23_760, 23_900))
STRETCH = between_words(20_540, 22_600, (BEFORE, BEHIND))


def test_a_stretch_is_heard_with_a_moment_of_the_words_beside_it() -> None:
    assert Stretch(20_540, 22_600, BEFORE.words[-1], BEHIND.words[0]) == STRETCH
    assert STRETCH.with_margins == (20_140, 23_000)


def test_nothing_more_is_heard_where_nobody_speaks_beside_it() -> None:
    assert between_words(5_000, 9_000, (BEFORE, BEHIND)).with_margins == (5_000, 9_000)


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        ([("in", 22_300, 22_500), ("Spain.", 22_500, 22_860), ("Lis", 22_860, 23_000)], " in Spain."),
        ([("he", 20_140, 20_280), ("said,", 20_280, 20_580), ("even", 20_580, 20_800)], " even"),
        ([("aid", 20_140, 20_560), ("even", 20_560, 20_800)], " even"),
        ([("even", 20_140, 20_600), ("as", 20_600, 20_800)], " even as"),
        ([("Spain.", 22_300, 22_580), ("Listen", 22_580, 23_000)], " Spain."),
        ([("he", 20_140, 20_300)], ""),
    ],
)
def test_what_the_margins_say_is_told_already(heard: list[tuple[str, int, int]], text: str) -> None:
    own = STRETCH.own([said(*heard)])
    assert "".join(segment.text for segment in own) == text
    assert all(20_540 <= word.start_ms <= word.end_ms <= 22_600 for segment in own for word in segment.words)


def test_an_answer_goes_as_far_as_both_say_the_same() -> None:
    """What follows is the first answer's, which was the likelier one: its sentence stays whole."""
    heard = said(("even", 20_540, 20_900), ("in", 22_300, 22_500), ("Spain.", 22_500, 22_860))
    same = said(("Listen,", 22_860, 23_050), ("here", 23_400, 23_600), ("it", 23_600, 23_740), ("was.", 23_740, 23_900))
    told = spliced((BEFORE, BEHIND), (heard, same), STRETCH)
    assert told is not None
    assert [segment.text for segment in told] == [BEFORE.text, " even in Spain.", " Listen, here it is."]
    assert told[2].words[0].start_ms == 22_860
    assert told[2].words[-1] is BEHIND.words[-1]


def test_an_answer_that_never_meets_the_first_one_replaces_it_as_far_as_it_goes() -> None:
    heard = said(
        ("even", 20_540, 20_900), ("in", 22_300, 22_500), ("Spain,", 22_500, 22_860), ("listen", 22_860, 23_100)
    )
    told = spliced((BEFORE, BEHIND), (heard,), STRETCH)
    assert told is not None
    assert [segment.text for segment in told] == [BEFORE.text, heard.text, " here it is."]


def test_the_same_words_at_another_time_are_not_where_they_meet() -> None:
    later = said(("Listen,", 27_000, 27_200), ("here", 27_200, 27_400), ("it", 27_400, 27_600), ("is.", 27_600, 27_800))
    heard = said(("even", 20_540, 22_000), ("so,", 22_000, 22_400), ("here", 23_400, 23_600), ("it", 23_600, 23_760))
    told = spliced((BEFORE, later), (heard,), STRETCH)
    assert told is not None
    assert [segment.text for segment in told] == [BEFORE.text, heard.text, later.text]


def test_an_answer_that_says_less_than_what_stood_there_is_not_taken() -> None:
    assert spliced((BEFORE, BEHIND), (said(("Oh", 20_540, 24_000)),), STRETCH) is None
    assert spliced((BEFORE, Segment(22_600, 23_900, " Listen")), (said(("even", 20_540, 24_000)),), STRETCH) is None


def test_an_answer_that_passes_over_what_was_told_is_not_taken() -> None:
    """Of a line said twice a decoder may hear the second half of the first and of the second time."""
    later = said(("Will", 26_000, 26_300), ("you", 26_300, 26_500), ("not?", 26_500, 26_900))
    heard = said(("even", 20_540, 21_000), ("as", 21_000, 21_300), ("children", 21_300, 22_000), ("do", 22_000, 22_100))
    again = said(("Will", 26_000, 26_300), ("you", 26_300, 26_500), ("not?", 26_500, 26_900))
    assert spliced((BEFORE, BEHIND, later), (heard, again), STRETCH) is None
