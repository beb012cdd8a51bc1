"""The state machine: every move there is, by the function that makes it, and none beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from aisubs.model.errors import AisubsError
from aisubs.model.job import Status
from aisubs.pipeline.jobs import Holder
from aisubs.sql.states import Deadline, Move, deadlines, moves
from tests.pipeline.beginnings import BEGINNINGS, HOLDER, fence, pending, processing
from tests.pipeline.job_line import SHA, JobLine

MACHINE = Holder((), "machine")

RETRIES: dict[str, Any] = {"max_retries": 3, "retry_backoff_s": 10.0}
NO_RETRIES: dict[str, Any] = {"max_retries": 0, "retry_backoff_s": 10.0}


def offer_new(line: JobLine, _: str) -> str:
    return line.offer().job_id


def offer_known(line: JobLine, _: str) -> str:
    line.finished()
    return line.offer(video_hash=SHA).job_id


def receive(line: JobLine, job_id: str) -> str:
    return line.drop(f"uploads/{job_id}/source.mp4" if job_id else None).job_id


def refuse(line: JobLine, job_id: str) -> str:
    name = f"uploads/{job_id}/source.mp4" if job_id else "drops/talk.mp4"
    job = line.jobs.refuse_upload(**line.landing(name), error_code="not_media", error_message="No.")
    assert job is not None
    return job.job_id


def cancel(line: JobLine, job_id: str) -> str:
    return line.jobs.cancel_job(job_id, HOLDER, cancel_running=True).job_id


def expire_upload(line: JobLine, job_id: str) -> str:
    line.passes(job_id, "upload_deadline", 3601)
    return str(line.jobs.expire_uploads(10)[0]["job_id"])


def expire_job(line: JobLine, job_id: str) -> str:
    line.passes(job_id, "created_at", 169 * 3600)
    return str(line.jobs.expire_jobs(168.0, 10)[0]["job_id"])


def begin(line: JobLine, _: str) -> str:
    return str((line.jobs.begin_dispatch(3, 900.0) or {})["job_id"])


def claim_next(line: JobLine, _: str) -> str:
    return line.claim().job_id


def complete(line: JobLine, job_id: str) -> str:
    claim = line.jobs.claim_job(job_id, str(line.row(job_id)["dispatch_id"]), "worker")
    assert claim is not None
    line.save(claim, 0, 2)
    line.complete(claim)
    return job_id


def adopt(line: JobLine, job_id: str) -> str:
    line.finished("token")
    assert line.jobs.adopt_result(job_id, fence(line, job_id), SHA)
    return job_id


def release(line: JobLine, job_id: str) -> str:
    line.jobs.release_job(job_id, fence(line, job_id))
    return job_id


def release_twice(line: JobLine, job_id: str) -> str:
    line.jobs.release_job(job_id, fence(line, job_id))
    claim = line.claim()
    line.jobs.release_job(claim.job_id, claim.fence)
    return job_id


def return_dispatch(line: JobLine, _: str) -> str:
    line.sql("truncate aisubs.transcription_jobs cascade")  # a claimed job cannot be returned: take a fresh one
    line.web()
    dispatch = line.jobs.begin_dispatch(3, 900.0)
    assert dispatch is not None
    line.jobs.return_dispatch(dispatch["job_id"], dispatch["dispatch_id"], 20.0)
    return str(dispatch["job_id"])


def fail(**how: Any) -> Callable[[JobLine, str], str]:
    def move(line: JobLine, job_id: str) -> str:
        line.jobs.fail_job(job_id, fence(line, job_id), "engine_failed", "A sentence.", **how)
        return job_id

    return move


def recover(limits: dict[str, Any]) -> Callable[[JobLine, str], str]:
    def move(line: JobLine, job_id: str) -> str:
        line.passes(job_id, "last_seen", 91)
        return str(line.jobs.recover_stale(batch=1, stale_after_s=90.0, **limits)[0]["job_id"])

    return move


def die(limits: dict[str, Any]) -> Callable[[JobLine, str], str]:
    def move(line: JobLine, job_id: str) -> str:
        line.jobs.worker_died(job_id, "worker", **limits)
        return job_id

    return move


def retry(line: JobLine, job_id: str) -> str:
    return line.jobs.retry_job(job_id, HOLDER, queue_capacity=3).job_id


def receive_newer(line: JobLine, name: str) -> None:
    line.drop(name, generation=2)


def refuse_newer(line: JobLine, name: str) -> None:
    line.jobs.refuse_upload(**line.landing(name, generation=2), error_code="not_media", error_message="No.")


def replace_by(newer: Callable[[JobLine, str], None], *, begun: bool = False) -> Callable[[JobLine, str], str]:
    def move(line: JobLine, _: str) -> str:
        """Of a dropped file: an announced upload has one version only."""
        line.sql("truncate aisubs.transcription_jobs cascade")
        job_id = line.drop("drops/talk.mp4").job_id
        if begun:
            line.claim()
        newer(line, "drops/talk.mp4")
        return job_id

    return move


def take_back(line: JobLine, _: str) -> str:
    job = line.drop("drops/talk.mp4")
    assert line.jobs.cancel_dropped("bucket", ["drops/talk.mp4", "drops/other.mp4"]) == [
        {"job_id": job.job_id, "object_name": "drops/talk.mp4"}
    ]
    return job.job_id


def exceed(line: JobLine, _: str) -> str:
    job = line.offer("a", address="10.0.0.1", minutes_per_month=1)
    line.drop(f"uploads/{job.job_id}/source.mp4", duration_ms=60_001)
    return job.job_id


def stop(line: JobLine, job_id: str) -> str:
    line.jobs.admin_fail(job_id, MACHINE)
    return job_id


def try_again(line: JobLine, job_id: str) -> str:
    line.jobs.admin_retry(job_id, MACHINE)
    return job_id


HOW: dict[tuple[str | None, str, str], Callable[[JobLine, str], str]] = {
    (None, "uploading", "offer_upload"): offer_new,
    (None, "completed", "offer_upload"): offer_known,
    (None, "pending", "receive_upload"): receive,
    (None, "failed", "refuse_upload"): refuse,
    ("uploading", "pending", "receive_upload"): receive,
    ("uploading", "failed", "refuse_upload"): refuse,
    ("uploading", "cancelled", "cancel_job"): cancel,
    ("uploading", "cancelled", "expire_uploads"): expire_upload,
    ("uploading", "cancelled", "expire_jobs"): expire_job,
    ("pending", "processing", "begin_dispatch"): begin,
    ("pending", "processing", "claim_next_job"): claim_next,
    ("pending", "cancelled", "cancel_job"): cancel,
    ("pending", "cancelled", "expire_jobs"): expire_job,
    ("pending", "cancelled", "receive_upload"): replace_by(receive_newer),
    ("pending", "cancelled", "refuse_upload"): replace_by(refuse_newer),
    ("pending", "cancelled", "cancel_dropped"): take_back,
    ("processing", "completed", "complete_job"): complete,
    ("processing", "completed", "adopt_result"): adopt,
    ("processing", "pending", "release_job"): release,
    ("processing", "pending", "return_dispatch"): return_dispatch,
    ("processing", "pending", "fail_job"): fail(retryable=True, **RETRIES),
    ("processing", "pending", "recover_stale"): recover(RETRIES),
    ("processing", "pending", "worker_died"): die(RETRIES),
    ("processing", "failed", "fail_job"): fail(retryable=False),
    ("processing", "failed", "release_job"): release_twice,
    ("processing", "failed", "recover_stale"): recover(NO_RETRIES),
    ("processing", "failed", "worker_died"): die(NO_RETRIES),
    ("processing", "cancelled", "cancel_job"): cancel,
    ("processing", "cancelled", "receive_upload"): replace_by(receive_newer, begun=True),
    ("processing", "cancelled", "refuse_upload"): replace_by(refuse_newer, begun=True),
    ("uploading", "failed", "admin_fail"): stop,
    ("pending", "failed", "receive_upload"): exceed,
    ("pending", "failed", "admin_fail"): stop,
    ("processing", "failed", "admin_fail"): stop,
    ("failed", "pending", "admin_retry"): try_again,
    ("cancelled", "pending", "admin_retry"): try_again,
    ("failed", "pending", "retry_job"): retry,
    ("cancelled", "pending", "retry_job"): retry,
}


@pytest.mark.parametrize("move", moves(), ids=lambda m: f"{m.from_status}-{m.to_status}-{m.by_function}")
def test_every_move_is_made_by_its_function(line: JobLine, move: Move) -> None:
    job_id = BEGINNINGS[move.from_status](line) if move.from_status else ""
    version = line.row(job_id)["version"] if job_id else 0
    moved = HOW[move.from_status, move.to_status, move.by_function](line, job_id)
    after = line.row(moved)
    assert after["status"] == move.to_status
    assert after["version"] > (version if moved == job_id or not job_id else 1)  # some need a job of another kind


@pytest.mark.parametrize("begin_in", BEGINNINGS)
def test_no_other_move_is_possible(line: JobLine, begin_in: str) -> None:
    job_id = BEGINNINGS[begin_in](line)
    legal = {move.to_status for move in moves() if move.from_status == begin_in}
    for to_status in {status.value for status in Status} - legal - {begin_in}:
        with pytest.raises(psycopg.DatabaseError) as caught:
            line.sql("update aisubs.transcription_jobs set status = %s where job_id = %s", to_status, job_id)
        assert (caught.value.sqlstate, caught.value.diag.message_primary) == ("PT409", "illegal_move")
    assert line.row(job_id)["status"] == begin_in


def test_rows_are_born_only_where_a_job_begins(line: JobLine) -> None:
    for status in ("processing", "cancelled"):
        with pytest.raises(psycopg.DatabaseError, match="illegal_move"):
            line.sql("insert into aisubs.transcription_jobs (status, source, filename) values (%s, 'cli', 'x')", status)


def test_nothing_goes_back_and_no_living_row_goes_away(line: JobLine) -> None:
    job_id = processing(line)
    for change in ("fence = fence - 1", "progress_ms = -1", "progress = -1", "job_id = gen_random_uuid()"):
        with pytest.raises(psycopg.DatabaseError, match="illegal_move"):
            line.sql(f"update aisubs.transcription_jobs set {change} where job_id = %s", job_id)
    with pytest.raises(psycopg.DatabaseError, match="illegal_move"):
        line.sql("delete from aisubs.transcription_jobs where job_id = %s", job_id)


@pytest.mark.parametrize(
    ("begin_in", "change"),
    [
        ("pending", "progress_stage = 'writing'"),
        ("pending", "object_name = null"),
        ("pending", "deleted_at = now()"),
        ("pending", "status = 'sleeping'"),
        ("pending", "source = 'fax'"),
        ("pending", "token_hash = 'plain token'"),
        ("uploading", "upload_deadline = null"),
        ("processing", "progress_stage = 'dreaming'"),
        ("processing", "progress_stage = null"),
        ("processing", "dispatch_id = null"),
        ("processing", "last_seen = null"),
        ("processing", "worked_at = null"),
        ("processing", "progress_stage = 'starting', dispatch_deadline = null"),
        ("completed", "result_job_id = null"),
        ("completed", "completed_at = null"),
        ("completed", "content_sha256 = null"),
        ("failed", "error_code = null"),
        ("failed", "completed_at = null"),
    ],
)
def test_the_checks_are_a_second_wall(line: JobLine, begin_in: str, change: str) -> None:
    job_id = BEGINNINGS[begin_in](line)
    line.sql("set session_replication_role = replica")  # the guard trigger is asleep
    with pytest.raises(psycopg.errors.CheckViolation):
        line.sql(f"update aisubs.transcription_jobs set {change} where job_id = %s", job_id)


def test_the_tables_of_the_page_are_those_of_the_database(line: JobLine) -> None:
    assert [Move(*row.values()) for row in line.sql("select * from aisubs_core.moves()")] == moves()
    assert [Deadline(*row.values()) for row in line.sql("select * from aisubs_core.deadlines()")] == deadlines()


def test_an_illegal_move_says_which(line: JobLine) -> None:
    job_id = pending(line)
    with pytest.raises(AisubsError) as caught:
        line.jobs.delete_job(job_id, HOLDER)
    assert caught.value.code == "illegal_move"
    assert caught.value.details["from"] == "pending"
