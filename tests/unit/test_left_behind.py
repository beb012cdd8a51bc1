"""A killed run leaves nothing behind; one that ends by itself ends nothing else."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import in_memory
from tests.left_behind import MARK, marked

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


HANGS = """
import os, signal
from pathlib import Path
from tests import in_memory
from tests.left_behind import MARK

def test_that_does_not_end(database_url: str) -> None:
    folder = in_memory.walkable() or ""
    Path({told!r}).write_text(f"{{os.environ[MARK]}} {{folder}}")
    signal.pause()
"""


@pytest.mark.slow
def test_a_killed_run_of_pytest_leaves_no_postgres_and_no_folder(tmp_path: Path) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    (tmp_path / "test_hangs.py").write_text(HANGS.format(told=str(told)))
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_") and name != MARK}
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "tests.conftest", tmp_path / "test_hangs.py"],
        cwd=Path(__file__).parents[2],
        env={**ours, "STARTED_BY": os.environ[MARK]},  # so that it goes with us, should we be killed
        stdout=subprocess.DEVNULL,
    )
    reader, ended = os.open(told, os.O_RDONLY | os.O_NONBLOCK), os.pidfd_open(run.pid)
    try:
        select.select([reader, ended], [], [])
        mark, _, folder = os.read(reader, 1000).decode().partition(" ")
    finally:
        os.close(reader)
        os.close(ended)
    assert mark, "the run ended before its test began"
    left = marked(mark)
    assert any(b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in left)
    run.kill()
    run.wait()
    for pid in left:
        until_over(pid)
    assert not marked(mark)
    assert not folder or not Path(folder).exists()


def test_a_run_in_memory_clears_away_what_those_before_it_have_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = subprocess.Popen([sys.executable, "-c", ""])
    over.wait()
    left, alive, other = (tmp_path / f"aisubs-run-{name}" for name in (f"{over.pid}-a", f"{os.getpid()}-b", "c"))
    for folder in (left, alive, other):
        (folder / "pytest-0").mkdir(parents=True)
    monkeypatch.setattr(in_memory, "_MEMORY", tmp_path)
    monkeypatch.setattr(in_memory, "_FOLDERS_BYTES", 0)
    monkeypatch.setattr(in_memory, "_LEFT_BYTES", 0)
    monkeypatch.delenv(in_memory.ROOT, raising=False)
    folder = in_memory.take()
    assert folder is not None
    assert folder == in_memory.walkable()
    assert sorted(tmp_path.iterdir()) == sorted((alive, other, folder))
    assert in_memory.take() is None, "a place that is chosen stays"


@pytest.mark.parametrize("name", ["_FOLDERS_BYTES", "_LEFT_BYTES"])
def test_where_memory_is_short_folders_lie_on_the_disk(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_memory, name, 1 << 60)
    monkeypatch.delenv(in_memory.ROOT, raising=False)
    assert in_memory.take() is None
    assert in_memory.ROOT not in os.environ
