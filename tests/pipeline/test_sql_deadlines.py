"""A job never gets stuck: every state that is not an end has a deadline, and a function enforces it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aisubs.model.job import Stage, Status
from aisubs.pipeline.jobs import Holder
from aisubs.ports import LastWords
from aisubs.sql.states import Deadline, deadlines
from tests.pipeline.beginnings import BEGINNINGS, HOLDER, fence, starting
from tests.pipeline.job_line import JobLine

CLAIMED = [stage for stage in Stage if stage != Stage.STARTING]
CASES = [(row, stage) for row in deadlines() for stage in (CLAIMED if row.stage == "any other" else [None])]
RETRIES: dict[str, Any] = {"batch": 1, "stale_after_s": 90.0, "max_retries": 3, "retry_backoff_s": 10.0}


def test_every_state_that_is_no_end_has_a_deadline() -> None:
    processing = {(Status.PROCESSING, "starting"), (Status.PROCESSING, "any other")}
    assert {(row.status, row.stage) for row in deadlines()} == {
        (Status.UPLOADING, ""),
        (Status.PENDING, ""),
    } | processing


@pytest.mark.parametrize(("deadline", "stage"), CASES, ids=lambda case: getattr(case, "status", case))
def test_every_deadline_is_enforced(line: JobLine, deadline: Deadline, stage: Stage | None) -> None:
    job_id = starting(line) if deadline.stage == "starting" else BEGINNINGS[deadline.status](line)
    if stage:
        line.jobs.set_stage(job_id, fence(line, job_id), stage)
    enforce: dict[str, Callable[[], Any]] = {
        "expire_uploads": lambda: line.jobs.expire_uploads(10),
        "expire_jobs": lambda: line.jobs.expire_jobs(168.0, 10),
        "recover_stale": lambda: line.jobs.recover_stale(**RETRIES | {"max_retries": 0}),
    }
    enforce[deadline.enforced_by]()
    assert line.row(job_id)["status"] == deadline.status, "too early"
    line.passes(job_id, deadline.deadline.split(" ")[0], 169 * 3600)
    enforce[deadline.enforced_by]()
    after = line.row(job_id)
    assert after["status"] in ("cancelled", "failed")
    assert (after["error_code"] or "deleted") in deadline.outcome


def test_a_job_whose_worker_dies_four_times_has_failed(line: JobLine) -> None:
    job_id = line.web().job_id
    for death in (1, 2, 3):
        line.claim()
        line.passes(job_id, "last_seen", 91)
        assert line.jobs.recover_stale(**RETRIES) == [
            {"job_id": job_id, "status": "pending", "error_code": "worker_died"}
        ]
        row = line.row(job_id)
        assert (row["retry_count"], row["progress_message"]) == (death, f"Auto-retry attempt {death}/3")
        waits = line.sql("select extract(epoch from not_before - now())::float as s from aisubs.transcription_jobs")
        assert 10 * 2 ** (death - 1) - 5 < waits[0]["s"] <= 10 * 2 ** (death - 1)
        assert line.jobs.claim_next_job(3, "too early") is None
        line.passes(job_id, "not_before", 60)
    line.claim()
    line.passes(job_id, "last_seen", 91)
    assert line.jobs.recover_stale(**RETRIES)[0]["status"] == "failed"
    job = line.jobs.get_job(job_id, HOLDER)
    assert (job.status, job.error_code, job.retryable, job.retry_count) == (Status.FAILED, "worker_died", True, 3)
    assert job.completed_at
    assert job.error_message


def test_a_death_after_getting_further_is_not_counted_and_waits_for_nothing(line: JobLine) -> None:
    job_id = line.web().job_id
    for fruitless in (1, 2, 3):
        line.claim()
        line.jobs.recover_stale(**RETRIES | {"stale_after_s": -1.0})
        assert line.row(job_id)["retry_count"] == fruitless
        line.passes(job_id, "not_before", 60)
    for windows in range(9):
        line.save(line.claim(), windows, windows)
        assert line.jobs.recover_stale(**RETRIES | {"stale_after_s": -1.0})[0]["status"] == "pending"
        row = line.row(job_id)
        assert (row["retry_count"], row["not_before"]) == (0, None)
        assert row["progress_message"] == "Goes on in a new worker"
    line.claim()
    line.jobs.recover_stale(**RETRIES | {"stale_after_s": -1.0})
    assert line.row(job_id)["retry_count"] == 1, "this attempt saved nothing"


def test_doing_again_what_was_discarded_is_not_getting_further(line: JobLine) -> None:
    job_id = line.web().job_id
    line.save(line.claim(), 0, 1)
    line.jobs.recover_stale(**RETRIES | {"stale_after_s": -1.0})
    for attempt in (1, 2):
        claim = line.claim()
        line.jobs.discard_windows(claim.job_id, claim.fence)
        line.save(claim, 0, 1)
        line.jobs.recover_stale(**RETRIES | {"stale_after_s": -1.0})
        assert line.row(job_id)["retry_count"] == attempt, "two workers of two versions must not take turns for ever"
        line.passes(job_id, "not_before", 60)


def test_a_start_that_failed_is_counted_whatever_was_done_before(line: JobLine) -> None:
    job_id = line.web().job_id
    claim = line.claim()
    line.save(claim, 0, 0)
    line.jobs.release_job(claim.job_id, claim.fence)
    starting = line.jobs.begin_dispatch(3, 900.0)
    assert starting is not None
    line.passes(job_id, "dispatch_deadline", 901)
    line.jobs.recover_stale(**RETRIES)
    assert line.row(job_id)["retry_count"] == 1


def test_a_dispatch_that_no_worker_takes_up_counts_as_a_retry(line: JobLine) -> None:
    job_id = starting(line)
    late = str(line.row(job_id)["dispatch_id"])
    line.passes(job_id, "dispatch_deadline", 901)
    assert line.jobs.recover_stale(**RETRIES) == [{"job_id": job_id, "status": "pending", "error_code": "worker_start"}]
    assert line.jobs.claim_job(job_id, late, "late worker") is None


def test_one_sweep_recovers_a_batch_the_longest_silent_first(line: JobLine) -> None:
    silent = [line.drop().job_id for _ in range(3)]
    for order, _ in enumerate(silent):
        line.passes(line.claim(f"worker {order}").job_id, "last_seen", 100 + order)
    by_silence = [row["job_id"] for row in line.sql("select job_id from aisubs.transcription_jobs order by last_seen")]
    recovered = [line.jobs.recover_stale(**RETRIES)[0]["job_id"] for _ in silent]
    assert recovered == [str(job_id) for job_id in by_silence]
    assert line.jobs.recover_stale(**RETRIES) == []


def test_a_sweep_passes_by_a_job_that_its_worker_is_writing_to(line: JobLine) -> None:
    job_id = line.drop().job_id
    claim = line.claim()
    line.passes(job_id, "last_seen", 91)
    with line.connection.transaction():
        line.sql("select from aisubs.transcription_jobs where job_id = %s for update", job_id)
        assert line.jobs.recover_stale(**RETRIES) == []
    line.jobs.heartbeat(claim.job_id, claim.fence)
    assert line.jobs.recover_stale(**RETRIES) == []


def test_the_runner_knows_of_a_death_before_the_silence_is_long(line: JobLine) -> None:
    job_id = starting(line)
    dispatch_id = str(line.row(job_id)["dispatch_id"])
    assert line.jobs.list_processing(0.0, 10) == [
        {"job_id": job_id, "dispatch_id": dispatch_id, "execution_name": None, "starting": True, "overdue": False}
    ]
    line.jobs.record_execution(job_id, dispatch_id, "executions/1")
    assert line.jobs.claim_job(job_id, dispatch_id, "what the worker calls itself")
    assert line.jobs.list_processing(0.0, 10)[0]["execution_name"] == "executions/1"
    assert line.jobs.list_processing(45.0, 10) == []
    assert line.jobs.worker_died(job_id, "executions/2", 3, 10.0) is None
    assert line.jobs.worker_died(job_id, "executions/1", 3, 10.0) == "pending"
    assert line.jobs.worker_died(job_id, "executions/1", 3, 10.0) is None
    assert line.row(job_id)["retry_count"] == 1


def test_why_no_worker_can_start_is_told_at_once(line: JobLine) -> None:
    job_id = starting(line)
    line.jobs.record_execution(job_id, str(line.row(job_id)["dispatch_id"]), "executions/1")
    words = LastWords("It lacks a library.", lasting=True)
    assert line.jobs.worker_died(job_id, "executions/1", 3, 10.0, words) == "failed"
    row = line.row(job_id)
    assert (row["error_code"], row["retry_count"]) == ("worker_start", 0)
    assert row["error_message"] == "No worker could be started for this job. It lacks a library."
    assert row["retryable"], "whoever has installed it may try again"


def test_a_start_that_failed_for_once_is_tried_again(line: JobLine) -> None:
    job_id = starting(line)
    line.jobs.record_execution(job_id, str(line.row(job_id)["dispatch_id"]), "executions/1")
    assert line.jobs.worker_died(job_id, "executions/1", 3, 10.0, LastWords("The disk was full.")) == "pending"
    assert line.row(job_id)["retry_count"] == 1


def test_what_a_worker_said_that_had_started_is_no_reason_for_the_next_one(line: JobLine) -> None:
    job_id = line.web().job_id
    line.claim()
    name = line.row(job_id)["claimed_by"]
    assert line.jobs.worker_died(job_id, name, 3, 10.0, LastWords("It lacks a library.", lasting=True)) == "pending"


def test_an_expired_upload_says_so_and_its_late_object_is_not_forgotten(line: JobLine) -> None:
    offered = line.offer()
    name = f"uploads/{offered.job_id}/source.mp4"
    line.passes(offered.job_id, "upload_deadline", 3601)
    assert line.jobs.expire_uploads(10) == [{"job_id": offered.job_id, "object_name": name}]
    assert line.jobs.get_job(offered.job_id, HOLDER).error_code == "upload_expired"

    def is_nobodys() -> bool:
        """The sweep finds such an object, and may delete it."""
        assert line.jobs.unknown_objects("bucket", [{"name": name, "generation": 1}]) != []
        return (line.jobs.find_announced("bucket", name, 1) or {})["ended"] is True

    assert line.jobs.receive_upload(**line.landing(name)) is None
    assert is_nobodys()
    assert line.jobs.delete_job(offered.job_id, Holder.of(["token"])) == [{"name": name, "generation": None}]
    line.jobs.forget_job(offered.job_id)
    assert is_nobodys()
    line.sql("update aisubs.ended_uploads set ended_at = ended_at - interval '9 days'")
    line.jobs.expire_jobs(168.0, 10)
    assert line.sql("select * from aisubs.ended_uploads") == []
    assert line.jobs.find_announced("bucket", name, 1) is None


def test_a_worker_that_only_beats_is_not_waited_for_for_ever(line: JobLine) -> None:
    """Its engine hangs, its heartbeat thread does not."""
    job_id = line.drop().job_id
    claim = line.claim()
    line.passes(job_id, "worked_at", 7100)
    line.save(claim, 0, 0)
    line.passes(job_id, "worked_at", 7100)
    line.save(claim, 0, 0)  # the same again is no progress
    line.jobs.heartbeat(claim.job_id, claim.fence)
    assert line.jobs.recover_stale(**RETRIES) == []
    line.passes(job_id, "worked_at", 200)
    line.jobs.heartbeat(claim.job_id, claim.fence)
    assert [row["job_id"] for row in line.jobs.recover_stale(**RETRIES)] == [job_id]
