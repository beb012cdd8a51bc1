"""A signal is heard whatever the main thread is doing."""

from __future__ import annotations

import os
import signal
import threading

from aisubs.signals import told_of


def test_one_that_wakes_nobody_is_heard() -> None:
    """As one does that comes in the instant before the main thread falls asleep: this one goes to another thread."""
    stop = threading.Event()
    with told_of((signal.SIGINT,), stop.set):
        other = threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), signal.SIGINT))
        other.start()
        stop.wait()
        other.join()


def test_one_that_comes_while_the_main_thread_holds_the_lock_is_heard() -> None:
    """A handler that sets an event would wait for ever for what the main thread holds within `Event.wait`."""
    stop = threading.Event()
    with told_of((signal.SIGTERM,), stop.set):
        with stop._cond:  # type: ignore[attr-defined]
            os.kill(os.getpid(), signal.SIGTERM)
            assert not stop._flag  # type: ignore[attr-defined]
        stop.wait()


def test_each_is_told_and_others_are_not() -> None:
    heard = threading.Semaphore(0)
    before = signal.getsignal(signal.SIGUSR1), signal.getsignal(signal.SIGUSR2)
    with told_of((signal.SIGUSR2,), lambda: None), told_of((signal.SIGUSR1,), heard.release):
        os.kill(os.getpid(), signal.SIGUSR1)
        heard.acquire()
        os.kill(os.getpid(), signal.SIGUSR2)
        os.kill(os.getpid(), signal.SIGUSR1)
        heard.acquire()
        assert not heard.acquire(blocking=False)
    assert (signal.getsignal(signal.SIGUSR1), signal.getsignal(signal.SIGUSR2)) == before
    assert signal.set_wakeup_fd(-1) == -1
