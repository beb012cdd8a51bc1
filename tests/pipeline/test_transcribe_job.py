"""The worker on a real database and store: with the toy model, and with an engine that does what a test tells it."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aisubs.model.errors import error
from aisubs.model.job import Options, Source
from aisubs.model.transcript import Mark, Segment, Window
from aisubs.pipeline.jobs import Claim, Holder, hash_token
from aisubs.pipeline.transcribe.checkpoint import fingerprint_of
from aisubs.ports import Database, Engine, Guess
from tests.scripted_engine import ScriptedEngine
from tests.speech import expected_words, long_recording, write_audio
from tests.track_files import Sound, write_tracks
from tests.workshop import Workshop

SAMPLE = Path("tests/toy_model/samples/sample.mp4")


@pytest.fixture(scope="module")
def four_minutes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven windows or so."""
    folder = tmp_path_factory.mktemp("recordings")
    return write_audio(long_recording(240, seed=5).blocks(), folder / "four minutes.mp3")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_audio(long_recording(8, seed=6).samples(), tmp_path_factory.mktemp("recordings") / "clip.flac")


def assert_tiles(windows: list[Window], duration_ms: int) -> None:
    assert [window.seq for window in windows] == list(range(len(windows)))
    assert windows[0].start_ms == 0
    assert all(before.end_ms == after.start_ms for before, after in pairwise(windows))
    assert windows[-1].end_ms == duration_ms


def test_a_dropped_video_becomes_subtitles(workshop: Workshop) -> None:
    job_id = workshop.drop(SAMPLE, "holidays/sample video.mp4")
    assert workshop.work() == 0

    row = workshop.row(job_id)
    assert (row["status"], row["language"], row["progress"], row["retry_count"]) == ("completed", "en", 100, 0)
    assert_tiles(workshop.windows(job_id), row["duration_ms"])
    files = workshop.files(job_id)
    assert set(files) == {"srt", "vtt", "json", "txt"}
    said = re.findall(r"[a-z']+", files["txt"].decode().lower())
    expected = expected_words(SAMPLE)
    assert len(set(said) & set(expected)) >= 0.8 * len(set(expected))
    transcript = json.loads(files["json"])
    assert transcript["model"] == "toy"
    assert sum(transcript["coverage"][f"{account}_ms"] for account in ACCOUNTS) == transcript["duration_ms"]
    for suffix, data in files.items():
        assert (workshop.folder / "results" / "holidays" / f"sample video.mp4.{suffix}").read_bytes() == data


ACCOUNTS = ("transcribed", "no_speech", "redecoded", "unresolved")


def test_batches_follow_the_plan(workshop: Workshop, four_minutes: Path) -> None:
    engine = ScriptedEngine(batch_size=4)
    job_id = workshop.drop(four_minutes)
    assert workshop.work(engine) == 0
    sizes = [len(batch) for batch in engine.batches]
    assert sizes[:2] == [2, 4]
    assert all(size == 4 for size in sizes[2:-1])
    assert sum(sizes) == sum(window.speech_ms > 0 for window in workshop.windows(job_id))


def undisturbed(
    workshop: Workshop, recording: Path, widest: int = 4
) -> tuple[list[Window], dict[str, bytes], list[tuple[int, ...]]]:
    """Windows, files and batches of a run that nothing happens to. It is no twin of the runs after it."""
    engine = ScriptedEngine(batch_size=widest)
    job_id = workshop.drop(recording, f"undisturbed/{recording.name}")
    assert workshop.work(engine) == 0
    workshop.sql("update aisubs.transcription_jobs set crc32c = 'other'")
    return workshop.windows(job_id), without_title(workshop.files(job_id)), engine.batches


def without_title(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: re.sub(rb'"title": "[^"]*"', b"", data) for name, data in files.items()}


@pytest.mark.parametrize("after_batches", [0, 1])
def test_a_handed_over_job_goes_on_as_if_nothing_had_been(
    workshop: Workshop, four_minutes: Path, after_batches: int
) -> None:
    windows, files, batches = undisturbed(workshop, four_minutes)
    job_id = workshop.drop(four_minutes)
    stop = threading.Event()
    first = ScriptedEngine(batch_size=4, before_batch=lambda number: stop.set() if number == after_batches else None)
    assert workshop.work(first, stop=stop) == 0
    row = workshop.row(job_id)
    assert (row["status"], row["retry_count"]) == ("pending", 0)
    assert len(first.batches) == after_batches + 1
    assert row["windows"] == first.batches[-1][-1] + 1

    second = ScriptedEngine(batch_size=4)
    assert workshop.work(second) == 0
    assert first.batches + second.batches == batches  # nothing twice, nothing left out
    assert workshop.windows(job_id) == windows
    assert without_title(workshop.files(job_id)) == files


def test_two_hand_overs_without_progress_end_the_job(workshop: Workshop, four_minutes: Path) -> None:
    job_id = workshop.drop(four_minutes)
    for status in ("pending", "failed"):
        stop = threading.Event()

        def load(_: str | None, stop: threading.Event = stop) -> ScriptedEngine:
            assert stop.wait(60), "the deadline was over before it began"
            return ScriptedEngine()

        assert workshop.work(load=load, stop=stop, task_timeout_s=1.0) == 0
        row = workshop.row(job_id)
        assert row["status"] == status
    assert row["error_code"] == "no_progress"


def test_a_worker_may_be_stopped_as_often_as_somebody_likes(workshop: Workshop, four_minutes: Path) -> None:
    job_id = workshop.drop(four_minutes)
    stop = threading.Event()
    stop.set()
    for _ in range(4):
        assert workshop.work(ScriptedEngine(), stop=stop) == 0
        row = workshop.row(job_id)
        assert (row["status"], row["retry_count"], row["windows"]) == ("pending", 0, 0)
    assert workshop.work(ScriptedEngine()) == 0
    assert workshop.row(job_id)["status"] == "completed"


def test_another_model_starts_over(workshop: Workshop, four_minutes: Path) -> None:
    job_id = workshop.drop(four_minutes)
    stop = threading.Event()
    assert workshop.work(ScriptedEngine(batch_size=4, before_batch=lambda _: stop.set()), stop=stop) == 0
    assert workshop.row(job_id)["windows"] >= 2
    other = ScriptedEngine(batch_size=4, fingerprint="scripted-2")
    assert workshop.work(other) == 0
    assert other.batches[0][0] == 0
    assert workshop.row(job_id)["status"] == "completed"


def test_a_worker_that_lost_its_job_writes_nothing_and_takes_the_next(
    workshop: Workshop, four_minutes: Path, clip: Path
) -> None:
    lost, other = workshop.drop(four_minutes), workshop.drop(clip)

    def take_over(number: int) -> None:
        if number == 1:
            workshop.sql("update aisubs.transcription_jobs set fence = fence + 1 where job_id = %s", lost)

    engine = ScriptedEngine(batch_size=4, before_batch=take_over)
    assert workshop.work(engine) == 0
    row = workshop.row(lost)
    assert row["status"] == "processing"
    assert row["windows"] <= engine.batches[0][-1] + 1
    assert workshop.row(other)["status"] == "completed"


class Outage:
    """A plug of the database port: the real one, behind a line that is cut and mended."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.cut = False
        self.refused = 0

    def call(self, function: str, /, **arguments: Any) -> list[dict[str, Any]]:
        if self.cut:
            self.refused += 1
            raise error("database_unavailable", "the line is cut")
        return self._database.call(function, **arguments)

    def ping(self) -> str:
        return self._database.ping()


def test_an_outage_of_the_database_costs_nothing(workshop: Workshop, four_minutes: Path) -> None:
    windows, files, _ = undisturbed(workshop, four_minutes)
    job_id = workshop.drop(four_minutes)
    line = Outage(workshop.database)

    def cut_and_mend(number: int) -> None:
        line.cut = 1 <= number < 3

    engine = ScriptedEngine(batch_size=2, before_batch=cut_and_mend)
    assert workshop.work(engine, database=line) == 0
    assert workshop.row(job_id)["status"] == "completed"
    assert sum(len(batch) for batch in engine.batches) == sum(window.speech_ms > 0 for window in windows)
    assert workshop.windows(job_id) == windows
    assert without_title(workshop.files(job_id)) == files


def test_a_worker_that_cannot_record_the_outcome_says_so(workshop: Workshop, four_minutes: Path) -> None:
    job_id = workshop.drop(four_minutes)
    line = Outage(workshop.database)

    def cut(number: int) -> None:
        line.cut = True

    assert workshop.work(ScriptedEngine(before_batch=cut), database=line, stale_after_s=0.5, heartbeat_s=0.1) == 1
    assert line.refused > 1
    assert workshop.row(job_id)["status"] == "processing"  # the sweep puts it back in line


def test_a_bad_file_fails_with_a_sentence_and_the_next_job_runs(workshop: Workshop, clip: Path, tmp_path: Path) -> None:
    text = tmp_path / "letter.mp4"
    text.write_text("Dear Sir or Madam, this is no video.\n" * 100)
    bad, good = workshop.drop(text), workshop.drop(clip)
    assert workshop.work(ScriptedEngine()) == 0
    row = workshop.row(bad)
    assert (row["status"], row["error_code"], row["retryable"]) == ("failed", "not_media", False)
    assert "not audio or video" in row["error_message"]
    assert (workshop.folder / "results" / "letter.mp4.error.txt").read_text().strip() == row["error_message"]
    assert workshop.row(good)["status"] == "completed"


def test_a_drop_that_succeeds_in_the_end_has_no_error_beside_it(workshop: Workshop, clip: Path) -> None:
    job_id = workshop.drop(clip, "talks/talk.mp4")
    workshop.sql("update aisubs.transcription_jobs set token_hash = %s", hash_token("token"))

    def broken(number: int) -> None:
        raise error("damaged")

    workshop.work(ScriptedEngine(before_batch=broken))
    told = workshop.folder / "results" / "talks" / "talk.mp4.error.txt"
    assert "damaged" in told.read_text()
    workshop.jobs.retry_job(job_id, Holder.of(["token"]), 10)
    workshop.work(ScriptedEngine())
    assert sorted(path.name for path in told.parent.iterdir()) == [
        f"talk.mp4.{suffix}" for suffix in ("json", "srt", "txt", "vtt")
    ]


def test_a_recording_that_was_deleted_fails(workshop: Workshop, clip: Path) -> None:
    job_id = workshop.drop(clip)
    workshop.store.delete("inbox/clip.flac")
    assert workshop.work(ScriptedEngine()) == 0
    assert workshop.row(job_id)["error_code"] == "source_gone"


@pytest.mark.parametrize(
    ("fault", "code"), [(error("engine_failed", "CUDA error"), "engine_failed"), (KeyError("seven"), "internal")]
)
def test_a_fault_of_ours_is_tried_again_by_another_process(
    workshop: Workshop, clip: Path, four_minutes: Path, fault: Exception, code: str
) -> None:
    first, second = workshop.drop(clip), workshop.drop(four_minutes)

    def fail(number: int) -> None:
        raise fault

    assert workshop.work(ScriptedEngine(before_batch=fail)) == 0
    row = workshop.row(first)
    assert (row["status"], row["retry_count"]) == ("pending", 1)
    assert workshop.row(second)["status"] == "pending"  # left to a fresh process
    for _ in range(3):
        assert workshop.work(ScriptedEngine(before_batch=fail), max_retries=1) == 0
    row = workshop.row(first)
    assert (row["status"], row["error_code"], row["retryable"]) == ("failed", code, True)
    assert "seven" not in row["error_message"]
    assert "Traceback" not in row["error_message"]


def test_one_worker_drains_the_line_with_one_engine(workshop: Workshop, tmp_path: Path) -> None:
    recordings = [
        write_audio(long_recording(6, seed=seed).samples(), tmp_path / f"{seed}.wav", rate_hz=16_000)
        for seed in range(5)
    ]
    ids = [workshop.drop(recording) for recording in recordings]
    loads: list[str | None] = []

    def load(model: str | None) -> Engine:
        loads.append(model)
        return ScriptedEngine()

    assert workshop.work(load=load) == 0
    assert {workshop.row(job_id)["status"] for job_id in ids} == {"completed"}
    assert loads == [None]


def test_equal_content_is_transcribed_once(workshop: Workshop, clip: Path) -> None:
    first = workshop.drop(clip, "one.flac")
    assert workshop.work(ScriptedEngine(model="toy")) == 0
    second = workshop.drop(clip, "two.flac")
    idle = ScriptedEngine(model="toy")
    assert workshop.work(idle) == 0
    assert idle.batches == []
    row = workshop.row(second)
    assert (row["status"], str(row["result_job_id"])) == ("completed", first)
    mirrored = json.loads((workshop.folder / "results" / "two.flac.json").read_text())
    assert mirrored["title"] == "two.flac"
    assert mirrored["segments"] == json.loads(workshop.files(first)["json"])["segments"]


def test_silence_is_a_complete_transcript_without_words(workshop: Workshop, tmp_path: Path) -> None:
    silence = write_audio(np.zeros(200 * 16_000, np.float32), tmp_path / "silence.flac")
    job_id = workshop.drop(silence)
    engine = ScriptedEngine()
    assert workshop.work(engine) == 0
    row = workshop.row(job_id)
    assert (row["status"], row["language"]) == ("completed", None)
    assert engine.batches == []
    transcript = json.loads(workshop.files(job_id)["json"])
    assert (transcript["language"], transcript["segments"]) == ("und", [])
    assert transcript["coverage"]["no_speech_ms"] == transcript["duration_ms"] == 200_000
    assert transcript["losses"]["no_speech"]
    said = b"[No speech was found in this recording.]\n"
    assert workshop.files(job_id)["txt"] == said
    assert workshop.files(job_id)["srt"] == b"1\n00:00:00,000 --> 00:00:05,000\n" + said


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """120 s of a recording whose header knows them all, and 80 s of whose samples are there."""
    path = write_audio(long_recording(120, seed=8).samples(), tmp_path / "cut.flac")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    return path


def test_a_cut_recording_is_transcribed_to_its_end_and_says_so(workshop: Workshop, cut: Path) -> None:
    job_id = workshop.drop(cut)
    assert workshop.work(ScriptedEngine()) == 0
    assert workshop.row(job_id)["status"] == "completed"
    transcript = json.loads(workshop.files(job_id)["json"])
    coverage = transcript["coverage"]
    assert 60_000 < coverage["cut_at_ms"] == transcript["duration_ms"] < 100_000
    assert coverage["promised_ms"] == 120_000
    result = workshop.reads(job_id).get_result(job_id)
    assert result is not None
    assert result["coverage"] == coverage


def test_strict_media_refuses_a_cut_recording(workshop: Workshop, cut: Path) -> None:
    job_id = workshop.drop(cut)
    assert workshop.work(ScriptedEngine(), strict_media=True) == 0
    row = workshop.row(job_id)
    assert (row["status"], row["error_code"]) == ("failed", "truncated")


def test_several_windows_elect_the_language(workshop: Workshop, four_minutes: Path) -> None:
    # The first window is a Spanish greeting; everybody else speaks English.
    engine = ScriptedEngine(batch_size=4, guesses={0: Guess("es", 0.99)})
    job_id = workshop.drop(four_minutes)
    assert workshop.work(engine) == 0
    assert workshop.row(job_id)["language"] == "en"


def test_a_forced_language_is_not_doubted(workshop: Workshop, clip: Path) -> None:
    job_id = workshop.drop(clip, language="es", force_language=True)
    assert workshop.work(ScriptedEngine()) == 0
    assert workshop.row(job_id)["language"] == "es"


def test_only_what_may_be_spoken_is_asked_for_and_another_choice_begins_anew(workshop: Workshop, clip: Path) -> None:
    engine = ScriptedEngine()
    workshop.drop(clip, languages=["en", "de"])
    assert workshop.work(engine) == 0
    assert engine.among == ("de", "en")
    claim = Claim("job", 1, "x", "bucket", "x", 1, 1, Source.WEB, Options(), None, None, 0, 0, None, twin=False)
    choices = (Options(), Options(languages=("de",)), Options(languages=("de", "en")))
    assert len({fingerprint_of(replace(claim, options=options), engine, 4) for options in choices}) == 3


LOOP = (Segment(0, 360_000, " I know." * 40, avg_logprob=-0.2, no_speech_prob=0.0),)
SENSE = (Segment(0, 360_000, " This is what was really said in the window.", avg_logprob=-0.3, no_speech_prob=0.0),)


def test_a_loop_is_decoded_again_and_stays_marked_if_nothing_helps(workshop: Workshop, four_minutes: Path) -> None:
    engine = ScriptedEngine(
        batch_size=4,
        answers={1: LOOP, 3: LOOP},
        second_answers={(1, 1): LOOP, (1, 2): SENSE, (3, 1): LOOP, (3, 2): LOOP},
    )
    job_id = workshop.drop(four_minutes, owner_id="somebody")
    assert workshop.work(engine) == 0
    windows = workshop.windows(job_id)
    assert [(Mark.REDECODED in segment.marks, segment.text) for segment in windows[1].segments] == [
        (True, SENSE[0].text)
    ]
    assert windows[3].segments[0].text == LOOP[0].text
    assert windows[3].segments[0].marks == (Mark.LOOP,)
    assert engine.passes == [(1, 1), (1, 2), (3, 1), (3, 2), (3, 3)]
    document = json.loads(workshop.files(job_id)["json"])
    coverage, told = document["coverage"], {"passes": 4, "windows": 2, "reasons": {"loop": 2}}
    assert document["extra"]["second_passes"] == told
    told_of_job = workshop.jobs.get_job(job_id, Holder.of((), "somebody")).second_passes
    assert told_of_job is not None
    assert told_of_job.lasting == told
    assert coverage["redecoded_ms"] > 0
    assert any(start <= windows[3].speech[0][0] < end for start, end in coverage["unresolved"])


def test_the_audio_track_is_chosen_once_and_told(workshop: Workshop, tmp_path: Path) -> None:
    """Of a recorder's two tracks the first is silent. A run that is handed over goes on in the other one."""
    recording = write_tracks(
        tmp_path / "recorder.mkv",
        Sound(np.zeros(150 * 16_000, np.float32), title="Mic"),
        Sound(long_recording(150, seed=15).samples(), "eng", "Desktop"),
    )
    windows, files, _ = undisturbed(workshop, recording)
    job_id = workshop.drop(recording)
    stop = threading.Event()
    assert workshop.work(ScriptedEngine(batch_size=4, before_batch=lambda _: stop.set()), stop=stop) == 0
    told = {"number": 2, "of": 2, "reason": "speech", "language": "en", "title": "Desktop"}
    assert workshop.row(job_id)["status"] == "pending"
    assert workshop.row(job_id)["resume_state"]["track"] == told
    assert workshop.work(ScriptedEngine(batch_size=4)) == 0
    assert workshop.windows(job_id) == windows
    assert without_title(workshop.files(job_id)) == files
    assert json.loads(workshop.files(job_id)["json"])["extra"] == {"audio_track": told}
    workshop.sql("update aisubs.transcription_jobs set token_hash = %s", hash_token("mine"))
    shown = workshop.jobs.get_job(job_id, Holder.of(["mine"])).audio_track
    assert shown is not None
    assert shown.as_json() == told, "also when the job is over"
