"""One person on each of two channels, through the worker."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.pipeline.test_transcribe_job import assert_tiles, without_title
from tests.scripted_diarizer import ScriptedDiarizer
from tests.scripted_engine import ScriptedEngine
from tests.speech import long_recording
from tests.two_sides import RATE, leaking, write_stereo
from tests.workshop import Killed, Workshop

Floats = np.ndarray
TOLERANCE_MS = 300


def call(leak_db: float = -30.0) -> Floats:
    """A minute and a half: by turns on the left and on the right, ten seconds each."""
    samples = long_recording(90, seed=31, pause_s=(0.3, 0.8)).samples()
    turn = np.arange(len(samples)) // (10 * RATE) % 2
    return leaking(np.stack([samples * (turn == 0), samples * (turn == 1)], axis=1).astype(np.float32), leak_db)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_stereo(call(), tmp_path_factory.mktemp("calls") / "call.flac")


def work(workshop: Workshop, engine: ScriptedEngine | None = None, **more: Any) -> int:
    return workshop.work(engine or ScriptedEngine(), diarizer=ScriptedDiarizer(), **more)


def told(workshop: Workshop, job_id: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(workshop.files(job_id)["json"])
    return document


def speakers(document: dict[str, Any]) -> set[str | None]:
    return {segment["speaker"] for segment in document["segments"]}


def test_each_channel_is_transcribed_and_told_side_by_side(workshop: Workshop, recording: Path) -> None:
    job_id = workshop.drop(recording, diarize=True)
    assert work(workshop) == 0
    row, document = workshop.row(job_id), told(workshop, job_id)
    assert (row["status"], row["progress"]) == ("completed", 100)
    assert abs(row["duration_ms"] - 90_000) < TOLERANCE_MS
    windows = workshop.windows(job_id)
    assert_tiles(windows, windows[-1].end_ms)
    assert abs(windows[-1].end_ms - 180_000) < 2 * TOLERANCE_MS, "one after another on one clock"
    assert [one["channel"] for one in document["extra"]["audio_track"]["in_turn"]] == [0, 1]
    starts = [segment["start_ms"] for segment in document["segments"]]
    assert starts == sorted(starts)
    assert speakers(document) == {"Speaker 1", "Speaker 2"}
    for segment in document["segments"]:
        turns = range(0 if segment["speaker"] == "Speaker 1" else 10_000, 90_000, 20_000)
        assert any(segment["start_ms"] < at_ms + 10_500 and at_ms - 500 < segment["end_ms"] for at_ms in turns)
    assert "speakers" not in document["extra"]
    assert workshop.sql("select 1 from aisubs.speaker_chunks") == [], "nobody listened for voices"


@pytest.mark.parametrize("at_batch", range(4))
def test_killed_anywhere_it_ends_with_the_same_bytes(workshop: Workshop, recording: Path, at_batch: int) -> None:
    undisturbed = workshop.drop(recording, "first.flac", diarize=True)
    assert work(workshop, ScriptedEngine(batch_size=1), batch_size=1) == 0
    expected = workshop.windows(undisturbed), without_title(workshop.files(undisturbed))
    job_id = workshop.drop(recording, "second.flac", diarize=True, fresh=True)

    def die(number: int) -> None:
        if number == at_batch:
            raise Killed

    with pytest.raises(Killed):
        work(workshop, ScriptedEngine(batch_size=1, before_batch=die), batch_size=1)
    workshop.jobs.recover_stale(batch=9, stale_after_s=-1.0, max_retries=99, retry_backoff_s=0.0)
    assert work(workshop, ScriptedEngine(batch_size=1), batch_size=1) == 0
    assert (workshop.windows(job_id), without_title(workshop.files(job_id))) == expected


def test_a_worker_that_hands_over_goes_on_in_the_second_channel(workshop: Workshop, recording: Path) -> None:
    undisturbed = workshop.drop(recording, "first.flac", diarize=True)
    assert work(workshop, ScriptedEngine(batch_size=1), batch_size=1) == 0
    windows = workshop.windows(undisturbed)
    stop, heard = threading.Event(), len([window for window in windows if window.speech])
    job_id = workshop.drop(recording, "second.flac", diarize=True, fresh=True)
    engine = ScriptedEngine(batch_size=1, before_batch=lambda number: stop.set() if number == heard - 2 else None)
    assert work(workshop, engine, stop=stop, batch_size=1) == 0
    assert 90_000 < workshop.windows(job_id)[-1].end_ms < windows[-1].end_ms
    assert work(workshop, ScriptedEngine(batch_size=1), batch_size=1) == 0
    assert workshop.windows(job_id) == windows


def test_a_running_job_shows_the_length_of_the_recording_and_how_much_of_the_work_is_done(
    workshop: Workshop, recording: Path
) -> None:
    def shown() -> dict[str, Any]:
        said = "progress, progress_ms, duration_ms"
        (row,) = workshop.sql(f"select {said} from aisubs_core.show(array[%s::uuid])", job_id)
        return dict(row)

    stop, lengths = threading.Event(), []
    job_id = workshop.drop(recording, diarize=True)

    def look(number: int) -> None:
        lengths.append(shown()["duration_ms"])
        if number == 3:
            stop.set()

    assert work(workshop, ScriptedEngine(batch_size=1, before_batch=look), stop=stop, batch_size=1) == 0
    assert all(abs(length - 90_000) < TOLERANCE_MS for length in lengths), "before anything is saved as well"
    handed_over, saved_ms = shown(), workshop.windows(job_id)[-1].end_ms
    assert 90_000 < saved_ms < 179_000
    assert handed_over["progress_ms"] == saved_ms // 2
    assert handed_over["progress"] == saved_ms * 100 // (2 * handed_over["duration_ms"])
    assert work(workshop) == 0
    completed = shown()
    assert (completed["progress"], completed["progress_ms"]) == (100, completed["duration_ms"])


@pytest.mark.parametrize(
    ("options", "sides"),
    [
        ({}, False),
        ({"diarize": True, "channels": "mono"}, False),
        ({"diarize": True, "num_speakers": 3}, False),
        ({"diarize": True, "num_speakers": 2}, True),
        ({"channels": "dialogue"}, True),
    ],
)
def test_the_choice_decides(workshop: Workshop, recording: Path, options: dict[str, Any], sides: bool) -> None:
    job_id = workshop.drop(recording, **options)
    assert work(workshop) == 0
    assert ("audio_track" in told(workshop, job_id)["extra"]) == sides


def test_a_dialogue_that_levels_do_not_show(workshop: Workshop, tmp_path: Path) -> None:
    path = write_stereo(call(leak_db=-4), tmp_path / "near.flac")
    by_levels = workshop.drop(path, "levels.flac", diarize=True)
    asked = workshop.drop(path, "asked.flac", channels="dialogue", fresh=True)
    assert work(workshop) == 0
    assert "audio_track" not in told(workshop, by_levels)["extra"]
    assert "audio_track" in told(workshop, asked)["extra"]


@pytest.mark.parametrize("silent", [False, True])
def test_a_dialogue_of_one_channel_is_told_by_voices(workshop: Workshop, tmp_path: Path, silent: bool) -> None:
    samples = call()
    path = write_stereo(np.stack([samples[:, 0], samples[:, 0] * (not silent)], axis=1), tmp_path / "one.flac")
    job_id = workshop.drop(path, channels="dialogue")
    assert work(workshop) == 0
    document = told(workshop, job_id)
    assert "audio_track" not in document["extra"]
    assert document["extra"]["speakers"]["found"]


def test_a_twin_is_taken_over(workshop: Workshop, recording: Path) -> None:
    workshop.drop(recording, "first.flac", diarize=True)
    assert work(workshop) == 0
    job_id = workshop.drop(recording, "second.flac", diarize=True)
    engine = ScriptedEngine()
    assert work(workshop, engine, model="scripted") == 0
    assert workshop.row(job_id)["status"] == "completed"
    assert not engine.batches
