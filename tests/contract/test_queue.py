"""What every plug of the Queue port promises. A plug joins by one line in PLUGS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from threading import Event

import pytest

from aisubs.adapters.queue.cloud_tasks import CloudTasksQueue
from aisubs.adapters.queue.local import LocalQueue
from aisubs.model.errors import AisubsError
from aisubs.ports import Queue
from tests.doubles.cloud_tasks import CloudTasks
from tests.doubles.dispatch_target import TASKS_ACCOUNT, dispatch_target
from tests.doubles.google_identity import GoogleIdentity
from tests.http_server import until

Dispatch = Callable[[], None]


@contextmanager
def local(dispatch: Dispatch) -> Iterator[Queue]:
    queue = LocalQueue(dispatch)
    yield queue
    queue.close()


@contextmanager
def cloud_tasks(dispatch: Dispatch) -> Iterator[Queue]:
    """The Cloud Tasks plug with the real client library; its tasks are real requests to a target that verifies them."""
    with (
        GoogleIdentity() as identity,
        CloudTasks(identity) as double,
        dispatch_target(identity, dispatch) as url,
    ):
        yield CloudTasksQueue.connect(double.queue, f"{url}/dispatch", TASKS_ACCOUNT, double.endpoint)


PLUGS: dict[str, Callable[[Dispatch], AbstractContextManager[Queue]]] = {"local": local, "cloud_tasks": cloud_tasks}


@pytest.fixture
def runs() -> list[int]:
    """One entry for each run of dispatch."""
    return []


@pytest.fixture(params=PLUGS)
def queue(request: pytest.FixtureRequest, runs: list[int]) -> Iterator[Queue]:
    with PLUGS[request.param](lambda: runs.append(1)) as plug:
        yield plug


def test_a_wake_up_is_one_run(queue: Queue, runs: list[int]) -> None:
    queue.wake("job-1")
    until(lambda: runs)
    queue.wake("job-2")
    until(lambda: len(runs) >= 2)
    queue.wake("job-3")
    until(lambda: len(runs) >= 3)
    assert len(runs) == 3


def test_a_name_that_waits_is_not_added_again(queue: Queue, runs: list[int]) -> None:
    for _ in range(20):
        queue.wake("same", 0.5)
    queue.wake("last", 0.6)
    until(lambda: len(runs) >= 2)
    queue.wake("really last")
    until(lambda: len(runs) >= 3)
    assert len(runs) == 3


def test_a_far_one_does_not_hold_up_a_near_one(queue: Queue, runs: list[int]) -> None:
    queue.wake("far", 3600)
    queue.wake("near")
    until(lambda: runs)
    queue.wake("another")
    until(lambda: len(runs) >= 2)
    assert len(runs) == 2


def test_wake_ups_from_many_threads_all_run(queue: Queue, runs: list[int]) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: queue.wake(f"job-{number}", number % 3 / 100), range(60)))
    until(lambda: len(runs) >= 60)
    queue.wake("last")
    until(lambda: len(runs) >= 61)
    assert len(runs) == 61


def test_ping(queue: Queue) -> None:
    assert queue.ping()


# ── the local queue ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_local_queue_outlives_a_dispatch_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []

    def dispatch() -> None:
        calls.append(1)
        if len(calls) < 3:
            raise ValueError("no database")

    with local(dispatch) as queue:
        for number in range(3):
            queue.wake(str(number))
        until(lambda: len(calls) >= 3)
    assert [record.message for record in caplog.records].count("queue.dispatch_failed") == 2


def test_the_local_queue_moves_a_name_forward_only() -> None:
    runs: list[int] = []
    with local(lambda: runs.append(1)) as queue:
        queue.wake("job", 3600)
        queue.wake("job")
        queue.wake("job", 3600)
        until(lambda: runs)
        # The third call came after or before that run: at most it waits for an hour.
        queue.wake("last")
        until(lambda: len(runs) >= 2)
    assert len(runs) == 2


def test_the_local_queue_runs_one_at_a_time_and_waits_when_closed() -> None:
    started, go_on = Event(), Event()
    running: list[int] = []
    most: list[int] = []

    def dispatch() -> None:
        running.append(1)
        most.append(len(running))
        started.set()
        go_on.wait(30)
        running.pop()

    queue = LocalQueue(dispatch)
    queue.wake("a")
    queue.wake("b")
    assert started.wait(30)
    with ThreadPoolExecutor(1) as pool:
        closing = pool.submit(queue.close)
        go_on.set()
        closing.result(30)
    assert running == []
    assert set(most) == {1}
    for action in (queue.ping, lambda: queue.wake("c")):
        with pytest.raises(AisubsError) as caught:
            action()
        assert caught.value.code == "queue_unavailable"
