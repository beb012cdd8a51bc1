"""Looking at an untrusted file in a process of its own, which has no environment, little memory and no network.

FFmpeg is written in C and reads what strangers send. Whoever asks it here (the web server, `on_upload`, a worker) holds
keys to recordings and jobs, so it only hands out bytes: the child asks for ranges and answers with a duration (here),
with sound (decode_apart.py), with a copy (mux_apart.py) or with an error about the file. Whatever becomes of the child,
of the parent becomes nothing; its death is `damaged`.

One helper (apart_child.py) has the libraries loaded and forks a child for each file: a few milliseconds, where a new
interpreter takes a third of a second. It ends with the process that started it, however that ends, and its children
with it.
"""

from __future__ import annotations

import atexit
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
from aisubs.media.messages import fault_in, of_wish, said_nonsense
from aisubs.media.source import RangeFile
from aisubs.media.tracks import Wish
from aisubs.media.wire import Gone, Header, Wire
from aisubs.model.errors import error
from aisubs.ports import RangeReader

MEMORY_BYTES = 256 << 20
"""What a child may take beyond what it has when it begins. FFmpeg takes 36 bytes a sample, so this is an index of ten
hours at 120 frames a second; of a longer one it leaves the rest out and knows the duration all the same."""
LIFE_S = 120
AT_ONCE = 2
MAX_READ_BYTES = 1 << 20


def duration_apart(reader: RangeReader, limits: Limits, wish: Wish = ANY) -> int | None:
    """As `probe(…).duration_ms`, in milliseconds, and with its errors. The reader stays open.

    Raises what the reader raises, too; at most `AT_ONCE` files are looked at at a time, others wait for their turn.
    """
    return _duration_in(_look(reader, limits, wish))


def picture_apart(reader: RangeReader, limits: Limits) -> bool:
    """As `probe(…).has_video`, likewise."""
    return _picture_in(_look(reader, limits, ANY))


def _look(reader: RangeReader, limits: Limits, wish: Wish) -> Header:
    told = {"task": "look", "size_bytes": reader.size_bytes, "limits": asdict(limits), "wish": of_wish(wish)}
    with _TURNS, HELPER.child() as connection:
        wire = Wire(connection, patience_s=LIFE_S + 30)
        wire.send(told | {"memory_bytes": MEMORY_BYTES, "cpu_s": LIFE_S, "life_s": LIFE_S})
        while True:
            said, _ = wire.receive()
            if "read" not in said:
                return said
            wire.send({}, bytes_for(reader, said["read"]))


def bytes_for(reader: RangeReader | RangeFile, asked: Any) -> bytes:
    """What a child has asked for of its file. Raises `damaged` where it asks for something else."""
    match asked:
        case [int(offset), int(length)] if offset >= 0 and 0 <= length <= MAX_READ_BYTES:
            return reader.read_at(offset, min(length, max(0, reader.size_bytes - offset)))
    raise error("damaged", f"the process that looked at it asked for {asked!r}")


def _duration_in(said: Header) -> int | None:
    match said:
        case {"duration_ms": None}:
            return None
        case {"duration_ms": int(duration_ms)}:
            return duration_ms
        case {"code": _}:
            raise fault_in(said)
    raise said_nonsense(said)


def _picture_in(said: Header) -> bool:
    match said:
        case {"has_picture": bool(has_picture)}:
            return has_picture
        case {"code": _}:
            raise fault_in(said)
    raise said_nonsense(said)


class Helper:
    """The process that forks; one for each process of ours that looks at files, started when it first does."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._owner == os.getpid() else None

    def get_ready(self) -> None:
        """Start it, for whoever will soon have a file and has something else to load until then."""
        with self._mutex:
            self._running()

    @contextmanager
    def child(self) -> Iterator[socket.socket]:
        """A socket to a new child; closing it ends the child. Inside, Gone becomes `damaged`."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._mutex:
                socket.send_fds(self._running(), [b"."], [theirs.fileno()])
            try:
                yield ours
            except Gone as fault:
                raise error("damaged", f"the process that looked at it is gone: {fault}") from fault

    def _running(self) -> socket.socket:
        ours = self._owner == os.getpid()  # a web server may have forked since
        if self._control is None or self._process is None or not ours or self._process.poll() is not None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "aisubs.media.apart_child"],
                    # One thread: with more, a fork is no copy of the whole. Nothing here multiplies matrices.
                    env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "OPENBLAS_NUM_THREADS": "1"},
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


HELPER = Helper()
_TURNS = threading.BoundedSemaphore(AT_ONCE)
atexit.register(HELPER.close)
