"""The guards: which answers are doubted, what is asked again, what is kept and how it is marked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aisubs.model.job import Options
from aisubs.model.transcript import Mark, Segment, Word
from aisubs.pipeline.transcribe.doubts import Doubt, echoes, find_doubts, left_untold, repeats_itself, untold_speech
from aisubs.pipeline.transcribe.quality import Verdict, is_better, review
from aisubs.ports import Piece, Prepared
from tests.scripted_engine import ScriptedEngine

SPEECH = ((0, 20_000),)
SENTENCE = " The meeting starts at nine and ends at eleven, as it did every week of this long and tedious year."
GOOD = (Segment(0, 20_000, SENTENCE, avg_logprob=-0.3, no_speech_prob=0.01, language="en"),)
LOOP = (Segment(0, 20_000, " Thank you." * 20, avg_logprob=-0.1, no_speech_prob=0.01, language="en"),)
UNSURE = (replace(GOOD[0], avg_logprob=-1.4),)
NOTHING = (Segment(0, 20_000, "", avg_logprob=-0.5, no_speech_prob=0.02),)
SILENCE = (replace(NOTHING[0], no_speech_prob=0.97),)
INVENTED = (Segment(0, 20_000, " Thanks for watching!", avg_logprob=-0.8, no_speech_prob=0.9, language="en"),)


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
        (INVENTED, {Doubt.NO_SPEECH, Doubt.STOCK}),
        ((Segment(0, 20_000, " word" * 200, avg_logprob=-0.3),), {Doubt.LOOP, Doubt.TOO_FAST}),
        ((replace(GOOD[0], end_ms=15_000),), {Doubt.UNTOLD}),
    ],
)
def test_doubts(answer: tuple[Segment, ...], doubts: set[Doubt]) -> None:
    assert find_doubts(answer, SPEECH) == doubts


def test_what_two_answers_say_is_not_held_against_each_other() -> None:
    """Sure words of an answer that heard nobody, and unsure ones of another that did hear somebody."""
    sure = replace(GOOD[0], end_ms=9_000, no_speech_prob=0.8)
    unsure = replace(GOOD[0], start_ms=9_000, avg_logprob=-0.7)
    assert find_doubts((sure, unsure), SPEECH) == set()
    nobody = replace(sure, avg_logprob=-0.7)
    verdict, _ = judge((nobody, unsure), allowance=0)
    assert [segment.marks for segment in verdict.segments] == [(Mark.NO_SPEECH,), ()]
    guessed = replace(nobody, avg_logprob=-1.2, no_speech_prob=0.1)
    verdict, _ = judge((guessed, unsure), allowance=0)
    assert [segment.marks for segment in verdict.segments] == [(Mark.DOUBTFUL,), ()]


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
    assert verdict.segments == (replace(INVENTED[0], marks=(Mark.DOUBTFUL, Mark.NO_SPEECH)),)


def test_invention_gives_way_to_silence() -> None:
    verdict, _ = judge(INVENTED, SILENCE)
    assert verdict == Verdict((), (), 1, frozenset({Doubt.NO_SPEECH, Doubt.STOCK}))


def test_an_empty_answer_over_speech_stays_open() -> None:
    verdict, _ = judge(NOTHING, NOTHING, NOTHING)
    assert verdict == Verdict((), SPEECH, 2, frozenset({Doubt.EMPTY}))


def test_silence_that_the_model_confirms_is_closed() -> None:
    assert judge(SILENCE) == (Verdict((), (), 0), 0)


def test_the_allowance_bounds_the_passes() -> None:
    assert judge(LOOP, GOOD, allowance=0)[1] == 0
    assert judge(LOOP, LOOP, GOOD, allowance=1)[0].segments == (replace(LOOP[0], marks=(Mark.LOOP,)),)


def test_a_character_that_no_database_takes_is_left_out() -> None:
    odd = (Segment(0, 20_000, SENTENCE + "\0", (Word(0, 20_000, SENTENCE + "\0"),), avg_logprob=-0.2),)
    (kept,) = judge(odd)[0].segments
    assert kept.text == kept.words[0].text == SENTENCE


def spoken(*words: str, at_ms: int = 0, each_ms: int = 400) -> tuple[Segment, ...]:
    """An answer whose words follow one another, each as long as the others."""
    timed = tuple(
        Word(at_ms + number * each_ms, at_ms + (number + 1) * each_ms, f" {word}") for number, word in enumerate(words)
    )
    text = "".join(word.text for word in timed)
    return (Segment(timed[0].start_ms, timed[-1].end_ms, text, timed, avg_logprob=-0.2, no_speech_prob=0.1),)


def test_a_sentence_that_somebody_really_says_five_times_is_no_loop() -> None:
    said = ["the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog"] * 5
    assert find_doubts(spoken(*said), ((0, 18_000),)) == set()
    assert Doubt.LOOP in find_doubts(spoken(*said, each_ms=20), ((0, 18_000),))


def test_telephone_voices_are_believed_although_the_model_hears_no_speech() -> None:
    assert find_doubts((replace(GOOD[0], no_speech_prob=0.9),), SPEECH) == set()
    assert find_doubts((replace(GOOD[0], no_speech_prob=0.9, avg_logprob=-0.7),), SPEECH) == {Doubt.NO_SPEECH}


def test_a_groan_needs_more_evidence_than_a_sentence() -> None:
    groan = (Segment(0, 900, " Oh dear.", avg_logprob=-0.9, no_speech_prob=0.2),)
    assert find_doubts(groan, ((0, 900),)) == {Doubt.IMPROBABLE}
    assert find_doubts((replace(groan[0], end_ms=20_000),), SPEECH) == set()


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("Interview with Dr. Vávra about OpenTofu.", True),
        ("OpenTofu, Vávra, Terraform", True),
        ("Vávra", False),
        ("Dr. Vávra, why did you leave Terraform behind?", False),
    ],
)
def test_a_prompt_that_comes_back_is_an_echo(text: str, echo: bool) -> None:
    told = Options(initial_prompt="Interview with Dr. Vávra about OpenTofu.", hotwords="OpenTofu, Vávra, Terraform")
    assert echoes(text, told) is echo
    assert not echoes(text, Options())


def test_one_given_name_alone_is_an_echo_of_a_short_sound() -> None:
    told = Options(hotwords="Vávra")
    name = Segment(0, 2_500, " Vávra.", avg_logprob=-0.2, no_speech_prob=0.4)
    assert find_doubts((name,), ((0, 2_500),), told) == set()
    assert find_doubts((name,), ((0, 900),), told) == {Doubt.ECHO}
    assert find_doubts((replace(name, avg_logprob=-1.3),), ((0, 2_500),), told) == {Doubt.ECHO, Doubt.IMPROBABLE}


def test_half_a_sentence_is_no_end_while_somebody_goes_on() -> None:
    """Four of five times "over the lazy dog", and at last "The quick brown fox jumps", 1.5 s before the speech ends."""
    (half,) = spoken("The", "quick", "brown", "fox", "jumps")
    end_ms = half.end_ms
    assert left_untold((half,), ((0, end_ms + 1_480),)) == [(end_ms, end_ms + 1_480)]
    assert left_untold((half,), ((0, end_ms + 1_100),)) == []  # the detector gives 400 ms to what it finds
    assert left_untold((half,), ((0, end_ms + 100), (end_ms + 900, end_ms + 2_800))) == []  # another stretch of speech
    (whole,) = spoken("The", "quick", "brown", "fox", "jumps.")
    assert left_untold((whole,), ((0, end_ms + 1_480),)) == []


def test_what_an_unfinished_sentence_leaves_is_told_by_probable_words_alone() -> None:
    half = spoken("The", "quick", "brown", "fox", "jumps", each_ms=3_700)
    rest = spoken("over.", at_ms=18_600, each_ms=600)
    verdict, _ = judge(half, rest, allowance=1)
    assert "".join(segment.text for segment in verdict.segments) == " The quick brown fox jumps over."
    verdict, _ = judge(half, tuple(replace(one, avg_logprob=-1.1) for one in rest), allowance=1)
    assert "".join(segment.text for segment in verdict.segments) == " The quick brown fox jumps"


def test_what_stays_untold_is_asked_for_alone_and_put_in_its_place() -> None:
    end = spoken("and", "ends", "at", "eleven.", at_ms=16_400, each_ms=600)
    first = (*spoken(*["The", "meeting", "starts", "at", "nine"]), *end)
    middle = spoken(*("it was long " * 11).split(), at_ms=2_200)
    verdict, passes = judge(first, middle)
    assert passes == verdict.attempts == 1
    assert [segment.start_ms for segment in verdict.segments] == [0, 2_200, 16_400]
    assert [segment.marks for segment in verdict.segments] == [(), (Mark.REDECODED,), ()]


def test_no_answer_is_replaced_by_one_with_the_same_doubts() -> None:
    unsure = (replace(UNSURE[0], text=UNSURE[0].text.replace("tedious", "tidious"), avg_logprob=-1.1),)
    verdict, _ = judge(UNSURE, unsure)
    assert verdict.segments == (replace(UNSURE[0], marks=(Mark.DOUBTFUL,)),)


def test_a_sentence_without_sound_is_not_put_beside_others() -> None:
    """Whisper goes on with what it knows by heart when the sound ends; the alignment finds no place for those words."""
    begin = spoken(*["The", "meeting", "starts", "at", "nine"])
    rest = spoken(*("it was long " * 15).split(), at_ms=2_000)
    heard = spoken("and", "ends", "at", "eleven", at_ms=19_960, each_ms=10)
    verdict, _ = judge(begin, (*rest, *heard))
    assert [segment.text for segment in verdict.segments] == [begin[0].text, rest[0].text]
    verdict, _ = judge((*begin, *rest, *heard))
    assert [segment.marks for segment in verdict.segments] == [(), (), (Mark.DOUBTFUL,)]


def test_an_answer_that_tells_less_replaces_only_what_nobody_believes() -> None:
    whole, half = spoken(*["word"] * 12), spoken("word")
    speech = ((0, whole[0].end_ms),)
    assert not is_better(half, (replace(whole[0], avg_logprob=-1.5),), speech, Options())
    assert is_better(half, (replace(whole[0], avg_logprob=-1.5, no_speech_prob=0.9),), speech, Options())
