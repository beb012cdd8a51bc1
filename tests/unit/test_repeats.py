"""What was written twice and said once."""

from __future__ import annotations

from itertools import accumulate

import pytest

from aisubs.model.transcript import Segment, Word
from aisubs.pipeline.transcribe.repeats import leave_out_repeats

Said = list[tuple[str, int]]

QUESTION: Said = [("How", 300), ("was", 200), ("your", 100), ("visit", 220), ("to", 200), ("the", 120), ("him?", 480)]
SQUEEZED: Said = [("Good", 140), ("morning,", 240), ("Tom.", 0), ("Good", 0), ("morning,", 140), ("Tom.", 220)]


def spoken(*sentences: Said) -> list[Segment]:
    """Words of these lengths (ms), one after the other."""
    words = [word for sentence in sentences for word in sentence]
    ends = accumulate(length for _, length in words)
    timed = iter([Word(end - length, end, f" {text}", 0.9) for (text, length), end in zip(words, ends, strict=True)])
    return [segment_of(tuple(next(timed) for _ in sentence)) for sentence in sentences]


def segment_of(words: tuple[Word, ...]) -> Segment:
    return Segment(words[0].start_ms, words[-1].end_ms, "".join(word.text for word in words), words)


def test_two_copies_in_the_time_of_one_are_one() -> None:
    before, within, after = leave_out_repeats(spoken(QUESTION, SQUEEZED, QUESTION))
    assert within.text == " Good morning, Tom."
    assert [(word.start_ms, word.end_ms) for word in within.words] == [(1620, 1760), (1760, 2140), (2140, 2360)]
    assert (within.start_ms, within.end_ms) == (1620, 2360)
    assert before.text == after.text == " How was your visit to the him?"


def test_a_phrase_that_two_stretches_share_is_in_one_of_them() -> None:
    """What each side of a cut within a phrase has completed."""
    heard = leave_out_repeats(spoken(QUESTION, SQUEEZED[:3], SQUEEZED[3:], QUESTION))
    assert [segment.text for segment in heard[1:-1]] == [" Good morning, Tom."]
    assert (heard[1].start_ms, heard[1].end_ms) == (1620, 2360)


@pytest.mark.parametrize(
    "phrase",
    [
        [("Good", 300), ("morning,", 400), ("Tom.", 0), ("Good", 300), ("morning,", 400), ("Tom.", 300)],
        [("Good", 140), ("morning,", 240), ("Tom.", 20), ("Good", 20), ("morning,", 140), ("Tom.", 220)],
        [("very", 0), ("very", 200), ("good", 150)],
        [("Good", 140), ("morning,", 240), ("Tom.", 0), ("Good", 0), ("morning,", 140), ("Tim.", 220)],
        [("no", 100), ("no,", 0), ("no", 100), ("no,", 100)],
    ],
    ids=["time for two", "time for each word", "one word", "other words", "short words"],
)
def test_what_was_said_twice_stays(phrase: Said) -> None:
    segments = spoken(QUESTION, phrase, QUESTION)
    assert list(leave_out_repeats(segments)) == segments


def test_without_times_of_words_nothing_is_known() -> None:
    segments = [Segment(0, 500, " Good morning. Good morning.", ())]
    assert list(leave_out_repeats(segments)) == segments
    assert leave_out_repeats([]) == ()
