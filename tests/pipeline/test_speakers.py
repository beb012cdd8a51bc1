"""Telling speakers apart in a worker: what is saved of it, how it goes on, and that it never takes the text along."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from aisubs.model.errors import error
from aisubs.model.job import Job, Status
from aisubs.pipeline.jobs import Holder, hash_token
from aisubs.pipeline.read_transcript import read_text
from aisubs.pipeline.results import read_result
from tests.scripted_diarizer import ScriptedDiarizer, write_talk
from tests.scripted_engine import ScriptedEngine
from tests.workshop import Killed, Workshop

CHUNKS = 30


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two and a half minutes; somebody speaks low in every other half minute."""
    return write_talk(tmp_path_factory.mktemp("recordings") / "talk.wav", CHUNKS * 5)


def work(workshop: Workshop, diarizer: ScriptedDiarizer, **more: Any) -> int:
    return workshop.work(ScriptedEngine(batch_size=4), diarizer=diarizer, **more)


def show(workshop: Workshop, job_id: str) -> Job:
    workshop.sql("update aisubs.transcription_jobs set token_hash = %s", hash_token("token"))
    return workshop.jobs.get_job(job_id, Holder.of(["token"]))


def rows(workshop: Workshop, job_id: str) -> list[dict[str, Any]]:
    asked = "select seq, start_ms, end_ms, data from aisubs.speaker_chunks where job_id = %s order by seq"
    return workshop.sql(asked, job_id)


def transcript_of(workshop: Workshop, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(workshop.files(job_id)["json"])
    return found


def test_every_word_has_a_speaker_and_every_reader_the_same_text(workshop: Workshop, recording: Path) -> None:
    diarizer = ScriptedDiarizer()
    job_id = workshop.drop(recording, diarize=True)
    assert work(workshop, diarizer) == 0
    assert diarizer.heard == list(range(CHUNKS))
    told = transcript_of(workshop, job_id)
    assert len({segment["speaker"] for segment in told["segments"]}) >= 2
    assert told["segments"][0]["speaker"] == "Speaker 1"
    assert all(segment["speaker"] for segment in told["segments"])
    assert all("".join(word["text"] for word in one["words"]) == one["text"] for one in told["segments"])
    job = show(workshop, job_id)
    assert job.diarization is not None
    assert told["extra"]["speakers"] == {"found": job.diarization.found, "refused": None}
    assert job.losses is not None
    assert not job.losses.no_speakers
    words = [word.text for window in workshop.windows(job_id) for one in window.segments for word in one.words]
    assert [word["text"] for one in told["segments"] for word in one["words"]] == words
    made = read_result(job, "json", jobs=workshop.reads(job.job_id), store=workshop.store)
    assert made.data == workshop.files(job_id)["json"]
    document = read_text(job, jobs=workshop.reads(job.job_id)).document
    assert {paragraph.speaker for paragraph in document.paragraphs} == {one["speaker"] for one in told["segments"]}
    assert b"Speaker 2" in workshop.files(job_id)["srt"]


def test_nobody_listens_unless_somebody_wants_it(workshop: Workshop, recording: Path) -> None:
    diarizer = ScriptedDiarizer()
    job_id = workshop.drop(recording)
    assert work(workshop, diarizer) == 0
    assert (diarizer.heard, rows(workshop, job_id), show(workshop, job_id).diarization) == ([], [], None)
    assert {segment["speaker"] for segment in transcript_of(workshop, job_id)["segments"]} == {None}


def test_without_a_diarizer_nothing_is_begun(workshop: Workshop, recording: Path) -> None:
    engine = ScriptedEngine()
    job_id = workshop.drop(recording, num_speakers=2)
    assert workshop.work(engine, model_dir=workshop.folder / "nothing is here") == 0
    row = workshop.row(job_id)
    assert (row["status"], row["error_code"], row["saved_ms"], engine.batches) == ("failed", "no_diarizer", 0, [])


def test_the_number_that_was_asked_for_counts(workshop: Workshop, recording: Path) -> None:
    job_id = workshop.drop(recording, num_speakers=1)
    assert work(workshop, ScriptedDiarizer()) == 0
    assert {segment["speaker"] for segment in transcript_of(workshop, job_id)["segments"]} == {"Speaker 1"}


def undisturbed(workshop: Workshop, recording: Path) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """The rows and files of a job that nothing happens to; it is no twin of those that follow."""
    job_id = workshop.drop(recording, "a.wav", diarize=True)
    assert work(workshop, ScriptedDiarizer()) == 0
    workshop.sql("update aisubs.transcription_jobs set crc32c = 'other'")
    return rows(workshop, job_id), workshop.files(job_id)


def recover(workshop: Workshop) -> None:
    workshop.jobs.recover_stale(batch=9, stale_after_s=-1.0, max_retries=99, retry_backoff_s=0.0)


def test_killed_at_every_chunk_it_ends_with_the_same_rows_and_bytes(workshop: Workshop, recording: Path) -> None:
    expected = undisturbed(workshop, recording)
    job_id = workshop.drop(recording, "a.wav", diarize=True, fresh=True)
    for chunk in range(CHUNKS):

        def kill(seq: int, at: int = chunk) -> None:
            if seq == at:
                raise Killed

        with pytest.raises(Killed):
            work(workshop, ScriptedDiarizer(before_chunk=kill))
        assert workshop.row(job_id)["progress_stage"] == "diarizing"
        assert 0 <= chunk - len(rows(workshop, job_id)) < 12, "the last minute at most is heard twice"
        recover(workshop)
    assert work(workshop, ScriptedDiarizer()) == 0
    assert workshop.row(job_id)["status"] == "completed"
    assert (rows(workshop, job_id), workshop.files(job_id)) == expected


@pytest.mark.parametrize("chunk", [0, 13, CHUNKS - 1])
def test_asked_to_stop_it_hands_over_all_that_was_heard(workshop: Workshop, recording: Path, chunk: int) -> None:
    expected = undisturbed(workshop, recording)
    job_id = workshop.drop(recording, "a.wav", diarize=True, fresh=True)
    stop = threading.Event()
    stopped = ScriptedDiarizer(before_chunk=lambda seq: stop.set() if seq == chunk else None)
    work(workshop, stopped, stop=stop)
    assert workshop.row(job_id)["status"] == "pending"
    assert len(rows(workshop, job_id)) == len(stopped.heard) < CHUNKS or chunk == CHUNKS - 1
    last = ScriptedDiarizer()
    work(workshop, last)
    assert stopped.heard + last.heard == list(range(CHUNKS)), "nothing twice, nothing left out"
    assert (rows(workshop, job_id), workshop.files(job_id)) == expected


def test_killed_while_deciding_nothing_is_heard_again(workshop: Workshop, recording: Path) -> None:
    expected = undisturbed(workshop, recording)
    job_id = workshop.drop(recording, "a.wav", diarize=True, fresh=True)

    def kill() -> None:
        raise Killed

    with pytest.raises(Killed):
        work(workshop, ScriptedDiarizer(before_decision=kill))
    recover(workshop)
    again = ScriptedDiarizer()
    work(workshop, again)
    assert again.heard == []
    assert (rows(workshop, job_id), workshop.files(job_id)) == expected


def test_another_diarizer_starts_over_with_the_speakers_alone(workshop: Workshop, recording: Path) -> None:
    job_id = workshop.drop(recording, diarize=True)

    def kill(seq: int) -> None:
        if seq == 20:
            raise Killed

    with pytest.raises(Killed):
        work(workshop, ScriptedDiarizer(before_chunk=kill))
    recover(workshop)
    engine, other = ScriptedEngine(batch_size=4), ScriptedDiarizer(fingerprint="scripted-2")
    workshop.work(engine, diarizer=other)
    assert (engine.batches, other.heard) == ([], list(range(CHUNKS)))
    assert workshop.row(job_id)["status"] == "completed"


def break_at(seq: int) -> ScriptedDiarizer:
    def fail(at: int) -> None:
        if at == seq:
            raise RuntimeError("a library's own words")

    return ScriptedDiarizer(before_chunk=fail)


def test_a_failure_leaves_the_text_to_be_read_and_a_retry_goes_on_with_the_speakers(
    workshop: Workshop, recording: Path
) -> None:
    job_id = workshop.drop(recording, diarize=True)
    assert work(workshop, break_at(20), max_retries=0) == 0
    job = show(workshop, job_id)
    while job.status is Status.PENDING:  # it had got further: that is no failure yet
        assert work(workshop, break_at(20), max_retries=0) == 0
        job = show(workshop, job_id)
    assert (job.status, job.error_code, job.retryable) == (Status.FAILED, "diarizer_failed", True)
    text = read_text(job, jobs=workshop.reads(job.job_id), partial=True).transcript
    assert text.duration_ms == CHUNKS * 5_000
    assert len(text.segments) > 3
    workshop.jobs.retry_job(job_id, Holder.of(["token"]), 100)
    engine, diarizer = ScriptedEngine(batch_size=4), ScriptedDiarizer()
    assert workshop.work(engine, diarizer=diarizer) == 0
    assert engine.batches == []
    assert diarizer.heard[0] == 12, "saved a minute at a time"
    assert show(workshop, job_id).status is Status.COMPLETED


def test_where_it_may_do_without_speakers_the_text_is_published_and_says_so(
    workshop: Workshop, recording: Path
) -> None:
    job_id = workshop.drop(recording, diarize=True)
    assert work(workshop, break_at(20), on_diarization_failure="complete") == 0
    job = show(workshop, job_id)
    assert job.status is Status.COMPLETED
    assert job.losses is not None
    assert job.losses.no_speakers
    assert "The speakers could not be told apart." in job.losses.sentence
    told = transcript_of(workshop, job_id)
    assert told["extra"]["speakers"] == {"found": None, "refused": "diarizer_failed"}
    assert told["losses"]["no_speakers"]
    made = read_result(job, "json", jobs=workshop.reads(job.job_id), store=workshop.store)
    assert made.data == workshop.files(job_id)["json"]


def test_what_is_no_fault_of_the_diarizer_is_never_forgiven(workshop: Workshop, recording: Path) -> None:
    job_id = workshop.drop(recording, diarize=True)

    def lose(seq: int) -> None:
        raise error("lost_lease")

    assert work(workshop, ScriptedDiarizer(before_chunk=lose), on_diarization_failure="complete") == 0
    assert workshop.row(job_id)["status"] == "processing", "whoever took it over decides"


def test_the_bar_moves_on_and_the_owner_can_stop_it(workshop: Workshop, recording: Path) -> None:
    seen: list[tuple[int, str]] = []
    job_id = workshop.drop(recording, diarize=True)

    def look(seq: int) -> None:
        job = show(workshop, job_id)
        seen.append((job.progress, str(job.progress_stage)))
        assert job.eta_s is not None
        if seq == 25:
            workshop.jobs.cancel_job(job_id, Holder.of(["token"]), cancel_running=True)

    assert work(workshop, ScriptedDiarizer(before_chunk=look)) == 0
    assert {stage for _, stage in seen[:26]} == {"diarizing"}
    assert (seen[0][0], seen[12][0], seen[24][0]) == (90, 94, 98)
    assert workshop.row(job_id)["status"] == "cancelled"


def test_a_result_is_taken_over_with_its_speakers_and_never_without(workshop: Workshop, recording: Path) -> None:
    first = workshop.drop(recording, "one.wav", diarize=True)
    work(workshop, ScriptedDiarizer())
    engine, diarizer = ScriptedEngine(batch_size=4), ScriptedDiarizer()
    twin = workshop.drop(recording, "two.wav", diarize=True)
    workshop.work(engine, diarizer=diarizer, model="scripted")
    assert (engine.batches, diarizer.heard) == ([], [])
    assert show(workshop, twin).cached
    assert (
        read_text(show(workshop, twin), jobs=workshop.reads(twin)).transcript.segments
        == read_text(show(workshop, first), jobs=workshop.reads(first)).transcript.segments
    )
    for name, options, listener in (
        ("three.wav", {}, ScriptedDiarizer()),
        ("four.wav", {"num_speakers": 2}, ScriptedDiarizer()),
        ("five.wav", {"diarize": True}, ScriptedDiarizer(fingerprint="scripted-2")),
    ):
        job_id = workshop.drop(recording, name, **options)
        workshop.work(ScriptedEngine(batch_size=4), diarizer=listener, model="scripted")
        assert not show(workshop, job_id).cached, name


def test_voices_go_with_their_job_at_once_unless_a_twin_lives_on(workshop: Workshop, recording: Path) -> None:
    first = workshop.drop(recording, "one.wav", diarize=True)
    work(workshop, ScriptedDiarizer())
    twin = workshop.drop(recording, "two.wav", diarize=True)
    work(workshop, ScriptedDiarizer(), model="scripted")
    show(workshop, twin)
    kept = rows(workshop, first)
    workshop.jobs.delete_job(first, Holder.of(["token"]))
    assert (rows(workshop, first), rows(workshop, twin)) == ([], kept)
    assert show(workshop, twin).diarization is not None
    assert {one.speaker for one in read_text(show(workshop, twin), jobs=workshop.reads(twin)).transcript.segments} != {
        None
    }
    workshop.jobs.delete_job(twin, Holder.of(["token"]))
    assert workshop.sql("select from aisubs.speaker_chunks where job_id = any (%s)", [[first, twin]]) == []
