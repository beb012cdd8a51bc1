"""An iterator that runs in a thread of its own, a bounded number of items ahead of whoever takes them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")

_POLL_S = 0.1  # how often a waiting consumer looks at `stop`; items wake it at once
_JOIN_S = 5.0  # a thread that hangs in a reader is left behind; it ends by itself when the reader returns


class Ahead(Generic[T]):
    """Runs `make(closing)` in a thread and hands out its items, of which at most `depth` wait.

    `closing` is the event that tells the producer to end early. An exception of the producer is raised from the
    iteration, after the items that came before it. Use as a context manager: leaving it ends the thread.
    """

    def __init__(self, make: Callable[[threading.Event], Iterator[T]], depth: int, name: str) -> None:
        self._make = make
        self._depth = depth
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._finished = False
        self._failure: BaseException | None = None
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def items(self, stop: threading.Event | None = None) -> Iterator[T]:
        """Items until the producer ends, or this is closed, or `stop` is set. Raises what the producer raised."""
        while True:
            with self._changed:
                while not self._items and not self._finished and not self._is_over(stop):
                    self._changed.wait(_POLL_S if stop is not None else None)
                if self._is_over(stop):
                    return
                if not self._items:
                    break
                item = self._items.popleft()
                self._changed.notify_all()
            yield item
        if self._failure is not None:
            raise self._failure

    def signal(self) -> None:
        """Tell the producer and whoever waits for it to end, without waiting for that."""
        self.closing.set()
        with self._changed:
            self._items.clear()
            self._changed.notify_all()

    def close(self) -> None:
        """End the thread. What the producer opened is closed when this returns."""
        self.signal()
        self._thread.join(_JOIN_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _is_over(self, stop: threading.Event | None) -> bool:
        return self.closing.is_set() or (stop is not None and stop.is_set())

    def _run(self) -> None:
        try:
            self._produce()
        except BaseException as failure:  # noqa: BLE001 - raised again in the consumer
            self._failure = failure
        with self._changed:
            self._finished = True
            self._changed.notify_all()

    def _produce(self) -> None:
        items = self._make(self.closing)
        try:
            for item in items:
                with self._changed:
                    while len(self._items) >= self._depth and not self.closing.is_set():
                        self._changed.wait()
                    if self.closing.is_set():
                        return
                    self._items.append(item)
                    self._changed.notify_all()
        finally:
            if hasattr(items, "close"):
                items.close()
