"""A file of this machine becomes an object in the store: whole and as it was when we looked, or not at all."""

from __future__ import annotations

import fcntl
import io
import mimetypes
import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aisubs.ports import Store, StoredObject

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class StillChanging(Exception):
    """Somebody is still writing the file, holds it locked, or changed it while it was read."""


class CalledOff(Exception):
    """The caller wants to stop, however far the copy has come. What is begun is repeated another time."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What tells one content of a file from another without reading it."""

    size_bytes: int
    mtime_ns: int

    @staticmethod
    def of(status: os.stat_result) -> Signature:
        return Signature(status.st_size, status.st_mtime_ns)

    def as_metadata(self) -> dict[str, str]:
        return {"source-size": str(self.size_bytes), "source-mtime-ns": str(self.mtime_ns)}

    def stands_in(self, metadata: Mapping[str, str]) -> bool:
        """Whether an object with this metadata was made of this very content."""
        return self.as_metadata().items() <= metadata.items()


class SteadyFile(io.FileIO):
    """Reads a file that must not change meanwhile.

    Raises StillChanging at its end if it did, and CalledOff when `check` does, which is asked before every read: a copy
    may take long. Raises OSError as open() does.
    """

    def __init__(self, path: Path, check: Callable[[], None] = lambda: None) -> None:
        super().__init__(path, "rb")
        status = os.fstat(self.fileno())
        if not stat.S_ISREG(status.st_mode):
            self.close()
            raise OSError(f"{path} is not a regular file")
        self.signature = Signature.of(status)
        self.changed_at_us = status.st_ctime_ns // 1000
        self._check = check

    def read(self, size: int | None = -1, /) -> bytes:
        self._check()
        data = super().read(-1 if size is None else size)
        if not data or size is None or size < 0:
            self._compare()
        return data

    def readall(self) -> bytes:
        return self.read()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self._check()
        count = super().readinto(buffer)
        if not count:
            self._compare()
        return count

    def _compare(self) -> None:
        if Signature.of(os.fstat(self.fileno())) != self.signature:
            raise StillChanging(f"{self.name!r} changed while it was read")


@contextmanager
def steady(path: Path, check: Callable[[], None] = lambda: None) -> Iterator[SteadyFile]:
    """Open a file that nobody is writing. Raises StillChanging, or OSError as open() does."""
    with SteadyFile(path, check) as file:
        if _is_locked(file.fileno()) or _is_open_for_writing(file.fileno()):
            raise StillChanging(f"{path} is in use")
        yield file


def deposit(
    store: Store, file: SteadyFile, name: str, metadata: Mapping[str, str], if_generation_match: int | None = None
) -> StoredObject:
    """Copy an open file into the store under `name`, with its signature beside `metadata`.

    Raises what Store.put raises, StillChanging and CalledOff: then the store holds what it held before.
    """
    return store.put(
        name,
        file,
        content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        metadata={**metadata, **file.signature.as_metadata()},
        if_generation_match=if_generation_match,
    )


def _is_locked(fd: int) -> bool:
    """Whether a program holds an exclusive advisory lock, as some recorders and sync clients do."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(fd, fcntl.LOCK_UN)
    except BlockingIOError:
        return True
    except OSError:
        return False  # this file system knows no locks, so nobody holds one
    return False


def _is_open_for_writing(fd: int) -> bool:
    """Whether any process of this machine has the file open for writing (Linux; elsewhere nobody can tell).

    The kernel grants a read lease only when no writer is there (fcntl(2), "Leases"). A recorder that pauses for
    minutes keeps size and time still but is found by this.
    """
    if sys.platform != "linux":
        return False
    try:
        # A writer that comes while we hold the lease sends a signal: one that is ignored by default, not SIGIO,
        # whose default is to end the process.
        fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False  # not our file, or a file system without leases: size and time have to do
    return False
