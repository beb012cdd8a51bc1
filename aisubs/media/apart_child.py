"""The other side of apart.py: `python -m aisubs.media.apart_child`, with a socket as its standard input.

For each socket that comes through it a child is forked, which gives up what it can (memory, files, the network, where
the kernel lets it) before it reads the first byte of the file.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import sys
from contextlib import suppress

from aisubs.media.container import Limits
from aisubs.media.probe import probe
from aisubs.media.tracks import Wish
from aisubs.model.errors import AisubsError, error

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # linux/sched.h


class AskedReader:
    """The file, by asking for it."""

    def __init__(self, connection: socket.socket, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self._connection = connection
        self._answers = connection.makefile("rb")

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        self._connection.sendall(json.dumps({"read": [offset_bytes, length_bytes]}).encode() + b"\n")
        return self._answers.read(int.from_bytes(self._answers.read(4), "big"))

    def close(self) -> None:
        self._answers.close()


def give_up(memory_bytes: int, life_s: int) -> None:
    """What a header can do without. The network only where the kernel allows it; the rest always."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER | _NEW_NETWORK)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(life_s)
    resource.setrlimit(resource.RLIMIT_CPU, (life_s, life_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # Data and not address space: libraries reserve much of the latter that they never touch.
    # (getrusage counts KiB on Linux, bytes on a Mac.)
    unit = 1 if sys.platform == "darwin" else 1024
    limit = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit + memory_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def look(connection: socket.socket) -> None:
    with connection.makefile("rb") as said:
        told = json.loads(said.readline())
        give_up(told["memory_bytes"], told["life_s"])
        reader = AskedReader(connection, told["size_bytes"])
    answer: dict[str, object]
    try:
        track, language = told["wish"]
        answer = {"duration_ms": probe(reader, Limits(**told["limits"]), Wish(track, language)).duration_ms}
    except AisubsError as fault:
        answer = _told(fault)
    except MemoryError:
        answer = _told(error("damaged", "its index does not fit into the memory that a header may take"))
    connection.sendall(json.dumps(answer).encode() + b"\n")


def _told(fault: AisubsError) -> dict[str, object]:
    return {"code": fault.code, "reason": fault.reason, "details": fault.details}


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children need not be waited for
    control = socket.socket(fileno=0)
    while True:
        message, sockets, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        connection = socket.socket(fileno=sockets[0])
        if os.fork() == 0:
            control.close()
            try:
                look(connection)
            finally:
                os._exit(0)
        connection.close()


if __name__ == "__main__":
    main()
