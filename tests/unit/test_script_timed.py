"""From the words of an engine, which divides them in its own way, to those of a script."""

from __future__ import annotations

from itertools import pairwise

from aisubs.formats.scripts import read_script
from aisubs.model.alignment import Passage
from aisubs.model.script import Script
from aisubs.model.transcript import Word
from aisubs.pipeline.alignment.timed import not_said, segments_of, text_of, timed


def passage_of(script: Script, *unheard: int) -> Passage:
    return Passage(0, 0, 10_000, ((0, len(script.words)),), unheard, "en")


def aligned(text: str, *parts: str) -> list[Word]:
    """One second for each part."""
    assert "".join(parts) == text
    return [Word(1_000 * at, 1_000 * at + 800, part, 0.5 + at / 100) for at, part in enumerate(parts)]


def test_an_engines_pieces_become_the_scripts_words() -> None:
    script = read_script("A well-known don't.")
    passage = passage_of(script)
    words = timed(script, passage, aligned(text_of(script, passage), " A", " well", "-known", " don't."))
    assert [one.word.text for one in words] == [" A", " well-known", " don't."]
    assert [(one.word.start_ms, one.word.end_ms) for one in words] == [(0, 800), (1_000, 2_800), (3_000, 3_800)]
    assert words[1].word.confidence == 0.515


def test_characters_share_a_piece() -> None:
    script = read_script("你好，世界。")
    passage = passage_of(script)
    words = timed(script, passage, aligned(text_of(script, passage), "你好，", "世界。"))
    assert "".join(one.word.text for one in words) == "你好，世界。"
    assert all(left.word.end_ms <= right.word.start_ms for left, right in pairwise(words))
    assert not_said(script, passage_of(script, 1), words) == set(), "a character is only a part of a word"


def test_a_paragraph_without_a_stop_is_read_with_one_and_written_without() -> None:
    script = read_script("one two\n\nthree four.\n\nfive")
    passage = passage_of(script)
    assert text_of(script, passage) == " one two. three four. five"
    words = timed(script, passage, aligned(text_of(script, passage), " one", " two.", " three", " four.", " five"))
    assert [one.word.text for one in words] == [" one", " two", " three", " four.", " five"]
    assert [one.word.start_ms for one in words] == [0, 1_000, 2_000, 3_000, 4_000]
    assert [segment.text for segment in segments_of(script, passage, words)] == [" one two", " three four.", " five"]


def test_without_an_answer_the_words_share_the_passage() -> None:
    script = read_script("one two three")
    words = timed(script, passage_of(script), ())
    assert words[0].word.start_ms < words[1].word.start_ms < words[2].word.start_ms <= 10_000
    assert words[0].word.confidence is None


def test_what_was_not_heard_and_is_improbable_was_not_said() -> None:
    script = read_script("one two three")
    words = [
        timed(
            script,
            passage_of(script),
            [Word(0, 900, " one", 0.9), Word(900, 950, " two", 0.01), Word(950, 2_000, " three", 0.9)],
        )
    ][0]
    assert not_said(script, passage_of(script, 1), words) == {1}
    assert not_said(script, passage_of(script), words) == set(), "it was heard"
