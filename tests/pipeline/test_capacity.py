"""No GPU is to be had: a state that people see, no failure, no counted retry, and nothing left that could still start.

The real Cloud Run client talks to a double that can accept and never start, start late, start after it was cancelled,
and give up; an execution is a real process that claims its job in the real database, and then waits to be ended.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest

from aisubs.adapters.runner.cloud_run import CloudRunRunner
from aisubs.adapters.runner.joined import JoinedRunner
from aisubs.pipeline.dispatch_job import dispatch_jobs
from aisubs.pipeline.recover_jobs import reconcile_executions, recover_stale
from tests.doubles.cloud_run import CloudRun
from tests.http_server import until
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import JobLine

PATIENCE_S = 1800.0

WORKER = """
import os, pathlib, sys, time
import psycopg
url, folder = sys.argv[1], pathlib.Path(sys.argv[2])
with psycopg.connect(url, autocommit=True) as connection:
    claim = connection.execute(
        "select * from aisubs_api.claim_job(%s, %s, %s)",
        (os.environ["JOB_ID"], os.environ["DISPATCH_ID"], os.environ["CLOUD_RUN_EXECUTION"])).fetchone()
(folder / os.environ["CLOUD_RUN_EXECUTION"]).write_text("claimed" if claim else "nothing to do")
while claim and not (folder / "end").exists():
    time.sleep(0.01)
"""


@dataclass
class Cloud:
    """One job in line, Cloud Run without machines, and the two functions that deal with it."""

    line: JobLine
    run: CloudRun
    folder: Path
    overflow: CloudRun | None = None

    def __post_init__(self) -> None:
        self.job_id = self.line.web().job_id
        self.first = CloudRunRunner.connect(self.run.job, self.run.endpoint)
        self.second = CloudRunRunner.connect(self.overflow.job, self.overflow.endpoint) if self.overflow else None

    def dispatch(self) -> None:
        self.line.sql("update aisubs.transcription_jobs set not_before = null where status = 'pending'")
        dispatch_jobs(
            jobs=self.line.jobs,
            runner=self.first,
            concurrency=3,
            dispatch_deadline_s=900.0,
            overflow=self.second,
            gpu_patience_s=PATIENCE_S,
        )

    def sweep(self) -> None:
        """As the sweep does it, with workers that it takes for quiet at once."""
        told = {"max_retries": 3, "retry_backoff_s": 0.0}
        reconcile_executions(
            jobs=self.line.jobs,
            runner=JoinedRunner(self.first, self.second) if self.second else self.first,
            silent_for_s=-1.0,
            dispatch_deadline_s=900.0,
            gpu_patience_s=PATIENCE_S,
            **told,  # type: ignore[arg-type]
        )
        recover_stale(jobs=self.line.jobs, batch=9, stale_after_s=90.0, **told)  # type: ignore[arg-type]

    def passes(self, seconds: float) -> None:
        row = self.row()
        for column in ("dispatched_at", "dispatch_deadline", "waiting_since"):
            if row[column] is not None:
                self.line.passes(self.job_id, column, seconds)

    def row(self) -> dict[str, object]:
        return self.line.row(self.job_id)

    def state(self) -> tuple[object, ...]:
        """status, stage, what it waits for, retries."""
        row = self.row()
        return row["status"], row["progress_stage"], row["waiting_for"], row["retry_count"]

    def said(self, name: str) -> str:
        """What the execution found when it had started."""
        told = self.folder / name.rpartition("/")[2]
        until(lambda: told.exists() and told.read_text())
        return told.read_text()

    def startable(self) -> list[str]:
        """Executions that Cloud Run could still start."""
        both = [self.run, *([self.overflow] if self.overflow else [])]
        return [one.shown.name for run in both for one in run.running() if one.process is None]


WAITS = ("processing", "starting", "gpu", 0)
IN_LINE = ("pending", None, "gpu", 0)


@pytest.fixture
def line(database_url: str) -> Iterator[JobLine]:
    with JobLine(database_url) as line:
        yield line


@pytest.fixture
def cloud(line: JobLine, tmp_path: Path) -> Iterator[Cloud]:
    command = [sys.executable, "-c", WORKER, line.url, str(tmp_path)]
    job = "projects/aisubs-test/locations/us-central1/jobs/worker-overflow"
    with (
        CloudRun(command, {}, tmp_path / "first.log") as run,
        CloudRun(command, {}, tmp_path / "second.log", job=job) as overflow,
    ):
        run.stuck = True
        yield Cloud(line, run, tmp_path, overflow)
        (tmp_path / "end").touch()


def test_a_start_that_is_accepted_and_never_begins_is_waiting(cloud: Cloud) -> None:
    cloud.dispatch()
    for _ in range(2):
        cloud.passes(PATIENCE_S / 2 - 10)  # past the dispatch deadline of 15 minutes, again and again
        cloud.sweep()
        assert cloud.state() == WAITS
    assert len(cloud.run.executions) == 1, "one execution waits; no second one beside it"
    shown = cloud.line.jobs.get_job(cloud.job_id, HOLDER)
    assert shown.waiting_for == "gpu"


def test_patience_ends_in_a_cancelled_execution_and_no_counted_retry(cloud: Cloud) -> None:
    cloud.overflow, cloud.second = None, None
    cloud.dispatch()
    cloud.passes(PATIENCE_S + 1)
    cloud.sweep()
    assert cloud.state() == IN_LINE
    assert cloud.startable() == []
    cloud.dispatch()
    assert len(cloud.startable()) == 1


def test_after_the_patience_the_second_job_starts_it(cloud: Cloud) -> None:
    assert cloud.overflow is not None
    cloud.dispatch()
    cloud.passes(PATIENCE_S + 1)
    cloud.sweep()
    cloud.dispatch()
    (name,) = cloud.overflow.executions
    assert cloud.said(name) == "claimed"
    assert (cloud.row()["waiting_for"], cloud.row()["waiting_since"], cloud.row()["retry_count"]) == (None, None, 0)
    assert cloud.startable() == []
    cloud.sweep()
    assert cloud.row()["status"] == "processing", "the sweep knows workers of the second job as well"


def test_a_refused_start_counts_towards_the_patience(cloud: Cloud) -> None:
    assert cloud.overflow is not None
    cloud.run.quota = 0
    cloud.dispatch()
    assert cloud.state() == IN_LINE
    cloud.line.passes(cloud.job_id, "waiting_since", PATIENCE_S + 1)
    cloud.dispatch()
    assert len(cloud.overflow.executions) == 1
    assert cloud.run.executions == {}


def test_a_late_start_is_as_good_as_any(cloud: Cloud) -> None:
    cloud.dispatch()
    cloud.passes(1000)
    cloud.sweep()
    (name,) = cloud.run.executions
    cloud.run.start_late(name)
    assert cloud.said(name) == "claimed"
    cloud.sweep()
    assert cloud.state() == ("processing", "fetching", None, 0)


def test_a_start_after_it_was_cancelled_finds_nothing_to_do(cloud: Cloud) -> None:
    assert cloud.overflow is not None
    cloud.dispatch()
    (name,) = cloud.run.executions
    cloud.passes(PATIENCE_S + 1)
    cloud.sweep()
    cloud.dispatch()
    (other,) = cloud.overflow.executions
    cloud.run.start_late(name)
    assert (cloud.said(name), cloud.said(other)) == ("nothing to do", "claimed")


def test_a_cancel_that_is_not_heard_keeps_the_slot(cloud: Cloud) -> None:
    """Nothing else is started for the job while the first could still begin."""
    cloud.dispatch()
    cloud.passes(PATIENCE_S + 1)
    cloud.run.faults.refuse("CancelExecution", grpc.StatusCode.PERMISSION_DENIED)
    cloud.sweep()
    assert cloud.state() == WAITS
    cloud.dispatch()
    assert len(cloud.startable()) == 1
    cloud.sweep()
    assert (cloud.state(), cloud.startable()) == (IN_LINE, [])


def test_an_end_without_a_start_is_no_retry(cloud: Cloud) -> None:
    for _ in range(5):  # more often than there are retries
        cloud.dispatch()
        cloud.run.end_unstarted(list(cloud.run.executions)[-1])
        cloud.sweep()
        assert cloud.state() == IN_LINE
    assert cloud.startable() == []


def test_an_image_that_is_not_there_does_fail(cloud: Cloud) -> None:
    for _ in range(4):
        cloud.dispatch()
        cloud.run.end_unstarted(list(cloud.run.executions)[-1], "CONTAINER_MISSING")
        cloud.sweep()
    assert (cloud.row()["status"], cloud.row()["error_code"]) == ("failed", "worker_start")


def test_a_lost_answer_is_found_and_waits_too(cloud: Cloud) -> None:
    cloud.run.faults.lose("RunJob")
    cloud.dispatch()
    cloud.passes(1000)
    cloud.sweep()
    assert cloud.state() == WAITS
    assert len(cloud.startable()) == 1
