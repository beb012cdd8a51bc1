"""End what a killed test run would leave behind: its workers, servers, editions, databases, and its folder in memory.

A child of the run waits at the end of a pipe that the run holds. Where the run ends by itself it says so first; where
it is killed, the pipe just closes, and the child ends every process that carries the run's mark, in its environment or
in its words (a Postgres gets a clean environment).
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

MARK = "AISUBS_TEST_RUN"
_PATIENCE_S = 15.0  # an edition stops its Postgres first
_POLL_S = 0.1


class Guard:
    """The child, for the process that the tests are started in. `folder` goes with a run that is killed."""

    def __init__(self, folder: Path | None = None) -> None:
        os.environ[MARK] = secrets.token_hex(8)
        self._child = subprocess.Popen(
            [sys.executable, "-S", __file__, os.environ[MARK], *([str(folder)] if folder else [])],
            stdin=subprocess.PIPE,
            env={},
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """The run has come to its end and has stopped everything itself."""
        self._child.communicate(b"all is stopped")


def marked(mark: str) -> list[int]:
    """The processes of a run."""
    needle, mine = mark.encode(), os.getpid()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == mine:
            continue
        try:
            seen = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except OSError:  # over by now, or somebody else's
            continue
        if needle in seen:
            found.append(int(entry.name))
    return found


def end(mark: str) -> None:
    """Ask them to end, then make them."""
    asked: set[int] = set()
    deadline = time.monotonic() + _PATIENCE_S
    while (left := marked(mark)) and time.monotonic() < deadline:
        for pid in left:
            if pid not in asked:
                _send(pid, signal.SIGTERM)
        asked.update(left)
        time.sleep(_POLL_S)
    for pid in left:
        _send(pid, signal.SIGKILL)


def _send(pid: int, what: signal.Signals) -> None:
    try:
        os.kill(pid, what)
    except (ProcessLookupError, PermissionError):
        return


if __name__ == "__main__":
    if not sys.stdin.buffer.read():
        end(sys.argv[1])
        for folder in sys.argv[2:]:
            shutil.rmtree(folder, ignore_errors=True)
