"""What the Cloud Run plug does when answers are lost, quotas are used up and executions are forgotten."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import grpc
import pytest

from aisubs.adapters.runner.cloud_run import CloudRunRunner
from aisubs.adapters.runner.joined import JoinedRunner
from aisubs.adapters.runner.own_execution import OwnExecution
from aisubs.model.errors import AisubsError
from aisubs.ports import ExecutionState
from aisubs.settings import Settings
from aisubs.wiring_workers import make_runner
from tests.doubles.cloud_run import CloudRun
from tests.http_server import until

# Waits to be told to end; code 3 at SIGTERM.
WORKER = """
import os, pathlib, signal, sys, time
folder = pathlib.Path(sys.argv[1])
signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))
tmp = folder / "environment.tmp"
tmp.write_text("\\n".join(f"{name}={value}" for name, value in os.environ.items()))
tmp.rename(folder / "environment")
while not (folder / "end").exists():
    time.sleep(0.01)
"""


@pytest.fixture
def double(tmp_path: Path) -> Iterator[CloudRun]:
    variables = {"FROM_THE_TEMPLATE": "yes"}
    with CloudRun([sys.executable, "-c", WORKER, str(tmp_path)], variables, tmp_path / "log") as double:
        yield double


@pytest.fixture
def runner(double: CloudRun) -> CloudRunRunner:
    runner = make_runner(Settings(cloud_run_job=double.job, cloud_run_endpoint=double.endpoint))
    assert isinstance(runner, CloudRunRunner)
    return runner


def code_of(action: object) -> str:
    with pytest.raises(AisubsError) as caught:
        action()  # type: ignore[operator]
    return caught.value.code


def test_a_worker_is_told_ids_and_nothing_else(runner: CloudRunRunner, double: CloudRun, tmp_path: Path) -> None:
    name = runner.start("job-1", "dispatch-1")
    until((tmp_path / "environment").exists)
    seen = dict(line.split("=", 1) for line in (tmp_path / "environment").read_text().splitlines() if "=" in line)
    assert (seen["JOB_ID"], seen["DISPATCH_ID"], seen["FROM_THE_TEMPLATE"]) == ("job-1", "dispatch-1", "yes")
    assert seen["CLOUD_RUN_EXECUTION"] == name.rpartition("/")[2]
    (container,) = double.executions[name].shown.template.containers
    assert {item.name for item in container.env} == {"JOB_ID", "DISPATCH_ID"}


def test_a_lost_answer_is_found_and_not_repeated(runner: CloudRunRunner, double: CloudRun) -> None:
    double.faults.lose("RunJob")
    dispatch_id = str(uuid4())
    assert code_of(lambda: runner.start("job-1", dispatch_id)) == "runner_unavailable"
    assert double.faults.seen.count("RunJob") == 1
    found = runner.find(dispatch_id)
    assert found == next(iter(double.executions))
    assert runner.state(found) is ExecutionState.RUNNING


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("RESOURCE_EXHAUSTED", "no_capacity"),
        ("UNAVAILABLE", "runner_unavailable"),
        ("DEADLINE_EXCEEDED", "runner_unavailable"),
        ("PERMISSION_DENIED", "runner_unavailable"),
        ("NOT_FOUND", "runner_unavailable"),
    ],
)
def test_an_api_that_refuses(runner: CloudRunRunner, double: CloudRun, status: str, code: str) -> None:
    double.faults.refuse("RunJob", grpc.StatusCode[status])
    assert code_of(lambda: runner.start("job-1", "dispatch-1")) == code
    assert double.faults.seen.count("RunJob") == 1
    assert runner.find("dispatch-1") is None


def test_an_older_execution_is_found_on_a_later_page(runner: CloudRunRunner, double: CloudRun) -> None:
    double.quota, double.stuck = 9, True
    names = [runner.start(f"job-{number}", f"dispatch-{number}") for number in range(5)]
    assert [runner.find(f"dispatch-{number}") for number in range(5)] == names
    assert double.faults.seen.count("ListExecutions") > 5


def test_a_start_for_which_there_is_no_machine_waits(runner: CloudRunRunner, double: CloudRun) -> None:
    double.stuck = True
    name = runner.start("job-1", "dispatch-1")
    assert runner.state(name) is ExecutionState.WAITING
    runner.cancel(name)
    assert runner.state(name) is ExecutionState.UNSTARTED
    runner.cancel(name)


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("", ExecutionState.UNSTARTED),
        ("INTERNAL", ExecutionState.UNSTARTED),
        ("CONTAINER_MISSING", ExecutionState.GONE),
        ("SECRETS_ACCESS_CHECK_FAILED", ExecutionState.GONE),
    ],
)
def test_an_end_without_a_start_is_no_fault_unless_it_is_named(
    runner: CloudRunRunner, double: CloudRun, reason: str, state: ExecutionState
) -> None:
    double.stuck = True
    name = runner.start("job-1", "dispatch-1")
    double.end_unstarted(name, reason)
    assert runner.state(name) is state


def test_two_jobs_are_asked_about_as_one(runner: CloudRunRunner, double: CloudRun, tmp_path: Path) -> None:
    job = "projects/aisubs-test/locations/us-central1/jobs/worker-overflow"
    with CloudRun([sys.executable, "-c", WORKER, str(tmp_path)], {}, tmp_path / "second", job=job) as other:
        second = CloudRunRunner.connect(other.job, other.endpoint)
        both = JoinedRunner(runner, second)
        mine, theirs = both.start("job-1", "dispatch-1"), second.start("job-2", "dispatch-2")
        assert [both.find("dispatch-1"), both.find("dispatch-2"), both.find("dispatch-3")] == [mine, theirs, None]
        for name in (mine, theirs, mine.rpartition("/")[2], theirs.rpartition("/")[2]):
            assert both.state(name) is ExecutionState.RUNNING
        both.cancel(theirs)
        until(lambda: both.state(theirs) is ExecutionState.GONE)
        assert both.state(mine) is ExecutionState.RUNNING
        assert other.job in both.ping()


def test_names_are_known_in_full_in_short_and_not_at_all(runner: CloudRunRunner, double: CloudRun) -> None:
    name = runner.start("job-1", "dispatch-1")
    short = name.rpartition("/")[2]
    assert runner.state(short) is ExecutionState.RUNNING
    for foreign in ("host:123", "", "1:2:boot", "projects/p/locations/l/jobs/another/executions/e-1", "../x"):
        assert runner.state(foreign) is ExecutionState.UNKNOWN
        runner.cancel(foreign)
    runner.cancel(short)
    until(lambda: runner.state(name) is ExecutionState.GONE)


def test_an_execution_that_cloud_run_has_forgotten_is_gone(runner: CloudRunRunner, double: CloudRun) -> None:
    assert runner.state(f"{double.job}/executions/worker-old") is ExecutionState.GONE
    runner.cancel(f"{double.job}/executions/worker-old")


def test_a_task_timeout_is_a_sigterm(runner: CloudRunRunner, double: CloudRun, tmp_path: Path) -> None:
    double.task_timeout_s = 0.0
    name = runner.start("job-1", "dispatch-1")
    until(lambda: runner.state(name) is ExecutionState.GONE)
    shown = double.executions[name].shown
    assert (shown.failed_count, shown.succeeded_count) == (1, 0)


def test_a_job_that_is_not_there(double: CloudRun) -> None:
    other = CloudRunRunner.connect("projects/p/locations/l/jobs/none", double.endpoint)
    assert code_of(other.ping) == "runner_unavailable"
    assert code_of(lambda: other.start("job-1", "dispatch-1")) == "runner_unavailable"


def test_a_worker_knows_itself_only() -> None:
    settings = Settings(cloud_run_job="worker", cloud_run_execution="worker-abc", dispatch_id="dispatch-1")
    runner = make_runner(settings)
    assert isinstance(runner, OwnExecution)
    assert runner.find("dispatch-1") == "worker-abc"
    assert runner.find("dispatch-2") is None
    assert runner.state("worker-abc") is ExecutionState.RUNNING
    assert runner.state("worker-xyz") is ExecutionState.UNKNOWN
    assert "worker-abc" in runner.ping()
    for action in (lambda: runner.start("job-1", "dispatch-1"), lambda: runner.cancel("worker-abc")):
        assert code_of(action) == "runner_unavailable"
