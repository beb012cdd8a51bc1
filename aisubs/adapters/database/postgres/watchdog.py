"""Cuts the line of a server that neither answers nor goes away (a stopped process, a frozen machine)."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg


class Watchdog:
    """Gives every piece of work `timeout_s`. One thread watches over all of them, and none when nothing is done."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._mutex = threading.Lock()
        self._lines: dict[socket.socket, float] = {}
        """With their deadlines. The timeout is the same for all, so the first one in is the first one due."""
        self._watching = False

    @contextmanager
    def over(self, connection: psycopg.Connection[Any]) -> Iterator[None]:
        """Shut the connection down should this context outlast the timeout; whoever waits for it then gets an error."""
        # A descriptor of its own: by then the connection's number may belong to another one.
        line = socket.socket(fileno=os.dup(connection.fileno()))
        try:
            with self._mutex:
                self._lines[line] = time.monotonic() + self._timeout_s
                if not self._watching:
                    threading.Thread(target=self._watch, name="postgres-watchdog", daemon=True).start()
                    self._watching = True
            yield
        finally:
            with self._mutex:
                self._lines.pop(line, None)
            line.close()

    def _watch(self) -> None:
        wait_s = self._timeout_s
        while True:
            # Nobody needs to wake it: whoever comes meanwhile is due later than it wakes by itself.
            time.sleep(wait_s)
            with self._mutex:
                now = time.monotonic()
                due = [line for line, deadline in self._lines.items() if deadline <= now]
                for line in due:
                    del self._lines[line]
                    with suppress(OSError):  # it ended in this very moment
                        line.shutdown(socket.SHUT_RDWR)
                if not self._lines:
                    self._watching = False
                    return
                wait_s = min(self._lines.values()) - now
