"""From the line to a worker (aisubs/sql/code/30_dispatch.sql)."""

from __future__ import annotations

from typing import Any

from aisubs.pipeline.jobs.book import Book


class Dispatch(Book):
    """Who is next, and what became of the start."""

    __slots__ = ()

    def begin_dispatch(self, concurrency: int, dispatch_deadline_s: float) -> dict[str, Any] | None:
        """Move the fairest startable pending job to processing/starting if fewer than `concurrency` are processing.

        Returns {job_id, dispatch_id, fence} or None. Fair: round robin over owners, then oldest.
        """
        rows = self.database.call("begin_dispatch", concurrency=concurrency, dispatch_deadline_s=dispatch_deadline_s)
        return rows[0] if rows else None

    def record_execution(self, job_id: str, dispatch_id: str, execution_name: str) -> None:
        self.database.call("record_execution", job_id=job_id, dispatch_id=dispatch_id, execution_name=execution_name)

    def return_dispatch(self, job_id: str, dispatch_id: str, retry_in_s: float) -> None:
        """No machine was to be had: back to pending, `waiting_for` = gpu, no retry counted.

        Not before `retry_in_s`, doubled for each return in a row (at most 10 minutes). Nothing if already claimed.
        """
        self.database.call("return_dispatch", job_id=job_id, dispatch_id=dispatch_id, retry_in_s=retry_in_s)

    def startable(self, concurrency: int) -> int:
        """How many pending jobs could be dispatched now (free slots and due jobs, whichever is less)."""
        return int(self.database.call("startable", concurrency=concurrency)[0]["startable"])
