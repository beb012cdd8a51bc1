"""Signals told by a thread of their own, which may take locks and is never late.

A Python handler runs in the main thread, between two byte codes of whatever that does: `Event.set` in one waits for
ever for a lock that the main thread holds in `Event.wait`. And a signal that comes as that thread falls asleep has its
handler run when it wakes, which may be never. The interpreter itself writes each signal to a pipe at once
(https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd); here somebody reads it. Standard library only.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def told_of(numbers: Sequence[int], tell: Callable[[], None]) -> Iterator[None]:
    """Calls `tell` in another thread for each of these signals that comes. To be entered in the main thread."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)  # asked for by the interpreter; so many signals at once need not be counted
    listener = threading.Thread(target=_listen, args=(reading, frozenset(numbers), tell), name="signals", daemon=True)
    listener.start()
    written_before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    handled_before = {number: signal.signal(number, _leave_it_to_the_thread) for number in numbers}
    try:
        yield
    finally:
        for number, handler in handled_before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(written_before)
        os.close(writing)
        listener.join()
        os.close(reading)


def _listen(reading: int, numbers: frozenset[int], tell: Callable[[], None]) -> None:
    while came := os.read(reading, 64):
        for number in came:
            if number in numbers:
                tell()


def _leave_it_to_the_thread(_number: int, _frame: object) -> None:
    """There has to be a handler in Python, or the interpreter writes nothing."""
