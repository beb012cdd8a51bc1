"""What changes in the job book, heard as it happens: from this process, from workers and from other commands."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Protocol, runtime_checkable

from aisubs.model.change import Change
from aisubs.model.errors import AisubsError
from aisubs.ports import Database

log = logging.getLogger(__name__)

CHANNEL = "aisubs_live"
"""Where the shim's realtime.send tells of every message (aisubs/sql/shim.sql)."""

IDLE_S = 0.5
RECONNECT_S = 1.0


@runtime_checkable
class Listens(Protocol):
    """A database that can tell of messages. Yields None when nothing came for `idle_s` seconds."""

    def listen(self, channel: str, idle_s: float) -> Iterator[str | None]: ...


class LiveMessages:
    """Calls `heard` for every change, until `close`. A database that cannot tell leaves everything to the sweep.

    `missed` is called when it listens again after a time of deafness.
    """

    def __init__(
        self, database: Database, heard: Callable[[Change], None], missed: Callable[[], None] = lambda: None
    ) -> None:
        self._heard = heard
        self._missed = missed
        self._stop = Event()
        self._thread: Thread | None = None
        if isinstance(database, Listens):
            self._thread = Thread(target=self._run, args=(database,), name="live", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, database: Listens) -> None:
        deaf = False
        while not self._stop.is_set():
            try:
                for message in database.listen(CHANNEL, IDLE_S):
                    if self._stop.is_set():
                        return
                    if deaf:
                        deaf = False
                        self._missed()
                    if message is not None:
                        self._heard(_parse(message))
            except AisubsError as fault:
                # The server was restarted, most likely. What was said meanwhile is lost; the sweep and the listeners
                # who are told of it make that good.
                log.warning("live.lost", extra={"reason": fault.reason})
            except Exception:
                log.exception("live.crashed")
            deaf = True
            self._stop.wait(RECONNECT_S)


def _parse(message: str) -> Change:
    sent = json.loads(message)
    payload = sent["payload"]
    return Change(
        job_id=str(payload["job_id"]),
        version=int(payload["version"]),
        status=str(payload["status"]),
        topic=str(sent["topic"]),
        stage=payload["stage"],
        progress=int(payload["progress"]),
    )
