"""A bounded line between two threads that can be closed from either end, with or without an error."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):
    """The channel takes no more items, or gives none any more."""


class Channel(Generic[T]):
    """At most `capacity` items wait. `put` and `get` block; `close` wakes everybody."""

    def __init__(self, capacity: int) -> None:
        self._items: deque[T] = deque()
        self._capacity = capacity
        self._changed = threading.Condition()
        self._closed = False
        self._fault: BaseException | None = None

    def put(self, item: T) -> None:
        """Raises Closed when the reader has gone."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._items) < self._capacity)
            if self._closed:
                raise Closed
            self._items.append(item)
            self._changed.notify_all()

    def get(self, timeout_s: float | None = None) -> T:
        """The next item. Raises the writer's error once the items before it are taken, Closed at the end, and
        TimeoutError when nothing came in time."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._changed:
            while not self._items:
                if self._fault is not None:
                    raise self._fault
                if self._closed:
                    raise Closed
                left_s = None if deadline is None else deadline - time.monotonic()
                if (left_s is not None and left_s <= 0) or not self._changed.wait(left_s):
                    raise TimeoutError
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def close(self, fault: BaseException | None = None) -> None:
        """The writer is done (or failed with `fault`), or the reader has gone. The first close counts."""
        with self._changed:
            if not self._closed:
                self._closed, self._fault = True, fault
            self._changed.notify_all()
