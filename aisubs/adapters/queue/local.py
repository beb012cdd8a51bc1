"""Wake-ups inside one process: a heap of due times and one thread that runs them one after the other.

Nothing is kept on disk. Wake-ups that a crash takes are replaced by the sweep, which wakes whatever is startable.
"""

from __future__ import annotations

import heapq
import logging
import time
from collections.abc import Callable
from threading import Condition, Thread

from aisubs.model.errors import error

log = logging.getLogger(__name__)


class LocalQueue:
    """Runs `dispatch` once for each wake-up, in the order of their due times. A name that waits already is not
    added again, but is moved forward when the new one is due earlier.

    A `dispatch` that raises is logged and not repeated here: the sweep repeats it.
    """

    def __init__(self, dispatch: Callable[[], object]) -> None:
        self._dispatch = dispatch
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []  # holds stale entries too; `_due` is what counts
        self._changed = Condition()
        self._closed = False
        self._thread = Thread(target=self._run, name="queue", daemon=True)
        self._thread.start()

    def wake(self, name: str, delay_s: float = 0.0) -> None:
        """As aisubs.ports.Queue.wake. Raises `queue_unavailable` once it is closed."""
        due = time.monotonic() + max(0.0, delay_s)
        with self._changed:
            if self._closed:
                raise error("queue_unavailable", "the local queue is closed")
            if due < self._due.get(name, float("inf")):
                self._due[name] = due
                heapq.heappush(self._heap, (due, name))
                self._changed.notify()

    def ping(self) -> str:
        """Raises `queue_unavailable` when its thread is gone."""
        with self._changed:
            if self._closed or not self._thread.is_alive():
                raise error("queue_unavailable", "the local queue is closed")
            return f"in this process, {len(self._due)} waiting"

    def close(self) -> None:
        """Forget what waits and return when the run in progress, if any, is over."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while (name := self._next()) is not None:
            try:
                self._dispatch()
            except Exception:  # the thread must outlive whatever dispatch runs into
                log.exception("queue.dispatch_failed", extra={"task": name})

    def _next(self) -> str | None:
        """Wait for the next due name and take it; None when closed."""
        with self._changed:
            while not self._closed:
                if not self._heap:
                    self._changed.wait()
                    continue
                due, name = self._heap[0]
                if self._due.get(name) != due:
                    heapq.heappop(self._heap)  # it was moved forward
                elif (wait_s := due - time.monotonic()) > 0:
                    self._changed.wait(wait_s)
                else:
                    heapq.heappop(self._heap)
                    del self._due[name]
                    return name
            return None
