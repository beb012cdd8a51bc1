"""A killed run leaves nothing behind; one that ends by itself ends nothing else."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

RUN = """
import os, subprocess, sys
from tests.left_behind import MARK, Guard

guard = Guard()
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
by_environment = subprocess.Popen(SLEEP, stdout=subprocess.DEVNULL, start_new_session=True)
by_word = subprocess.Popen([*SLEEP, os.environ[MARK]], stdout=subprocess.DEVNULL, env={})
print(by_environment.pid, by_word.pid, flush=True)
input()
guard.dismiss()
"""


@pytest.fixture
def run() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def until_over(pid: int) -> None:
    """Returns when a process that is no child of ours is gone; the time limit of tests ends a wait that is in vain."""
    try:
        gone = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        select.select([gone], [], [])
    finally:
        os.close(gone)


def test_what_a_killed_run_started_is_ended(run: subprocess.Popen[str]) -> None:
    assert run.stdout is not None
    started = [int(pid) for pid in run.stdout.readline().split()]
    run.kill()
    run.wait()
    for pid in started:
        until_over(pid)


def test_a_run_that_ends_is_not_cleared_up_after(run: subprocess.Popen[str]) -> None:
    assert run.stdout is not None
    started = [int(pid) for pid in run.stdout.readline().split()]
    run.communicate("over\n")
    assert run.returncode == 0
    for pid in started:
        os.kill(pid, signal.SIGKILL)  # raises where it is gone
