"""Times of the shortened sound put back into the recording, pauses taken out of words, segments cut at sentences."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from aisubs.adapters.engine.faster_whisper.segments import split_at_timestamps
from aisubs.adapters.engine.timing.onsets import begin_with_sound, loudness_of
from aisubs.adapters.engine.timing.words import TimedText, Timeline, into_segments, take_out_pauses
from aisubs.model.transcript import Segment, Word

RATE = 16_000
# Two seconds of speech, three seconds cut out, four seconds of speech.
TIMELINE = Timeline([(RATE, 3 * RATE), (6 * RATE, 10 * RATE)])


def test_times_are_shifted_by_what_was_cut_out() -> None:
    assert TIMELINE.duration_s == 6
    assert TIMELINE.restore(0.5, 1.0) == (1_500, 2_000)
    assert TIMELINE.restore(2.5, 3.0) == (6_500, 7_000)


def test_a_word_stays_in_the_span_of_its_middle() -> None:
    assert TIMELINE.restore(1.5, 2.2) == (2_500, 3_000)
    assert TIMELINE.restore(1.8, 2.5) == (6_000, 6_500)


def test_a_stretch_may_reach_over_a_cut() -> None:
    assert TIMELINE.stretch(0.0, 6.0) == (1_000, 10_000)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(times=st.lists(st.floats(0, 8), min_size=2, max_size=40))
def test_restored_words_stay_in_order_and_inside(times: list[float]) -> None:
    edges = sorted(times)
    restored = [TIMELINE.restore(start, end) for start, end in pairwise(edges)]
    flat = [time for pair in restored for time in pair]
    assert flat == sorted(flat)
    assert all(1_000 <= time <= 10_000 for time in flat)


def words(*given: tuple[float, float, str]) -> list[TimedText]:
    return [TimedText(start, end, text, 0.9) for start, end, text in given]


def test_the_pause_before_a_sentence_is_not_its_first_word() -> None:
    timeline = Timeline([(0, 30 * RATE)])
    settled = take_out_pauses(
        words((0, 0.3, " It"), (0.3, 0.6, " ends."), (0.6, 2.0, " Then"), (2.0, 2.3, " more")), timeline
    )
    assert [word.text for word in settled] == [" It", " ends.", " Then", " more"]
    assert settled[2].start_s == pytest.approx(1.4)
    assert settled[2].end_s == 2.0


def test_a_last_word_does_not_last_until_the_end_of_the_window() -> None:
    settled = take_out_pauses(
        words((0, 0.3, " It"), (0.3, 0.6, " ends"), (0.6, 9.0, " here")), Timeline([(0, 9 * RATE)])
    )
    assert settled[2].end_s == pytest.approx(2.6)


def test_a_sentence_that_was_left_out_is_no_part_of_the_word_before_it() -> None:
    given = words((0, 0.4, " It"), (0.4, 4.6, " ends."), (4.6, 8.8, " Then"), (8.8, 9.2, " more"))
    settled = take_out_pauses(given, Timeline([(0, 10 * RATE)]))
    assert settled[1].end_s == pytest.approx(1.8)  # twice what is ordinary where people speak this slowly
    assert settled[2].start_s > 7


def test_the_first_word_after_a_cut_is_an_ordinary_one() -> None:
    settled = take_out_pauses(words((0, 0.3, " a"), (0.3, 1.9, " b"), (1.95, 3.5, " c"), (3.5, 3.8, " d")), TIMELINE)
    assert settled[2].start_s > 1.95


def spoken(*texts: str, pause_after: int | None = None) -> list[Word]:
    at, made = 0, []
    for index, text in enumerate(texts):
        made.append(Word(at, at + 300, text))
        at += 300 + (1_200 if index == pause_after else 0)
    return made


LIKE = Segment(0, 0, "", avg_logprob=-0.2)


def cut(*texts: str, pause_after: int | None = None) -> list[str]:
    return [segment.text for segment in into_segments(spoken(*texts, pause_after=pause_after), LIKE)]


def test_segments_end_with_sentences_and_pauses() -> None:
    assert cut(" Hello.", " Who", " is", " it?", " Me") == [" Hello.", " Who is it?", " Me"]
    assert cut(" well", " then", " go", pause_after=1) == [" well then", " go"]
    assert cut(" He", ' said "stop."', " Then", " left.") == [' He said "stop."', " Then left."]


def test_a_full_stop_within_a_sentence_cuts_nothing() -> None:
    assert cut(" It", " costs", " 3.", "5", " dollars") == [" It costs 3.5 dollars"]
    assert cut(" some", " (e.g.", " this)", " one") == [" some (e.g. this) one"]


def test_scripts_without_spaces_are_cut_after_their_own_full_stop() -> None:
    assert cut("今日", "は。", "明日", "も。") == ["今日は。", "明日も。"]


def test_segments_carry_words_times_and_scores() -> None:
    first, second = into_segments(spoken(" One.", " Two."), LIKE)
    assert (first.start_ms, first.end_ms, second.start_ms, second.end_ms) == (0, 300, 300, 600)
    assert first.avg_logprob == -0.2
    assert first.words + second.words == tuple(spoken(" One.", " Two."))


def test_text_after_the_last_timestamp_is_kept() -> None:
    begin = 1000
    tokens = [begin, 1, 2, begin + 50, begin + 60, 3, begin + 100, 4, 5]
    assert split_at_timestamps(tokens, begin, 5.0) == [(0.0, 1.0, [1, 2]), (1.2, 2.0, [3]), (2.0, 5.0, [4, 5])]
    assert split_at_timestamps([7, 8], begin, 5.0) == [(0.0, 5.0, [7, 8])]
    assert split_at_timestamps([begin + 10, begin + 900], begin, 5.0) == []


def loud(*parts: tuple[float, float], seconds: float = 6.0) -> NDArray[np.float32]:
    """Features (80, n_frames) of sound that is loud in these stretches (s), and 40 dB quieter elsewhere."""
    features = np.zeros((80, round(seconds * 100)), np.float32)
    for start_s, end_s in parts:
        features[20:40, round(start_s * 100) : round(end_s * 100)] = 1.0
    return features


def starts(aligned: list[TimedText], features: NDArray[np.float32]) -> list[float]:
    return [word.start_s for word in begin_with_sound(aligned, features.max(axis=0), TIMELINE)]


def test_a_word_behind_a_pause_begins_where_it_can_be_heard() -> None:
    line = words((0, 0.7, " Good"), (0.7, 1.1, " morning."), (1.1, 1.9, " Tom"))
    assert starts(line, loud((0.4, 1.1), (1.16, 1.9))) == pytest.approx([0.38, 0.7, 1.14])


def test_the_closure_of_a_consonant_within_a_sentence_is_no_pause() -> None:
    line = words((0, 0.3, " all"), (0.3, 0.8, " people"), (0.8, 1.4, " came"))
    assert starts(line, loud((0, 0.3), (0.37, 0.8), (1.0, 1.4))) == pytest.approx([0, 0.3, 0.98])


def test_noise_leaves_the_alignment_as_it_is() -> None:
    assert starts(words((0, 0.7, " Good"), (0.7, 1.1, " morning.")), loud((0, 6.0))) == [0, 0.7]


def test_something_is_left_of_a_word_whatever_it_sounds_like() -> None:
    assert starts(words((0, 0.5, " Oh"), (0.5, 0.55, " no")), loud((0.49, 0.55))) == pytest.approx([0.4, 0.5])


def test_without_features_the_samples_tell_where_a_word_begins() -> None:
    tone = np.sin(2 * np.pi * 440 / RATE * np.arange(6 * RATE)).astype(np.float32)
    tone[: round(0.4 * RATE)] *= 0.005
    loudness = loudness_of(tone)
    assert loudness.shape == (600,)
    line = words((0, 0.7, " Good"), (0.7, 1.1, " morning."))
    assert [word.start_s for word in begin_with_sound(line, loudness, TIMELINE)] == pytest.approx([0.38, 0.7])
    assert np.isfinite(loudness_of(np.zeros(RATE + 7, np.float32))).all()
    assert loudness_of(np.zeros(100, np.float32)).shape == (0,)
