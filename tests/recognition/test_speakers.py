"""Who spoke when, with the real networks, on what is always here: the demo's sample of three voices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from aisubs.cli.demo_sample import VIDEO
from aisubs.model.turns import SpeakerCount, Turn
from aisubs.ports.diarizer import Diarizer
from aisubs.settings import Settings
from aisubs.weights.speakers.place import FoundSpeakers
from aisubs.wiring_workers import diarizer_of
from tests.bench.diarization_error import Spoken, diarization_error
from tests.speech import read_audio
from tests.two_sides import RATE, noise, sample_spoken, two_sides


@pytest.fixture(scope="module")
def diarizer(speakers: FoundSpeakers) -> Diarizer:
    return diarizer_of(Settings())


def spoken(turns: Sequence[Turn]) -> list[Spoken]:
    return [(turn.start_ms / 1000, turn.end_ms / 1000, turn.speaker) for turn in turns]


def told(diarizer: Diarizer, samples: np.ndarray, count: SpeakerCount | None = None) -> list[Turn]:
    rows = list(diarizer.listen([samples.astype(np.float32)]))
    return diarizer.decide(rows, len(samples) * 1000 // RATE, count or SpeakerCount())


def test_three_voices_are_told_apart(diarizer: Diarizer) -> None:
    turns = told(diarizer, read_audio(VIDEO))
    assert len({turn.speaker for turn in turns}) == 3
    assert diarization_error(sample_spoken(), spoken(turns)).rate < 0.04


def test_one_voice_stays_one(diarizer: Diarizer) -> None:
    clara = two_sides().samples[:, 0]
    turns = told(diarizer, np.concatenate([clara, clara * 0.2]))
    assert {turn.speaker for turn in turns} == {1}


@pytest.mark.parametrize("level_db", [-10, -40, -70])
def test_nobody_speaks_in_noise(level_db: float, diarizer: Diarizer) -> None:
    hum = np.sin(2 * np.pi * 50 * np.arange(20 * RATE) / RATE) * 10 ** (level_db / 20)
    assert told(diarizer, noise(20 * RATE, level_db)[:, 0]) == []
    assert told(diarizer, hum) == []


def test_a_word_has_a_speaker(diarizer: Diarizer) -> None:
    word = read_audio(VIDEO)[round(0.6 * RATE) : round(1.8 * RATE)]
    assert {turn.speaker for turn in told(diarizer, word)} == {1}
