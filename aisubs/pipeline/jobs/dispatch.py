"""From the line to a worker (aisubs/sql/code/30_dispatch.sql)."""

from __future__ import annotations

from typing import Any

from aisubs.pipeline.jobs.book import Book


class Dispatch(Book):
    """Who is next, and what became of the start."""

    __slots__ = ()

    def begin_dispatch(
        self,
        concurrency: int,
        dispatch_deadline_s: float,
        gpu_patience_s: float | None = None,
        daily_gpu_seconds: float | None = None,
    ) -> dict[str, Any] | None:
        """Move the fairest startable pending job to processing/starting if fewer than `concurrency` are processing.

        Returns {job_id, dispatch_id, fence, overflow} or None. Fair: round robin over owners, then oldest. `overflow`:
        it has waited for a machine for `gpu_patience_s`, so that one of another kind will do. None, too, once workers
        have had `daily_gpu_seconds` today (UTC), whoever asks; what runs then runs to its end.
        """
        rows = self.database.call(
            "begin_dispatch",
            concurrency=concurrency,
            dispatch_deadline_s=dispatch_deadline_s,
            gpu_patience_s=gpu_patience_s,
            daily_gpu_seconds=daily_gpu_seconds,
        )
        return rows[0] if rows else None

    def await_start(self, job_id: str, dispatch_id: str, dispatch_deadline_s: float) -> float | None:
        """The start was accepted and waits for a machine: `waiting_for` = gpu, and the deadline moves on.

        Returns for how many seconds it has waited, over all its dispatches; None if a worker has claimed the job.
        """
        rows = self.database.call(
            "await_start", job_id=job_id, dispatch_id=dispatch_id, dispatch_deadline_s=dispatch_deadline_s
        )
        return float(rows[0]["waited_s"]) if rows else None

    def record_execution(self, job_id: str, dispatch_id: str, execution_name: str) -> None:
        self.database.call("record_execution", job_id=job_id, dispatch_id=dispatch_id, execution_name=execution_name)

    def return_dispatch(self, job_id: str, dispatch_id: str, retry_in_s: float) -> None:
        """No machine was to be had: back to pending, `waiting_for` = gpu, no retry counted.

        Not before `retry_in_s`, doubled for each return in a row (at most 10 minutes). Nothing if already claimed.
        """
        self.database.call("return_dispatch", job_id=job_id, dispatch_id=dispatch_id, retry_in_s=retry_in_s)

    def spending(self) -> dict[str, Any]:
        """{today_s, month_s, daily_gpu_seconds, spent_until}: what workers had (UTC), what they may have in a day, and
        until when nothing is started (None: it may be now)."""
        return self.database.call("spending")[0]

    def startable(self, concurrency: int) -> int:
        """How many pending jobs could be dispatched now (free slots and due jobs, whichever is less)."""
        return int(self.database.call("startable", concurrency=concurrency)[0]["startable"])
