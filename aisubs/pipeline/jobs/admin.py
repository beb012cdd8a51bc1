"""What administrators see and do (aisubs/sql/code/64_admin.sql)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


class Admin(Book):
    """Every function with a `holder` raises `not_admin`; those of a job, `job_not_found`."""

    __slots__ = ()

    def admin_queue(self, holder: Holder) -> list[dict[str, Any]]:
        """What is at work, waits, is being uploaded, and failed lately (50): {job_id, status, position, sender, source,
        progress, duration_ms, file_size_bytes, created_at, started_at, completed_at, waiting_for, raised, retry_count,
        error_code, worked_s}."""
        return self.database.call("admin_queue", holder=holder.as_json())

    def admin_usage(self, holder: Holder) -> list[dict[str, Any]]:
        """{sender, jobs_, bytes_, minutes_, worker_s_, each _today and _month, jobs_per_day, bytes_per_day,
        minutes_per_month} for each account, the house, and all strangers together."""
        return self.database.call("admin_usage", holder=holder.as_json())

    def admin_pause(self, holder: Holder, *, paused: bool) -> None:
        """Start nothing any more, or go on; what runs, runs to its end."""
        self.database.call("admin_pause", holder=holder.as_json(), paused=paused)

    def paused_since(self) -> str | None:
        """Since when nothing is started; None: it is."""
        found: str | None = self.database.call("paused_since")[0]["paused_at"]
        return found

    def admin_raise(self, job_id: str, holder: Holder) -> None:
        """It is next. Raises `illegal_move` for what does not wait."""
        self.database.call("admin_raise", job_id=job_id, holder=holder.as_json())

    def admin_fail(self, job_id: str, holder: Holder) -> str | None:
        """Stop it, whatever it does. Returns where its upload lies, if it is being uploaded. Raises `already_over`."""
        rows = self.database.call("admin_fail", job_id=job_id, holder=holder.as_json())
        return str(rows[0]["object_name"]) if rows else None

    def admin_retry(self, job_id: str, holder: Holder) -> None:
        """In line again, whatever its sender has used. Raises `not_retryable`."""
        self.database.call("admin_retry", job_id=job_id, holder=holder.as_json())

    def admin_delete(self, job_id: str, holder: Holder) -> list[dict[str, Any]]:
        """As `delete_job`, whoever has it."""
        return list(self.database.call("admin_delete", job_id=job_id, holder=holder.as_json())[0]["objects"])

    def admin_limit(self, holder: Holder, owner_id: str, limits: Mapping[str, int | None]) -> None:
        """What this owner may use instead of the usual: jobs_per_day, bytes_per_day, minutes_per_month; None is the
        usual, 0 any."""
        self.database.call("admin_limit", holder=holder.as_json(), owner_id=owner_id, **limits)
