"""Several audio tracks with a speaker each, through the worker."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from tests.pipeline.test_transcribe_job import assert_tiles, undisturbed, without_title
from tests.scripted_engine import ScriptedEngine
from tests.speech import long_recording
from tests.track_files import Sound, hum, silence, write_tracks
from tests.workshop import Workshop

TOLERANCE_MS = 200


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """Two people, of whom the second one joins late, and music."""
    return write_tracks(
        tmp_path / "talk.mkv",
        Sound(long_recording(90, seed=21).samples(), "eng", "Anna"),
        Sound(hum(20), title="Music"),
        Sound(long_recording(40, seed=22).samples(), "eng", "Bob"),
    )


def test_each_track_is_transcribed_and_told_side_by_side(workshop: Workshop, talk: Path) -> None:
    job_id = workshop.drop(talk, audio_track="each")
    assert workshop.work(ScriptedEngine()) == 0
    row = workshop.row(job_id)
    assert (row["status"], row["progress"]) == ("completed", 100)
    assert abs(row["duration_ms"] - 90_000) < TOLERANCE_MS
    windows = workshop.windows(job_id)
    assert_tiles(windows, windows[-1].end_ms)
    assert abs(windows[-1].end_ms - 150_000) < 3 * TOLERANCE_MS, "one after another on one clock"
    told = json.loads(workshop.files(job_id)["json"])
    assert {segment["speaker"] for segment in told["segments"]} == {"Anna", "Bob"}
    starts = [segment["start_ms"] for segment in told["segments"]]
    assert starts == sorted(starts)
    ends = {name: max(one["end_ms"] for one in told["segments"] if one["speaker"] == name) for name in ("Anna", "Bob")}
    assert ends["Bob"] <= 40_000 + TOLERANCE_MS < ends["Anna"] <= 90_000 + TOLERANCE_MS
    assert told["duration_ms"] == row["duration_ms"]
    track = told["extra"]["audio_track"]
    assert (track["reason"], [one["number"] for one in track["in_turn"]]) == ("each", [1, 2, 3])
    assert "Anna" in workshop.files(job_id)["vtt"].decode()


@pytest.mark.parametrize("at_batch", range(4))
def test_a_worker_that_hands_over_changes_nothing(workshop: Workshop, talk: Path, at_batch: int) -> None:
    job_id = workshop.drop(talk, "first.mkv", audio_track="each")
    assert workshop.work(ScriptedEngine(batch_size=1), batch_size=1) == 0
    windows, files = workshop.windows(job_id), without_title(workshop.files(job_id))
    stop = threading.Event()
    again = workshop.drop(talk, "second.mkv", audio_track="each", fresh=True)

    def before(number: int) -> None:
        if number >= at_batch:
            stop.set()

    assert workshop.work(ScriptedEngine(batch_size=1, before_batch=before), stop=stop, batch_size=1) == 0
    assert workshop.row(again)["status"] == "pending"
    assert workshop.work(ScriptedEngine(batch_size=1), batch_size=1) == 0
    assert workshop.windows(again) == windows
    assert without_title(workshop.files(again)) == files


def test_of_a_recording_with_one_track_each_is_that_one(workshop: Workshop, tmp_path: Path) -> None:
    recording = write_tracks(tmp_path / "one.mkv", Sound(long_recording(20, seed=23).samples(), "eng", "Anna"))
    alone, files, _ = undisturbed(workshop, recording)
    job_id = workshop.drop(recording, audio_track="each")
    assert workshop.work(ScriptedEngine()) == 0
    assert workshop.windows(job_id) == alone
    assert workshop.files(job_id)["srt"] == files["srt"]


def test_a_track_of_silence_has_no_speaker(workshop: Workshop, tmp_path: Path) -> None:
    talk = Sound(long_recording(20, seed=23).samples(), title="Anna")
    job_id = workshop.drop(write_tracks(tmp_path / "two.mkv", Sound(silence(30)), talk), audio_track="each")
    assert workshop.work(ScriptedEngine()) == 0
    told = json.loads(workshop.files(job_id)["json"])
    assert {segment["speaker"] for segment in told["segments"]} == {"Anna"}
    assert abs(told["duration_ms"] - 30_000) < TOLERANCE_MS
    assert told["coverage"]["unresolved_ms"] == 0
