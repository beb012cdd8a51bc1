"""What the tests of the embedded Postgres share: a quick copy of a fresh data directory, and a supervisor to kill."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
import pytest

import aisubs
from aisubs.local.postgres import EmbeddedPostgres

QUICK = {"fsync": "off"}

_SUPERVISOR = f"""
import sys
from pathlib import Path
from aisubs.local.postgres import EmbeddedPostgres
from aisubs.model.errors import AisubsError
try:
    with EmbeddedPostgres(Path(sys.argv[1]), options={QUICK!r}) as postgres:
        print(postgres.url, postgres.pid, flush=True)
        sys.stdin.read()  # until whoever started us closes it
except AisubsError as problem:
    sys.exit(problem.reason)
"""


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a cluster in it that was started once and stopped."""
    folder = tmp_path_factory.mktemp("prepared")
    with EmbeddedPostgres(folder, options=QUICK) as postgres, psycopg.connect(postgres.url) as connection:
        connection.execute("create table kept as select 'from before' as word")
    return folder


@pytest.fixture
def data_dir(prepared: Path, tmp_path: Path) -> Path:
    """A copy of it. Whatever server still stands there after the test is stopped."""
    subprocess.run(["cp", "--archive", prepared, tmp_path / "data"], check=True)
    return tmp_path / "data"


def words(url: str) -> list[str]:
    """What is in the table of `prepared`: proof that the server at `url` has that cluster."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        return [word for (word,) in connection.execute("select word from kept").fetchall()]


def eventually(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait for a condition, polling; a refused connection counts as not yet."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            if condition():
                return
        time.sleep(0.02)
    raise AssertionError(f"not within {within_s:g} s")


@dataclass
class Supervisor:
    """Another aisubs process that runs or uses the server of a data directory."""

    process: subprocess.Popen[str]
    url: str
    server_pid: int

    def leave(self) -> None:
        """End as a program does that is done."""
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def start_supervisors(data_dir: Path, number: int = 1, account: dict[str, object] | None = None) -> list[Supervisor]:
    """Start them at the same moment and wait until each has its server."""
    processes = [_start(data_dir, account or {}) for _ in range(number)]
    started = []
    for process in processes:
        line = _output(process).readline().split()
        assert len(line) == 2, f"the supervisor ended with {process.wait()}: {process.stderr and process.stderr.read()}"
        started.append(Supervisor(process, line[0], int(line[1])))
    return started


@contextmanager
def supervisor(data_dir: Path, account: dict[str, object] | None = None) -> Iterator[Supervisor]:
    """One of them, gone at the end, whatever has become of it."""
    (started,) = start_supervisors(data_dir, 1, account)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.leave()


def stop_server(pid: int) -> None:
    """End a server that has been left behind on purpose."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGQUIT)


def ordinary_python() -> str:
    """An interpreter that every account of this machine can start. Skips the test where there is none."""
    names = (sys.executable, f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    for name in names:
        with contextlib.suppress(OSError):
            probe = subprocess.run(
                [name, "-c", "import psycopg, aisubs.local.postgres"], env=_environment(), capture_output=True, cwd="/",
                user="nobody", group=pwd.getpwnam("nobody").pw_gid, extra_groups=[],
            )  # fmt: skip
            if probe.returncode == 0:
                return name
    pytest.skip(f"an ordinary user can start none of {', '.join(names)} with this repository")


def _environment() -> dict[str, str]:
    """Bare: no HOME, no PATH."""
    return {"PYTHONPATH": f"{Path(aisubs.__file__).parents[1]}:{Path(psycopg.__file__).parents[1]}"}


def _start(data_dir: Path, account: dict[str, object]) -> subprocess.Popen[str]:
    python = ordinary_python() if "user" in account else sys.executable
    return subprocess.Popen(
        [python, "-c", _SUPERVISOR, str(data_dir)],
        cwd="/",
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **account,  # type: ignore[call-overload]
    )


def _output(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout
