"""aisubs/worker.py as a process that is killed or asked to stop: what it leaves, and how the next one goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.speech import long_recording, write_audio
from tests.workshop import Workshop

PATIENCE_S = 120.0


@pytest.fixture
def workshop(database_url: str, tmp_path: Path) -> Iterator[Workshop]:
    with Workshop(database_url, tmp_path, batch_size=2) as workshop:
        yield workshop


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    return write_audio(long_recording(200, seed=9).blocks(), folder / "meeting.m4a")


def wait_until(holds: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert process.poll() is None or holds(), f"the worker ended with {process.returncode}"
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kill_when_saved(workshop: Workshop, job_id: str, windows: int, number: signal.Signals) -> int:
    """Start a worker, send it a signal once so many windows are saved, and return its exit code."""
    process = workshop.start_process()
    wait_until(lambda: workshop.row(job_id)["windows"] >= windows, process)
    process.send_signal(number)
    return process.wait(PATIENCE_S)


def test_killed_and_stopped_it_ends_with_the_same_bytes(workshop: Workshop, recording: Path) -> None:
    undisturbed = workshop.drop(recording)
    assert workshop.start_process().wait(PATIENCE_S) == 0
    workshop.sql("update aisubs.transcription_jobs set crc32c = 'other'")  # no twin of what comes now

    job_id = workshop.drop(recording)
    assert kill_when_saved(workshop, job_id, 1, signal.SIGKILL) == -signal.SIGKILL
    assert workshop.row(job_id)["status"] == "processing"
    workshop.jobs.recover_stale(batch=9, stale_after_s=-1.0, max_retries=9, retry_backoff_s=0.0)
    assert kill_when_saved(workshop, job_id, 3, signal.SIGTERM) == 0
    row = workshop.row(job_id)
    assert (row["status"], row["retry_count"]) == ("pending", 0)  # both had got further

    assert workshop.start_process().wait(PATIENCE_S) == 0
    assert workshop.row(job_id)["status"] == "completed"
    assert workshop.windows(job_id) == workshop.windows(undisturbed)
    assert workshop.files(job_id) == workshop.files(undisturbed)
    assert len(workshop.peaks(job_id)) == -(-workshop.row(job_id)["duration_ms"] // 16)
    assert workshop.peaks(job_id) == workshop.peaks(undisturbed)
    log = [json.loads(line) for line in (workshop.folder / "worker.log").read_text().splitlines()]
    assert "job.released" in {line["message"] for line in log}


def test_the_soft_deadline_hands_the_job_over(workshop: Workshop, recording: Path) -> None:
    job_id = workshop.drop(recording)
    process = workshop.start_process(TASK_TIMEOUT_S="60", SOFT_DEADLINE_MARGIN_S="59.99")
    assert process.wait(PATIENCE_S) == 0
    row = workshop.row(job_id)
    assert (row["status"], row["retry_count"]) == ("pending", 0)


def test_a_dispatched_worker_takes_its_own_job_once(workshop: Workshop, recording: Path) -> None:
    job_id = workshop.drop(recording)
    dispatch = workshop.jobs.begin_dispatch(3, 900.0)
    assert dispatch is not None
    ids = {"JOB_ID": job_id, "DISPATCH_ID": dispatch["dispatch_id"]}
    first, second = workshop.start_process(**ids), workshop.start_process(**ids)
    assert (first.wait(PATIENCE_S), second.wait(PATIENCE_S)) == (0, 0)
    assert workshop.row(job_id)["status"] == "completed"
    log = (workshop.folder / "worker.log").read_text()
    assert log.count('"job.claimed"') == 1
    assert log.count('"job.not_ours"') == 1


def test_without_a_database_the_exit_code_tells(workshop: Workshop) -> None:
    process = workshop.start_process(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", STALE_AFTER_S="0.1")
    assert process.wait(PATIENCE_S) == 1
