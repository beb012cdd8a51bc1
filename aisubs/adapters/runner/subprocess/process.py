"""Which process is meant: a pid alone is given to another process sooner or later, so its start time goes with it.

A name is `pid:start:where`; `where` stands for one boot of one machine (and its pid namespace), since pids and start
times of another mean nothing here.
"""

from __future__ import annotations

import os
import platform
import signal
import subprocess
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from aisubs.ports import ExecutionState

_PROC = Path("/proc")
_PS_TIMEOUT_S = 10.0


def name_process(pid: int) -> str | None:
    """The name of a process that exists (a zombie does), else None."""
    found = _start_and_state(pid)
    return f"{pid}:{found[0]}:{this_boot()}" if found else None


def state_of(name: str) -> ExecutionState:
    """UNKNOWN for a malformed name and for a process of another machine or boot."""
    parts = _parse(name)
    if parts is None or parts[2] != this_boot():
        return ExecutionState.UNKNOWN
    found = _start_and_state(parts[0])
    if found is None or found[0] != parts[1] or found[1] == "Z":
        return ExecutionState.GONE
    return ExecutionState.RUNNING


def terminate(name: str) -> None:
    """Send SIGTERM. A process that is over, or is not this machine's, is left alone."""
    parts = _parse(name)
    if parts is None:
        return
    with suppress(ProcessLookupError):
        if hasattr(os, "pidfd_open"):
            # The descriptor holds on to one process, so the check below cannot be outrun by a recycled pid.
            handle = os.pidfd_open(parts[0])
            try:
                if state_of(name) is ExecutionState.RUNNING:
                    signal.pidfd_send_signal(handle, signal.SIGTERM)
            finally:
                os.close(handle)
        elif state_of(name) is ExecutionState.RUNNING:
            os.kill(parts[0], signal.SIGTERM)


@cache
def this_boot() -> str:
    """Differs between machines, boots and pid namespaces (containers)."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text() + str((_PROC / "self/ns/pid").readlink())
    except OSError:  # not Linux
        boot = platform.node()
    return sha256(boot.encode()).hexdigest()[:12]


def _parse(name: str) -> tuple[int, str, str] | None:
    pid, _, rest = name.partition(":")
    start, _, where = rest.partition(":")
    return (int(pid), start, where) if pid.isascii() and pid.isdigit() and start and where else None


def _start_and_state(pid: int) -> tuple[str, str] | None:
    if not (_PROC / "self/stat").exists():
        return _ask_ps(pid)
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # proc(5): "pid (comm) state ... starttime"; comm may hold anything, also ")".
    fields = stat.rpartition(")")[2].split()
    return fields[19], fields[0]


def _ask_ps(pid: int) -> tuple[str, str] | None:
    command = ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(pid)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=_PS_TIMEOUT_S, check=False).stdout.split()
    return (sha256(" ".join(answer[1:]).encode()).hexdigest()[:12], answer[0][0]) if answer else None
