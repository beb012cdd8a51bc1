"""What the sweeps call; each may run at any time and be killed half way (aisubs/sql/code/50_upkeep.sql)."""

from __future__ import annotations

from typing import Any

from aisubs.pipeline.jobs.book import Book


class Upkeep(Book):
    """What time does to jobs."""

    __slots__ = ()

    def recover_stale(self, **limits: Any) -> list[dict[str, Any]]:
        """Arguments: batch, stale_after_s, max_retries, retry_backoff_s, and optionally stuck_after_s (7200 without).
        Rows {job_id, status, error_code}.

        Three kinds of lost job: processing without a sign of life, dispatched but never claimed, and alive without
        having got any further (a stage, a window) for `stuck_after_s`.
        """
        return self.database.call("recover_stale", **limits)

    def worker_died(self, job_id: str, execution_name: str, max_retries: int, retry_backoff_s: float) -> str | None:
        """The runner knows that this execution is over. If the job is still its own: as a stale job, at once."""
        rows = self.database.call(
            "worker_died",
            job_id=job_id,
            execution_name=execution_name,
            max_retries=max_retries,
            retry_backoff_s=retry_backoff_s,
        )
        return str(rows[0]["status"]) if rows else None

    def list_processing(self, silent_for_s: float, batch: int) -> list[dict[str, Any]]:
        """{job_id, dispatch_id, execution_name} of processing jobs without a sign of life for `silent_for_s`."""
        return self.database.call("list_processing", silent_for_s=silent_for_s, batch=batch)

    def expire_uploads(self, batch: int) -> list[dict[str, Any]]:
        """Announced uploads past their deadline ⇒ cancelled with `upload_expired`. Rows {job_id, object_name}."""
        return self.database.call("expire_uploads", batch=batch)

    def expire_jobs(self, retention_hours: float, batch: int) -> list[dict[str, Any]]:
        """Tombstone jobs past retention that are not being processed, and return all tombstones (old ones too):
        {job_id, objects: [{name, generation}] that nobody else needs}. Cached twins keep the result alive."""
        return self.database.call("expire_jobs", retention_hours=retention_hours, batch=batch)

    def list_unmirrored(self, batch: int) -> list[dict[str, Any]]:
        """Dropped files (source bucket or folder) that are over and whose results, or error, were not yet put beside
        them: {job_id, object_name, filename, status, error_code, error_message}."""
        return self.database.call("list_unmirrored", batch=batch)

    def record_mirror(self, job_id: str) -> None:
        self.database.call("record_mirror", job_id=job_id)

    def forget_job(self, job_id: str) -> None:
        """Delete the row of a tombstone whose objects are gone. A row that is not there is fine."""
        self.database.call("forget_job", job_id=job_id)
