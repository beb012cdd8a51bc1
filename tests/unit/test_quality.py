"""The guards: which answers are doubted, what is asked again, what is kept and how it is marked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aisubs.model.job import Options
from aisubs.model.transcript import Mark, Segment, Word
from aisubs.pipeline.quality import Doubt, Verdict, find_doubts, repeats_itself, review, untold_speech
from aisubs.ports import Piece, Prepared
from tests.scripted_engine import ScriptedEngine

SPEECH = ((0, 20_000),)
SENTENCE = " The meeting starts at nine and ends at eleven, as it did every week of this long and tedious year."
GOOD = (Segment(0, 20_000, SENTENCE, avg_logprob=-0.3, no_speech_prob=0.01),)
LOOP = (Segment(0, 20_000, " Thank you." * 20, avg_logprob=-0.1, no_speech_prob=0.01),)
UNSURE = (replace(GOOD[0], avg_logprob=-1.4),)
NOTHING = (Segment(0, 20_000, "", avg_logprob=-0.5, no_speech_prob=0.02),)
SILENCE = (replace(NOTHING[0], no_speech_prob=0.97),)
INVENTED = (Segment(0, 20_000, " Thanks for watching!", avg_logprob=-0.4, no_speech_prob=0.9),)


def judge(first: tuple[Segment, ...], *further: tuple[Segment, ...], allowance: int = 2) -> tuple[Verdict, int]:
    engine = ScriptedEngine(second_answers={(7, number): answer for number, answer in enumerate(further, start=1)})
    piece = Prepared(Piece(7, np.zeros(0, np.float32), ((0, 320_000),)))
    verdict = review(engine, piece, first, SPEECH, "en", Options(), allowance)
    return verdict, len(engine.passes)


@pytest.mark.parametrize(
    ("answer", "doubts"),
    [
        (GOOD, set()),
        (LOOP, {Doubt.LOOP}),
        (UNSURE, {Doubt.IMPROBABLE}),
        (NOTHING, {Doubt.EMPTY}),
        (SILENCE, set()),
        (INVENTED, {Doubt.NO_SPEECH}),
        ((Segment(0, 20_000, " word" * 200, avg_logprob=-0.3),), {Doubt.LOOP, Doubt.TOO_FAST}),
        ((replace(GOOD[0], end_ms=15_000),), {Doubt.UNTOLD}),
    ],
)
def test_doubts(answer: tuple[Segment, ...], doubts: set[Doubt]) -> None:
    assert find_doubts(answer, SPEECH) == doubts


def test_a_click_that_is_empty_is_believed() -> None:
    assert find_doubts(NOTHING, ((0, 900),)) == set()


@pytest.mark.parametrize(
    "text",
    [
        "I know. " * 20,
        "and then we went to the market " * 5,
        "はい" * 20,
        "no no no no no no no no no",
        "谢谢大家谢谢大家谢谢大家谢谢大家谢谢大家",
    ],
)
def test_loops_are_found_in_any_script(text: str) -> None:
    assert repeats_itself(text)


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "No, no, no. That is very, very, very good.",
        "One two three four five six seven eight nine ten eleven twelve.",
        "ありがとうございます。今日は会議の前に資料を確認してください。",
        "Row, row, row your boat gently down the stream. Merrily, merrily, merrily, merrily, life is but a dream.",
    ],
)
def test_speech_that_repeats_a_little_is_no_loop(text: str) -> None:
    assert not repeats_itself(text)


def test_untold_speech_is_measured_against_words_not_segments() -> None:
    words = (Word(0, 500, " Hello"), Word(9_000, 9_400, " again."))
    segment = Segment(0, 9_400, " Hello again.", words)
    assert untold_speech([segment], ((0, 10_000),)) == [(500, 9_000)]
    assert untold_speech([segment], ((0, 600), (8_800, 10_000))) == []
    assert untold_speech([], ((0, 10_000),)) == [(0, 10_000)]


def test_a_good_answer_costs_no_further_pass() -> None:
    assert judge(GOOD) == (Verdict(GOOD, SPEECH, 0), 0)


def test_the_first_pass_without_doubt_is_taken_and_marked() -> None:
    verdict, passes = judge(LOOP, LOOP, GOOD)
    assert passes == 2
    assert verdict.attempts == 2
    assert verdict.segments == (replace(GOOD[0], marks=(Mark.REDECODED,)),)


def test_what_stays_doubtful_is_kept_and_marked() -> None:
    verdict, _ = judge(LOOP, LOOP, LOOP)
    assert verdict.segments == (replace(LOOP[0], marks=(Mark.LOOP,)),)


def test_the_lesser_evil_is_taken() -> None:
    verdict, _ = judge(LOOP, UNSURE)
    assert verdict.segments == (replace(UNSURE[0], marks=(Mark.REDECODED, Mark.DOUBTFUL)),)
    verdict, _ = judge(UNSURE, LOOP)
    assert verdict.segments == (replace(UNSURE[0], marks=(Mark.DOUBTFUL,)),)


def test_invention_is_marked_but_not_dropped() -> None:
    verdict, _ = judge(INVENTED, INVENTED)
    assert verdict.segments == (replace(INVENTED[0], marks=(Mark.NO_SPEECH,)),)


def test_invention_gives_way_to_silence() -> None:
    verdict, _ = judge(INVENTED, SILENCE)
    assert verdict == Verdict((), (), 1)


def test_an_empty_answer_over_speech_stays_open() -> None:
    verdict, _ = judge(NOTHING, NOTHING, NOTHING)
    assert verdict == Verdict((), SPEECH, 2)


def test_silence_that_the_model_confirms_is_closed() -> None:
    assert judge(SILENCE) == (Verdict((), (), 0), 0)


def test_the_allowance_bounds_the_passes() -> None:
    assert judge(LOOP, GOOD, allowance=0)[1] == 0
    assert judge(LOOP, LOOP, GOOD, allowance=1)[0].segments == (replace(LOOP[0], marks=(Mark.LOOP,)),)


def test_a_character_that_no_database_takes_is_left_out() -> None:
    odd = (Segment(0, 20_000, SENTENCE + "\0", (Word(0, 20_000, SENTENCE + "\0"),), avg_logprob=-0.2),)
    (kept,) = judge(odd)[0].segments
    assert kept.text == kept.words[0].text == SENTENCE
