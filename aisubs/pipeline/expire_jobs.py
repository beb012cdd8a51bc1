"""After 168 hours a job is forgotten: tombstone, then its objects, then its row.

The tombstone comes first, so a crash in between leaves something that the next run finishes. Nothing is deleted that a
cached twin still needs: the SQL names only objects that nobody else points at.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from aisubs.model.errors import Unavailable
from aisubs.pipeline.jobs import Holder, Jobs
from aisubs.ports import Store

log = logging.getLogger(__name__)


def expire_jobs(*, jobs: Jobs, store: Store, retention_hours: float, batch: int = 200) -> int:
    """Delete what is past retention, batch after batch; returns how many jobs are gone.

    A store that fails keeps the tombstone for the next run and does not keep other jobs from going.
    """
    gone = 0
    failed: set[str] = set()
    while True:
        rows = [row for row in jobs.expire_jobs(retention_hours, batch) if row["job_id"] not in failed]
        if not rows:
            return gone
        for row in rows:
            try:
                _remove(jobs, store, row["job_id"], row["objects"])
            except Unavailable as fault:
                failed.add(row["job_id"])
                log.warning("retention.failed", extra={"job_id": row["job_id"], "reason": fault.reason})
            else:
                gone += 1


def delete_job(job_id: str, holder: Holder, *, jobs: Jobs, store: Store) -> None:
    """An owner deletes a job that is over: row and objects, at once. A crash in between is finished by retention."""
    _remove(jobs, store, job_id, jobs.delete_job(job_id, holder))


def _remove(jobs: Jobs, store: Store, job_id: str, objects: Iterable[dict[str, Any]]) -> None:
    for item in objects:
        store.delete(item["name"], item["generation"])
    jobs.forget_job(job_id)
    log.info("job.forgotten", extra={"job_id": job_id})
