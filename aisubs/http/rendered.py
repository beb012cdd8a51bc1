"""Texts made ready to be sent: made once, kept while there is room, and never more of them at a time than cores bear.

Subtitles of ten hours take more than a second. Whoever may read a job could ask for them again and again: the same
answer is made once, and only so many wait for others that the server goes on answering everybody else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Generic, TypeVar

from aisubs.heap import without_collector
from aisubs.model.errors import error

KEPT_BYTES = 64 << 20
AT_ONCE = 2
WAITING = 12
"""Of the 40 threads that answer requests."""
PATIENCE_S = 30.0
RETRY_AFTER_S = 5.0

Made = TypeVar("Made")


class Rendered(Generic[Made]):
    """A cache of what is costly to make. Threads may share it."""

    def __init__(self, kept_bytes: int = KEPT_BYTES, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._kept: OrderedDict[Hashable, tuple[Made, int]] = OrderedDict()
        self._room_bytes = kept_bytes
        self._lock = Lock()
        self._making: dict[Hashable, tuple[Lock, int]] = {}
        self._turns = BoundedSemaphore(at_once)
        self._places = BoundedSemaphore(at_once + waiting)

    def get(self, key: Hashable, make: Callable[[], Made], size: Callable[[Made], int]) -> Made:
        """What was made under this key, or what `make` makes now; `size` in bytes. What it raises passes through.

        Raises `too_busy` when too many wait already.
        """
        found = self._find(key)
        if found is not None:
            return found
        if not self._places.acquire(blocking=False):
            raise error("too_busy", "too many wait", retry_after_s=RETRY_AFTER_S)
        try:
            with self._alone(key):
                found = self._find(key)
                return found if found is not None else self._make(key, make, size)
        finally:
            self._places.release()

    def _make(self, key: Hashable, make: Callable[[], Made], size: Callable[[Made], int]) -> Made:
        if not self._turns.acquire(timeout=PATIENCE_S):
            raise error("too_busy", "no turn in time", retry_after_s=RETRY_AFTER_S)
        try:
            with without_collector():
                made = make()
        finally:
            self._turns.release()
        self._keep(key, made, size(made))
        return made

    def _find(self, key: Hashable) -> Made | None:
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def _keep(self, key: Hashable, made: Made, size_bytes: int) -> None:
        with self._lock:
            self._kept[key] = made, size_bytes
            self._room_bytes -= size_bytes
            while self._room_bytes < 0:
                self._room_bytes += self._kept.popitem(last=False)[1][1]

    @contextmanager
    def _alone(self, key: Hashable) -> Iterator[None]:
        """Of several who ask for the same, the others wait for the first."""
        with self._lock:
            lock, count = self._making.get(key, (Lock(), 0))
            self._making[key] = lock, count + 1
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, count = self._making.pop(key)
                if count > 1:
                    self._making[key] = lock, count - 1
