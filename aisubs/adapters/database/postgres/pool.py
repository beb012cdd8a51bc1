"""Connections for many threads: reused, bounded in number, and replaced when the server has been restarted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from aisubs.adapters.database.postgres.watchdog import Watchdog
from aisubs.model.errors import error

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
Result = TypeVar("Result")

_RETRY_EVERY_S = 0.05


class ConnectionPool:
    """Hands each piece of work a connection of its own, each statement in a transaction of its own."""

    def __init__(self, url: str, *, connect_timeout_s: float, statement_timeout_s: float, size: int) -> None:
        self._url = url
        self._connect_timeout_s = connect_timeout_s
        self._statement_timeout_s = statement_timeout_s
        self._size = size
        self._watchdog = Watchdog(statement_timeout_s + connect_timeout_s)
        self._slots = threading.BoundedSemaphore(size)
        self._mutex = threading.Lock()
        self._idle: list[Connection] = []
        self._has_answered = False
        self._closed = False

    def run(self, work: Callable[[Connection], Result]) -> Result:
        """Call `work` with a connection, and once more if the connection from an earlier call turns out to be dead.

        A server that has answered before is waited for while it restarts, at most `connect_timeout_s`. Raises what
        `work` raises, and `database_unavailable` when every connection is busy for too long.
        """
        if not self._slots.acquire(timeout=self._statement_timeout_s):
            raise error("database_unavailable", f"All {self._size} connections are busy.")
        try:
            used = self._take_idle()
            if used is not None:
                try:
                    return self._work(used, work)
                except psycopg.Error:
                    if not used.closed:
                        raise
                self._drop_idle()  # their server is gone as well
            return self._work(self.connect(), work)
        finally:
            self._slots.release()

    def connect(self) -> Connection:
        """A new connection, which the caller closes."""
        deadline = time.monotonic() + self._connect_timeout_s
        while True:
            try:
                return self._open()
            except psycopg.OperationalError:
                if not self._has_answered or time.monotonic() >= deadline:
                    raise
                time.sleep(_RETRY_EVERY_S)

    def close(self) -> None:
        """Close what is idle now and, when it is given back, what is in use."""
        self._closed = True
        self._drop_idle()

    def _open(self) -> Connection:
        connection = psycopg.connect(
            self._url,
            autocommit=True,
            # Poolers that switch servers between transactions lose prepared statements.
            prepare_threshold=None,
            connect_timeout=max(2, round(self._connect_timeout_s)),  # libpq's least
            application_name="aisubs",
            # A peer that vanished without a word is noticed within half a minute, also while we only wait.
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )
        limit = f"{round(self._statement_timeout_s * 1000)}ms"
        try:
            connection.execute(
                "select set_config('timezone', 'UTC', false), set_config('statement_timeout', %s, false)", [limit]
            )
        except BaseException:
            connection.close()
            raise
        self._has_answered = True
        return connection

    def _work(self, connection: Connection, work: Callable[[Connection], Result]) -> Result:
        try:
            # The server itself ends a statement that takes too long; if it can't even do that, we hang up a bit later.
            with self._watchdog.over(connection):
                return work(connection)
        finally:
            if self._closed or connection.info.transaction_status != TransactionStatus.IDLE:
                connection.close()  # dead, or interrupted in the middle of something
            else:
                with self._mutex:
                    self._idle.append(connection)

    def _take_idle(self) -> Connection | None:
        with self._mutex:
            return self._idle.pop() if self._idle else None

    def _drop_idle(self) -> None:
        with self._mutex:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
