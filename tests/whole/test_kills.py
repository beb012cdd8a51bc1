"""Killed with -9 in the middle of a recording, the edition goes on from the last saved window, to the same bytes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.whole.conftest import Clip
from tests.whole.edition import Up, Upload, eventually, running

WORKER = "aisubs.worker"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Up]:
    """An edition that the test may kill."""
    with running(tmp_path / "edition") as up:
        yield up


def send(up: Up, recording: Clip) -> Upload:
    return Upload(up, "long.m4a", recording.data).send()


def kill(victims: list[psutil.Process]) -> None:
    assert victims, "nothing to kill"
    for victim in victims:
        victim.kill()
    psutil.wait_procs(victims, timeout=30)


def test_a_killed_worker_costs_nothing_but_time(up: Up, long_one: Clip, undisturbed: dict[str, bytes]) -> None:
    upload = send(up, long_one)
    for percent in (10, 50):
        windows_before = upload.wait_for_progress(percent)["windows"]
        kill(up.members(WORKER))
        job = upload.job()
        assert job["progress"] >= percent
        assert job["windows"] >= windows_before
    job = upload.wait("completed")
    assert job["retry_count"] == 0, "each had got further"
    assert upload.downloads() == undisturbed
    upload.delete()
    upload.close()


def test_a_killed_postgres_is_brought_back(up: Up, long_one: Clip, undisturbed: dict[str, bytes]) -> None:
    upload = send(up, long_one)
    upload.wait_for_progress(20)
    postmaster = [member for member in up.members("postgres") if member.ppid() == up.pid]
    kill(postmaster)
    job = eventually(lambda: _completed_in_spite_of_errors(upload), "the job to be completed", up)
    assert job["progress"] == 100
    assert upload.downloads() == undisturbed
    upload.delete()
    upload.close()


def test_kill_everything_and_start_again(own: Up, long_one: Clip, undisturbed: dict[str, bytes]) -> None:
    upload = send(own, long_one)
    upload.wait_for_progress(30)
    windows_before = upload.job()["windows"]
    own.kill_everything()
    own.start()
    job = upload.job()
    assert job["windows"] >= windows_before
    assert job["progress"] >= 30
    upload.wait("completed")
    assert upload.downloads() == undisturbed
    upload.close()


def test_ctrl_c_and_start_again(own: Up, long_one: Clip, undisturbed: dict[str, bytes]) -> None:
    upload = send(own, long_one)
    upload.wait_for_progress(30)
    assert own.stop() == 0
    assert own.left_behind() == []
    own.start()
    job = upload.wait("completed")
    assert job["retry_count"] == 0, "handing over is no fault of the job's"
    assert upload.downloads() == undisturbed
    upload.close()


def test_only_the_edition_is_killed_and_its_orphans_are_taken_over(
    own: Up, long_one: Clip, undisturbed: dict[str, bytes]
) -> None:
    upload = send(own, long_one)
    upload.wait_for_progress(20)
    orphans = own.members(WORKER)
    edition = psutil.Process(own.pid)
    edition.kill()
    edition.wait(30)
    own.start()
    job = upload.wait("completed")
    assert job["retry_count"] == 0, "the worker lives on and is known again"
    assert upload.downloads() == undisturbed
    upload.close()
    psutil.wait_procs(orphans, timeout=60)


def test_a_second_ctrl_c_does_not_wait(own: Up, long_one: Clip, undisturbed: dict[str, bytes]) -> None:
    upload = send(own, long_one)
    upload.wait_for_progress(10)
    (worker,) = own.members(WORKER)
    worker.suspend()  # it cannot save and leave, so the first Ctrl-C has to wait
    assert own.process is not None
    own.process.send_signal(signal.SIGINT)
    eventually(lambda: "Stopping" in (own.home / "stderr.txt").read_text(), "the first Ctrl-C to be heard", own)
    own.process.send_signal(signal.SIGINT)
    assert own.process.wait(60) == 130
    worker.resume()  # it has been asked to stop meanwhile, or goes on as an orphan; both are fine
    own.start()
    upload.wait("completed")
    assert upload.downloads() == undisturbed
    upload.close()
    psutil.wait_procs([worker], timeout=60)


def _completed_in_spite_of_errors(upload: Upload) -> dict[str, object] | None:
    """While Postgres is away the API answers 503, as it should."""
    reply = upload.look()
    if reply.status_code == 503:
        assert reply.json()["error"]["code"] == "database_unavailable"
        return None
    job: dict[str, object] = reply.raise_for_status().json()
    assert job["status"] != "failed", job
    return job if job["status"] == "completed" else None
