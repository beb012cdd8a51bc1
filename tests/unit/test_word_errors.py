"""How the demo counts: the same as jiwer, and every word in the line of the one who said it."""

from __future__ import annotations

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aisubs.cli.demo_sample import compare, sample_lines
from aisubs.cli.word_errors import align, errors_in, split, words

TEXTS = st.lists(st.sampled_from(["one", "two", "three", "four"]), max_size=9)


@given(said=TEXTS.filter(bool), heard=TEXTS)
def test_the_count_is_that_of_jiwer(said: list[str], heard: list[str]) -> None:
    told = jiwer.process_words(" ".join(said), " ".join(heard))
    assert errors_in(align(said, heard)) == told.substitutions + told.deletions + told.insertions


@given(said=TEXTS, heard=TEXTS)
def test_an_alignment_holds_every_word_once_and_in_order(said: list[str], heard: list[str]) -> None:
    pairs = align(said, heard)
    assert [pair.said for pair in pairs if pair.said is not None] == said
    assert [pair.heard for pair in pairs if pair.heard is not None] == heard


@given(lines=st.lists(TEXTS, min_size=1, max_size=4), heard=TEXTS)
def test_splitting_loses_nothing_and_gives_each_line_its_words(lines: list[list[str]], heard: list[str]) -> None:
    pairs = align([word for line in lines for word in line], heard)
    parts = split(pairs, [len(line) for line in lines])
    assert [pair for part in parts for pair in part] == pairs
    assert [[pair.said for pair in part if pair.said is not None] for part in parts] == lines


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("Good morning, Tom.", "good morning Tom", 0),
        ("quien mucho abarca", "quién mucho abarca", 1),
        ("the grey cat", "the gray cat", 1),
        ("one — two", "one two", 0),
        ("it is here", "is it here", 2),
        ("one two", "", 2),
        ("one", "one and only", 2),
        ("don't", "don’t", 0),
    ],
)
def test_what_counts_as_an_error(said: str, heard: str, errors: int) -> None:
    assert errors_in(align(words(said), words(heard))) == errors


def test_the_committed_sample_says_the_same_in_both_files() -> None:
    from aisubs.cli.demo_sample import VIDEO

    lines = sample_lines()
    assert VIDEO.with_suffix(".txt").read_text(encoding="utf-8") == "".join(f"{line.text}\n" for line in lines)
    assert VIDEO.stat().st_size < 400_000
    assert {line.language for line in lines} == {"en", "es"}
    assert len({line.speaker for line in lines if line.language == "en"}) == 2


def test_a_line_that_was_left_out_counts_whole() -> None:
    lines = sample_lines()
    without = [line for line in lines if line.language == "en"]
    comparison = compare(" ".join(line.text for line in without))
    (missing,) = [pairs for line, pairs in comparison.lines if line.language == "es"]
    assert comparison.errors == len(missing) == 9
    assert comparison.rate == pytest.approx(9 / comparison.said)
