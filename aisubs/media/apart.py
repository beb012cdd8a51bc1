"""Looking at an untrusted header in a process of its own, which has no environment, little memory and a short life.

FFmpeg is written in C and reads what strangers send. Whoever asks it here (the web server, `on_upload`) holds keys to
the recordings and jobs of everybody, so it only hands out bytes: the child asks for ranges and answers with a duration
or an error of the table. Whatever becomes of the child, of the parent becomes nothing; its death is `damaged`.

One helper (apart_child.py) has the libraries loaded and forks a child for each file: a few milliseconds, where a new
interpreter takes a third of a second.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from aisubs.media.container import ANY, Limits
from aisubs.media.tracks import Wish
from aisubs.model.errors import ERRORS, AisubsError, BadInput, error
from aisubs.ports import RangeReader

MEMORY_BYTES = 256 << 20
"""What a child may take beyond what it has when it begins. FFmpeg takes 36 bytes a sample, so this is an index of ten
hours at 120 frames a second; of a longer one it leaves the rest out and knows the duration all the same."""
LIFE_S = 120
AT_ONCE = 2
MAX_READ_BYTES = 1 << 20
_MAX_LINE_BYTES = 1 << 16


def duration_apart(reader: RangeReader, limits: Limits, wish: Wish = ANY) -> int | None:
    """As `probe(…).duration_ms`, in milliseconds, and with its errors. The reader stays open.

    Raises what the reader raises, too; at most `AT_ONCE` files are looked at at a time, others wait for their turn.
    """
    told = {"size_bytes": reader.size_bytes, "limits": asdict(limits), "wish": [wish.track, wish.language]}
    with _TURNS, _HELPER.child() as child:
        child.sendall(json.dumps(told | {"memory_bytes": MEMORY_BYTES, "life_s": LIFE_S}).encode() + b"\n")
        with child.makefile("rb") as said:
            while line := said.readline(_MAX_LINE_BYTES):
                answer = _understood(line)
                if "read" not in answer:
                    return _result(answer)
                child.sendall(_bytes_for(reader, answer["read"]))
    raise error("damaged", "the process that looked at it ended without a word: out of memory or time, or a crash")


def _understood(line: bytes) -> dict[str, Any]:
    """What the child says is as untrusted as the file."""
    try:
        answer = json.loads(line)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise error("damaged", "the process that looked at it said something else than it should")
    return answer


def _bytes_for(reader: RangeReader, asked: Any) -> bytes:
    match asked:
        case [int(offset), int(length)] if offset >= 0 and 0 <= length <= MAX_READ_BYTES:
            data = reader.read_at(offset, min(length, max(0, reader.size_bytes - offset)))
            return len(data).to_bytes(4, "big") + data
    raise error("damaged", f"the process that looked at it asked for {asked!r}")


def _result(answer: dict[str, Any]) -> int | None:
    match answer:
        case {"duration_ms": None}:
            return None
        case {"duration_ms": int(duration_ms)}:
            return duration_ms
        case {"code": str(code), "reason": str(reason), "details": dict(details)} if code in ERRORS:
            filled: dict[str, Any] = {str(name): str(value) for name, value in details.items()}
            filled.pop("retry_after_s", None)
            fault: AisubsError = error(code, reason, **filled)
            if isinstance(fault, BadInput):
                raise fault
    raise error("damaged", f"the process that looked at it said {str(answer)[:200]}")


class _Helper:
    """The process that forks; one for each process of ours that looks at files, started when it first does."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0

    @contextmanager
    def child(self) -> Iterator[socket.socket]:
        """A socket to a new child; closing it ends the child."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._mutex:
                socket.send_fds(self._running(), [b"."], [theirs.fileno()])
            ours.settimeout(LIFE_S + 30)
            try:
                yield ours
            except (BrokenPipeError, ConnectionResetError, TimeoutError) as fault:
                raise error("damaged", f"the process that looked at it is gone: {fault}") from fault

    def _running(self) -> socket.socket:
        ours = self._owner == os.getpid()  # a web server may have forked since
        if self._control is None or self._process is None or not ours or self._process.poll() is not None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "aisubs.media.apart_child"],
                    env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C in our terminal is not for it
                )
            self._owner = os.getpid()
        return self._control

    def close(self) -> None:
        if self._control is not None and self._process is not None and self._owner == os.getpid():
            self._control.close()  # it ends by itself at the end of this
            self._process.wait()


_HELPER = _Helper()
_TURNS = threading.BoundedSemaphore(AT_ONCE)
atexit.register(_HELPER.close)
