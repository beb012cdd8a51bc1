"""The sample of the demo, which is always there: the words, who says them when, and the sentence in Spanish."""

from __future__ import annotations

from statistics import median

import pytest

from aisubs.cli.demo_sample import VIDEO, compare, sample_lines
from aisubs.cli.word_errors import words
from tests.recognition.conftest import Heard, Listener


@pytest.fixture(scope="module")
def heard(base: Listener) -> Heard:
    return base.hear(VIDEO)


def test_at_most_one_word_in_twenty_is_wrong(heard: Heard) -> None:
    assert heard.language == "en"
    assert compare(heard.text).rate <= 0.05


def test_the_sentence_in_spanish_is_written_in_spanish(heard: Heard) -> None:
    (pairs,) = [pairs for line, pairs in compare(heard.text).lines if line.language == "es"]
    assert sum(pair.is_right for pair in pairs) >= 7
    assert len(pairs) == 9


def test_every_line_stands_where_it_is_said(heard: Heard) -> None:
    """The first and the last word of a line, against the times that the script has laid it at."""
    written = [word for segment in heard.transcript["segments"] for word in segment["words"] if words(word["text"])]
    position, off = 0, []
    for line, pairs in compare(" ".join(word["text"].strip() for word in written)).lines:
        count = sum(pair.heard is not None for pair in pairs)
        first, last = written[position], written[position + count - 1]
        off += [abs(first["start_ms"] - line.start_ms), abs(last["end_ms"] - line.end_ms)]
        position += count
    assert position == len(written)
    assert len(off) == 2 * len(sample_lines())
    assert median(off) < 150
    assert max(off) < 700


def test_everything_of_it_is_told(heard: Heard) -> None:
    coverage = heard.transcript["coverage"]
    assert coverage["unresolved_ms"] == 0
    accounts = ("transcribed_ms", "no_speech_ms", "redecoded_ms", "unresolved_ms")
    assert sum(coverage[name] for name in accounts) == heard.transcript["duration_ms"]
