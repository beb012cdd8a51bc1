"""What a second model is asked about, and what is told of it."""

from __future__ import annotations

from aisubs.model.second_opinion import SecondOpinion
from aisubs.model.transcript import Damage, Mark, Segment, Window, Word
from aisubs.pipeline.transcribe.second_opinion import Part, doubtful_parts

END_MS = 30_000


def said(start_ms: int, end_ms: int, *marks: Mark, language: str = "en") -> Segment:
    """Words all along."""
    words = tuple(Word(at_ms, at_ms + 500, " word") for at_ms in range(start_ms, end_ms, 500))
    return Segment(start_ms, end_ms, " word" * len(words), words, marks=marks, language=language)


def window(*segments: Segment, speech: tuple[tuple[int, int], ...] = ((0, END_MS),)) -> Window:
    return Window(0, 0, END_MS, END_MS, segments, speech)


def test_nothing_is_asked_about_what_is_sure_or_silent() -> None:
    assert doubtful_parts(window(said(0, END_MS), speech=((0, END_MS),))) == []
    assert doubtful_parts(window(said(0, END_MS, Mark.REDECODED))) == []
    assert doubtful_parts(window(speech=())) == []


def test_all_of_a_window_without_a_word_is_asked_about() -> None:
    assert doubtful_parts(window(speech=((0, 9_000), (12_000, END_MS)))) == [Part(((0, 9_000), (12_000, END_MS)))]


def test_doubted_words_are_asked_about_with_the_speech_around_them_but_not_sure_ones() -> None:
    first, doubted, last = said(0, 10_000), said(11_000, 19_000, Mark.DOUBTFUL, language="de"), said(20_000, END_MS)
    assert doubtful_parts(window(first, doubted, last)) == [Part(((10_000, 20_000),), (doubted,), "de")]
    pause = ((0, 10_500), (10_800, 19_500), (20_000, END_MS))
    spans = ((10_000, 10_500), (10_800, 19_500))
    assert doubtful_parts(window(first, doubted, last, speech=pause)) == [Part(spans, (doubted,), "de")]


def test_a_stretch_without_a_word_is_asked_about_alone() -> None:
    assert doubtful_parts(window(said(0, 10_000), said(14_000, END_MS))) == [Part(((10_000, 14_000),))]
    torn = Segment(0, END_MS, " one two", (Word(0, 9_000, " one"), Word(21_000, END_MS, " two")))
    assert doubtful_parts(window(torn)) == [Part(((9_000, 21_000),))]
    assert doubtful_parts(window(said(0, 10_000), said(11_000, END_MS))) == [], "a pause"


def test_nobody_is_asked_about_what_the_file_has_lost() -> None:
    lost = Window(0, 0, END_MS, 0, (), ((0, END_MS),), Damage(missing=((0, END_MS),)))
    assert doubtful_parts(lost) == []
    half = Window(0, 0, END_MS, END_MS, (), ((0, END_MS),), Damage(missing=((5_000, 9_000),)))
    assert doubtful_parts(half) == [Part(((0, 5_000), (9_000, END_MS)))]


def test_the_sentence_tells_the_cost() -> None:
    told = SecondOpinion("base", asked_ms=34_100, changed_ms=21_000, wall_ms=12_400, done=True)
    assert told.sentence == "second opinion by base: 34 s decoded again in 12 s, 21 s of it replaced"
    assert SecondOpinion("base", done=True).sentence == "second opinion by base: nothing was in doubt"
    assert "could not be asked (no_model)" in SecondOpinion("base", refused="no_model").sentence
    assert SecondOpinion.from_json(told.as_json()) == told
