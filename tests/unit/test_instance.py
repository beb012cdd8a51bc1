"""One `up` per data folder, found by others, and forgotten when it dies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread

import pytest

from aisubs.local.instance import AlreadyRunning, Instance, InstanceLock, running_instance

HOLD = """
import sys
from pathlib import Path
from aisubs.local.instance import InstanceLock
with InstanceLock(Path(sys.argv[1])) as lock:
    lock.announce("http://127.0.0.1:1234")
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(data_dir: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_nobody_runs_on_a_folder_that_is_new(tmp_path: Path) -> None:
    assert running_instance(tmp_path / "data") is None


def test_another_process_is_found_with_its_address_and_keeps_the_folder(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        assert running_instance(tmp_path) == Instance(process.pid, "http://127.0.0.1:1234")
        with pytest.raises(AlreadyRunning, match=f"process {process.pid}, http://127.0.0.1:1234"):
            InstanceLock(tmp_path)
        assert process.stdin is not None
        process.stdin.close()
    assert running_instance(tmp_path) is None


def test_a_killed_holder_leaves_the_folder_free(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.kill()
        process.wait()
    assert running_instance(tmp_path) is None
    with InstanceLock(tmp_path):
        assert running_instance(tmp_path) == Instance(os.getpid(), "")


def test_asking_does_not_keep_an_edition_from_starting(tmp_path: Path) -> None:
    """A question holds the lock for a blink; the one who starts must outlast it."""
    asking, done = Barrier(2), []

    def ask() -> None:
        asking.wait()
        while not done:
            running_instance(tmp_path)

    thread = Thread(target=ask)
    thread.start()
    try:
        asking.wait()
        for _ in range(20):
            with InstanceLock(tmp_path):
                pass
    finally:
        done.append(True)
        thread.join()
