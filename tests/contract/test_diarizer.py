"""What every diarizer must do, whatever it listens with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pydantic_settings import BaseSettings

from aisubs.cli.demo_sample import VIDEO
from aisubs.model.errors import AisubsError
from aisubs.model.turns import SpeakerCount, Turn
from aisubs.model.voices import likeness
from aisubs.ports.diarizer import Diarizer, SpeakerChunk
from aisubs.ports.engine import Samples
from aisubs.settings import Settings
from aisubs.wiring_workers import deciders_of, diarizer_of, why_no_diarizer
from tests.speech import SAMPLE_RATE_HZ as RATE
from tests.speech import read_audio


class Surroundings(BaseSettings):
    """Where tests.pyannote_folder has put weights for the other plug, or somebody their own."""

    pyannote_folder: Path | None = None


@pytest.fixture(scope="module", params=["onnx", "pyannote"])
def settings(request: pytest.FixtureRequest) -> Settings:
    if request.param == "onnx":
        request.getfixturevalue("speakers")
        return Settings()
    settings = Settings(diarizer="pyannote", speaker_model_dir=Surroundings().pyannote_folder, device="cpu")
    if (why := why_no_diarizer(settings)) is not None:
        pytest.skip(f"{why} (PYANNOTE_FOLDER names one, as `python -m tests.pyannote_folder FOLDER` makes it)")
    return settings


@pytest.fixture(scope="module")
def diarizer(settings: Settings) -> Diarizer:
    return diarizer_of(settings)


@pytest.fixture(scope="module")
def talk() -> Samples:
    """The demo's sample, 45 s: a woman and a man in turn, and what a third one said."""
    return read_audio(VIDEO)


@pytest.fixture(scope="module")
def rows(diarizer: Diarizer, talk: Samples) -> list[SpeakerChunk]:
    return list(diarizer.listen([talk]))


def blocks(samples: Samples, size: int) -> Iterator[Samples]:
    return (samples[start : start + size] for start in range(0, len(samples), size))


def duration_ms(samples: Samples) -> int:
    return len(samples) * 1000 // RATE


def test_rows_tell_where_their_sound_was(rows: list[SpeakerChunk], talk: Samples) -> None:
    assert [row.seq for row in rows] == list(range(len(rows)))
    assert rows[0].start_ms == 0
    assert rows[-1].end_ms == -(-len(talk) * 1000 // RATE)
    assert all(before.start_ms < row.start_ms <= before.end_ms < row.end_ms for before, row in pairwise(rows))


@pytest.mark.parametrize("size", [777, 16_000, 159_999, 160_001])
def test_rows_are_the_same_for_blocks_of_any_size(
    size: int, diarizer: Diarizer, talk: Samples, rows: list[SpeakerChunk]
) -> None:
    assert list(diarizer.listen(blocks(talk, size))) == rows


def test_rows_are_the_same_wherever_listening_begins(
    diarizer: Diarizer, talk: Samples, rows: list[SpeakerChunk]
) -> None:
    for first in range(len(rows) + 2):
        begins = diarizer.start_sample(first)
        assert list(diarizer.listen(blocks(talk[begins:], 50_000), first)) == rows[first:]


def test_a_row_comes_as_soon_as_its_sound_is_there(diarizer: Diarizer, talk: Samples, rows: list[SpeakerChunk]) -> None:
    heard = 0

    def told() -> Iterator[Samples]:
        nonlocal heard
        for block in blocks(talk, 8_000):
            heard += len(block)
            yield block

    first = next(diarizer.listen(told()))
    assert first == rows[0]
    assert heard <= first.end_ms * RATE // 1000 + 8_000


def test_the_same_rows_give_the_same_turns(diarizer: Diarizer, talk: Samples, rows: list[SpeakerChunk]) -> None:
    first, second = (diarizer.decide(rows, duration_ms(talk), SpeakerCount()) for _ in range(2))
    assert first == second
    assert first == diarizer.decide(tuple(rows), duration_ms(talk), SpeakerCount(least=1, most=20))


def test_somebody_without_sound_decides_the_same(
    settings: Settings, diarizer: Diarizer, talk: Samples, rows: list[SpeakerChunk]
) -> None:
    (decider,) = [one for one in deciders_of(settings) if one.reads(diarizer.fingerprint)]
    for count in (SpeakerCount(), SpeakerCount(number=2)):
        assert decider.decide(rows, duration_ms(talk), count) == diarizer.decide(rows, duration_ms(talk), count)
    assert not any(one.reads("") or one.reads("another " + diarizer.fingerprint) for one in deciders_of(settings))


def test_turns_are_in_order_and_inside_the_recording(
    diarizer: Diarizer, talk: Samples, rows: list[SpeakerChunk]
) -> None:
    turns = diarizer.decide(rows, duration_ms(talk), SpeakerCount())
    assert turns == sorted(turns, key=lambda turn: turn.start_ms)
    assert all(0 <= turn.start_ms < turn.end_ms <= duration_ms(talk) for turn in turns)
    assert list(dict.fromkeys(turn.speaker for turn in turns)) == list(range(1, people(turns) + 1))
    for speaker in {turn.speaker for turn in turns}:
        own = [turn for turn in turns if turn.speaker == speaker]
        assert all(before.end_ms <= turn.start_ms for before, turn in pairwise(own))


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (SpeakerCount(), 3),
        (SpeakerCount(number=1), 1),
        (SpeakerCount(number=2), 2),
        (SpeakerCount(number=3), 3),
        (SpeakerCount(number=5), 5),
        (SpeakerCount(most=2), 2),
        (SpeakerCount(least=4), 4),
        (SpeakerCount(least=2, most=4), 3),
    ],
    ids=str,
)
def test_the_number_of_speakers_is_kept(
    count: SpeakerCount, expected: int, diarizer: Diarizer, talk: Samples, rows: list[SpeakerChunk]
) -> None:
    assert people(diarizer.decide(rows, duration_ms(talk), count)) == expected


def test_a_voice_is_most_like_itself(diarizer: Diarizer, talk: Samples, rows: list[SpeakerChunk]) -> None:
    """Who is heard long enough, in one half of the turns and in the other."""
    halves: tuple[dict[str, list[tuple[int, int]]], ...] = ({}, {})
    own: Counter[str] = Counter()
    for turn in diarizer.decide(rows, duration_ms(talk), SpeakerCount()):
        speaker = str(turn.speaker)
        halves[own[speaker] % 4 in (1, 2)].setdefault(speaker, []).append((turn.start_ms, turn.end_ms))
        own[speaker] += 1
    first, second = (diarizer.voices(rows, spoken) for spoken in halves)
    assert first.keys() & second.keys(), "the sample is long enough for one of them"
    for speaker, voice in first.items():
        for other, print_ in second.items():
            assert ((likeness(voice, [print_]) or 0) >= diarizer.alike) == (speaker == other), (speaker, other)
    assert "data" not in repr(first), "a print never gets into a log"
    assert diarizer.voices([], halves[0]) == {}


def test_nothing_heard_is_no_turn(diarizer: Diarizer) -> None:
    assert list(diarizer.listen([])) == []
    assert diarizer.decide([], 0, SpeakerCount(number=2)) == []
    for silent in (np.zeros(100, np.float32), np.zeros(12 * RATE, np.float32)):
        rows = list(diarizer.listen([silent]))
        assert rows[-1].end_ms == -(-len(silent) * 1000 // RATE)
        assert diarizer.decide(rows, duration_ms(silent), SpeakerCount(number=2)) == []


def test_rows_that_are_not_its_own_fail_in_a_way_that_is_told(diarizer: Diarizer, rows: list[SpeakerChunk]) -> None:
    strange = SpeakerChunk(0, 0, 10_000, b"\x63 of another version")
    shortened = SpeakerChunk(0, 0, 10_000, rows[0].data[:-1])
    for wrong in ([strange], [shortened], rows[1:]):
        with pytest.raises(AisubsError) as caught:
            diarizer.decide(wrong, 60_000, SpeakerCount())
        assert caught.value.code == "diarizer_failed"


def test_the_fingerprint_names_what_rows_depend_on(settings: Settings, diarizer: Diarizer) -> None:
    assert diarizer.fingerprint == diarizer_of(settings).fingerprint
    assert "threads 1" in diarizer.fingerprint


def people(turns: list[Turn]) -> int:
    return len({turn.speaker for turn in turns})
