"""Signs of life from a thread of its own, and the lease that they keep: may this worker still write about its job?"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from aisubs.model.errors import AisubsError, error
from aisubs.pipeline.jobs import Claim, Jobs

log = logging.getLogger(__name__)

T = TypeVar("T")

_RETRY_S = 2.0
"""A heartbeat that did not arrive is repeated sooner than the next one is due."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 5.0


class Lease:
    """A job belongs to this worker until another fence is given out or nothing was heard from us for too long.

    Every thread that hears from the database says so here; whoever learns that the lease is over ends it for all.
    """

    def __init__(self, stale_after_s: float) -> None:
        self._stale_after_s = stale_after_s
        self._renewed_at = time.monotonic()
        self._over = threading.Event()
        self.fault: AisubsError | None = None

    def renew(self) -> None:
        self._renewed_at = time.monotonic()

    @property
    def expired(self) -> bool:
        """So long without an answer that the sweep may have given the job away."""
        return time.monotonic() - self._renewed_at > self._stale_after_s

    def end(self, fault: AisubsError) -> None:
        """The first fault counts."""
        if self.fault is None:
            self.fault = fault
            self._over.set()

    def check(self) -> None:
        """Raises what has ended the lease."""
        if self.fault is not None:
            raise error(self.fault.code, self.fault.reason) from self.fault

    def insist(self, call: Callable[[], T]) -> T:
        """Make a call to the job book, again and again while the database does not answer and the lease lasts.

        Every function of the job book may be called again. Raises what the call raises in the end.
        """
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                answer = call()
            except AisubsError as fault:
                if fault.code != "database_unavailable" or self.expired or self._over.wait(wait_s):
                    raise
                log.warning("database.waits", extra={"reason": fault.reason})
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            else:
                self.renew()
                return answer


def beat(jobs: Jobs, claim: Claim, lease: Lease, every_s: float, done: threading.Event) -> None:
    """Send a sign of life every `every_s` seconds until `done` is set or the lease is over.

    An answer that does not come is tried again; after `stale_after_s` without one the lease counts as lost.
    """
    wait_s = every_s
    while not done.wait(wait_s) and lease.fault is None:
        try:
            jobs.heartbeat(claim.job_id, claim.fence)
        except AisubsError as fault:
            log.warning("heartbeat.missed", extra={"job_id": claim.job_id, "error_code": fault.code})
            wait_s = min(every_s, _RETRY_S)
            if fault.code != "database_unavailable" or lease.expired:
                lease.end(fault)
        except Exception as fault:
            log.exception("heartbeat.failed", extra={"job_id": claim.job_id})
            lease.end(error("internal", repr(fault)))
        else:
            lease.renew()
            wait_s = every_s


@contextmanager
def beating(jobs: Jobs, claim: Claim, *, every_s: float, stale_after_s: float) -> Iterator[Lease]:
    """Hold the lease of a claimed job while the block runs."""
    lease, done = Lease(stale_after_s), threading.Event()
    thread = threading.Thread(target=beat, args=(jobs, claim, lease, every_s, done), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        done.set()
        thread.join()
