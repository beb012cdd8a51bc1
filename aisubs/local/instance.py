"""At most one `aisubs up` per data folder, and how other commands find the one that runs."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from aisubs.local.cannot_start import CannotStart
from aisubs.local.data_folder import make_data_folder

LOCK_NAME = "up.lock"


@dataclass(frozen=True, slots=True)
class Instance:
    """A running local edition: its process and where it answers ("" while it is still starting)."""

    pid: int
    url: str
    urls: tuple[str, ...] = ()
    """Where its page is reached, from this machine and then from others."""


class AlreadyRunning(CannotStart):
    """Another `aisubs up` holds this data folder. `str()` is a sentence for the user."""

    def __init__(self, data_dir: Path, instance: Instance | None) -> None:
        where = f" (process {instance.pid}, {instance.url or 'still starting'})" if instance else ""
        super().__init__(
            f"Another `aisubs up` already runs on {data_dir}{where}. "
            "Stop it first, or give this one its own folder with DATA_DIR."
        )
        self.instance = instance


class InstanceLock:
    """Held while the edition runs. The kernel lets go of it when the process dies, however it dies."""

    def __init__(self, data_dir: Path) -> None:
        """Raises AlreadyRunning, or OSError when the folder cannot be written."""
        make_data_folder(data_dir)
        # Opened without truncation: the holder's address must survive our attempt.
        self._fd = os.open(data_dir / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(self._fd)
        except BlockingIOError as held:
            os.close(self._fd)
            raise AlreadyRunning(data_dir, _read(data_dir / LOCK_NAME)) from held
        self.announce("")

    def announce(self, url: str, urls: Sequence[str] = ()) -> None:
        """Tell other commands where the edition answers, and where else it is reached."""
        line = json.dumps({"pid": os.getpid(), "url": url, "urls": list(urls)}).encode()
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, line, 0)

    def release(self) -> None:
        os.ftruncate(self._fd, 0)
        os.close(self._fd)

    def __enter__(self) -> InstanceLock:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def running_instance(data_dir: Path) -> Instance | None:
    """The `aisubs up` that runs on this folder now, or None."""
    path = data_dir / LOCK_NAME
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        # A shared lock: two commands that ask at the same time do not take each other for an edition.
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(path) or Instance(pid=0, url="")
    finally:
        os.close(fd)
    return None


def _lock(fd: int) -> None:
    """Take the lock, or raise BlockingIOError. Several tries, since `running_instance` holds it for a blink."""
    for _ in range(9):
        with suppress(BlockingIOError):
            return fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(0.1)
    return fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _read(path: Path) -> Instance | None:
    try:
        held = json.loads(path.read_text())
        urls = tuple(str(url) for url in held.get("urls", ()))
        return Instance(pid=int(held["pid"]), url=str(held["url"]), urls=urls)
    except (ValueError, KeyError, OSError):
        return None  # being written at this very moment; nothing depends on it but a message
