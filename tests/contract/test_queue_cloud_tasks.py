"""What the Cloud Tasks plug does when the queue, its target or the network misbehaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import pytest
from google.auth import jwt

from aisubs.adapters.queue.cloud_tasks import CloudTasksQueue
from aisubs.model.errors import AisubsError
from aisubs.settings import Settings
from aisubs.wiring import make_queue
from tests.doubles.cloud_tasks import CloudTasks
from tests.doubles.dispatch_target import TASKS_ACCOUNT, dispatch_target
from tests.doubles.google_identity import GoogleIdentity
from tests.doubles.loopback import Loopback, Request
from tests.http_server import until


class Bench:
    """A queue whose target answers with `statuses`, one after the other, then 200."""

    def __init__(self, double: CloudTasks, url: str) -> None:
        self.double = double
        self.runs: list[int] = []
        self.statuses: list[int] = []
        settings = Settings(
            cloud_tasks_queue=double.queue,
            cloud_tasks_endpoint=double.endpoint,
            dispatch_url=f"{url}/dispatch",
            tasks_service_account=TASKS_ACCOUNT,
        )
        self.queue = make_queue(settings)

    def delivered(self) -> list[int | None]:
        return [one.status for one in self.double.deliveries]


@contextmanager
def running() -> Iterator[Bench]:
    def dispatch() -> int | None:
        bench.runs.append(1)
        return bench.statuses.pop(0) if bench.statuses else None

    with (
        GoogleIdentity() as identity,
        CloudTasks(identity) as double,
        dispatch_target(identity, dispatch) as url,
    ):
        bench = Bench(double, url)
        yield bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    with running() as bench:
        yield bench


def code_of(action: object) -> str:
    with pytest.raises(AisubsError) as caught:
        action()  # type: ignore[operator]
    return caught.value.code


@pytest.mark.parametrize("status", [500, 503, 429, 404])
def test_a_target_that_fails_is_called_again(bench: Bench, status: int) -> None:
    bench.statuses = [status, status]
    bench.queue.wake("job-1")
    until(lambda: len(bench.runs) == 3)
    until(lambda: bench.double.waiting() == 0)
    assert bench.delivered() == [status, status, 200]


def test_a_name_is_remembered_after_its_task_is_done(bench: Bench) -> None:
    bench.queue.wake("job-1")
    until(lambda: bench.double.waiting() == 0)
    bench.queue.wake("job-1")
    bench.queue.wake("job-2")
    until(lambda: len(bench.runs) == 2)
    assert bench.double.waiting() == 0
    assert bench.delivered() == [200, 200]


def test_a_lost_answer_and_another_try_make_one_task(bench: Bench) -> None:
    bench.double.pause()
    bench.double.faults.lose("CreateTask")
    assert code_of(lambda: bench.queue.wake("job-1")) == "queue_unavailable"
    bench.queue.wake("job-1")
    bench.double.pause(False)
    until(lambda: bench.runs)
    until(lambda: bench.double.waiting() == 0)
    assert bench.delivered() == [200]


@pytest.mark.parametrize("name", ["UNAVAILABLE", "RESOURCE_EXHAUSTED", "PERMISSION_DENIED", "DEADLINE_EXCEEDED"])
def test_an_api_that_refuses(bench: Bench, name: str) -> None:
    bench.double.faults.refuse("CreateTask", grpc.StatusCode[name])
    assert code_of(lambda: bench.queue.wake("job-1")) == "queue_unavailable"
    assert bench.double.faults.seen.count("CreateTask") == 1
    assert bench.double.waiting() == 0


def test_a_paused_queue_keeps_tasks_and_says_so(bench: Bench) -> None:
    bench.double.pause()
    bench.queue.wake("job-1")
    assert code_of(bench.queue.ping) == "queue_unavailable"
    assert (bench.double.waiting(), bench.runs) == (1, [])
    bench.double.pause(False)
    until(lambda: bench.runs)
    assert bench.queue.ping()


def test_a_queue_that_is_not_there(bench: Bench) -> None:
    other = CloudTasksQueue.connect("projects/p/locations/l/queues/none", "http://x", None, bench.double.endpoint)
    assert code_of(lambda: other.wake("job-1")) == "queue_unavailable"
    assert code_of(other.ping) == "queue_unavailable"


def test_the_token_is_made_out_to_the_service_not_to_its_path() -> None:
    tokens: list[str] = []

    class Target(Request):
        def do_POST(self) -> None:
            tokens.append(self.headers["authorization"].removeprefix("Bearer "))
            self.answer(200)

    with GoogleIdentity() as identity, CloudTasks(identity) as double, Loopback(Target) as target:
        url = f"{target.url}/dispatch?a=b"
        CloudTasksQueue.connect(double.queue, url, TASKS_ACCOUNT, double.endpoint).wake("job-1")
        until(lambda: tokens)
        claims = jwt.decode(tokens[0], verify=False)
        assert (claims["aud"], claims["email"]) == (target.url, TASKS_ACCOUNT)


def test_a_queue_without_a_target_is_a_wrong_setting() -> None:
    assert code_of(lambda: make_queue(Settings(cloud_tasks_queue="projects/p/locations/l/queues/q"))) == (
        "queue_unavailable"
    )
