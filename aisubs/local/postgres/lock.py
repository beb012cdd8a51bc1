"""File locks that vanish with the process that holds them, however it ends (flock(2))."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aisubs.local.postgres.account import leave_to_owner
from aisubs.model.errors import error

_POLL_S = 0.02


class FileLock:
    """One holder's grip on a lock file. Two of these on the same file exclude each other, also in one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self, *, shared: bool, timeout_s: float = 0.0) -> bool:
        """Take the lock within `timeout_s`; False if others did not let go of it."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        leave_to_owner(self._path)
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return False
                time.sleep(_POLL_S)
            else:
                self._descriptor = descriptor
                return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @contextmanager
    def held(self, timeout_s: float) -> Iterator[None]:
        """Hold the lock alone. Raises `database_unavailable` when others keep it for `timeout_s`."""
        if not self.take(shared=False, timeout_s=timeout_s):
            raise error("database_unavailable", f"Another process has kept {self._path} locked for {timeout_s:g} s.")
        try:
            yield
        finally:
            self.release()
