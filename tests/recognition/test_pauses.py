"""Where words stand around pauses of 0.3 to 60 s. Pauses are cut out before the model hears anything, so a word may be
put on the wrong side of one. The lines are the demo's, whose beginnings and ends are known to the millisecond."""

from __future__ import annotations

from statistics import median
from typing import Any

import pytest

from tests.bench.speech_sets import MARGIN_MS, PAUSES_S, Clip, Spoken, laid_out, sample_clips
from tests.recognition.conftest import Listener
from tests.recognition.scores import word_error_rate

USUAL_S, MOST_S = 0.15, 0.5
"""How far a word may usually, and may at most, be from where it was said."""


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    clips: list[Clip] = [clip for clip in sample_clips() if clip.language == "en"][: len(PAUSES_S)]
    return laid_out(clips, PAUSES_S, tmp_path_factory.mktemp("pauses") / "pauses.flac")


@pytest.fixture(scope="module")
def words(tiny_en: Listener, spoken: Spoken) -> list[dict[str, Any]]:
    heard = tiny_en.hear(spoken.path)
    assert word_error_rate(spoken.said, heard.text) <= 0.05
    return [word for segment in heard.transcript["segments"] for word in segment["words"]]


def test_every_line_begins_and_ends_where_it_was_said(spoken: Spoken, words: list[dict[str, Any]]) -> None:
    off_s = []
    for start_s, end_s, _ in spoken.parts:
        line = [word for word in words if start_s <= _middle_s(word) < end_s]
        said_s = start_s + MARGIN_MS / 1000, end_s - MARGIN_MS / 1000
        off_s += [abs(line[0]["start_ms"] / 1000 - said_s[0]), abs(line[-1]["end_ms"] / 1000 - said_s[1])]
    assert median(off_s) <= USUAL_S
    assert max(off_s) <= MOST_S


def test_no_word_stands_in_a_pause_or_reaches_over_one(spoken: Spoken, words: list[dict[str, Any]]) -> None:
    lines = [(round(start_s * 1000), round(end_s * 1000)) for start_s, end_s, _ in spoken.parts]
    astray = [
        word
        for word in words
        if not any(
            start - MARGIN_MS <= word["start_ms"] and word["end_ms"] <= end + 2 * MARGIN_MS for start, end in lines
        )
    ]
    assert not astray


def _middle_s(word: dict[str, Any]) -> float:
    middle_ms: float = (word["start_ms"] + word["end_ms"]) / 2
    return middle_ms / 1000
