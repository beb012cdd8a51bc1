"""What a holder has, and what they make of it (aisubs/sql/code/44_library.sql)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aisubs.model.job import Job
from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


class Library(Book):
    """Jobs in the plural: what is a holder's own."""

    __slots__ = ()

    def list_jobs(
        self, holder: Holder, page: int, per_page: int, filters: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Newest first, if nothing else is said; each row is a job with `total` (rows over all pages).

        `filters`: any of ids, statuses, sources, tags (all of them), text (in names and tags), kept, edited, sort
        (created, name, duration, size, edited, completed, expires), order (asc, desc).
        """
        return self.database.call(
            "list_jobs", holder=holder.as_json(), page=page, per_page=per_page, filters=dict(filters or {})
        )

    def library_totals(self, holder: Holder) -> dict[str, Any]:
        """{jobs, duration_ms, size_bytes, statuses, sources, tags} of all that the holder has; the last three are
        numbers of jobs by name."""
        return self.database.call("library_totals", holder=holder.as_json())[0]

    def update_job(self, job_id: str, holder: Holder, changes: Mapping[str, Any]) -> Job:
        """Set what `changes` names of title (None: the file's name), tags, keep. Raises `job_not_found`,
        `read_only`."""
        return self._job("update_job", job_id=job_id, holder=holder.as_json(), changes=dict(changes))
