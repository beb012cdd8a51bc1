"""A job is forgotten, by its owner, an administrator, or after 168 hours: tombstone, then its objects, then its row.

The tombstone comes first, so a crash in between leaves something that the next run finishes. Nothing is deleted that a
cached twin still needs: the SQL names only objects that nobody else points at. Results beside a dropped file go when
people delete the job, and stay when its time is over: they are what was wanted of it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from aisubs.model import places
from aisubs.model.errors import Unavailable
from aisubs.pipeline.jobs import Holder, Jobs
from aisubs.pipeline.written_files import WrittenFiles
from aisubs.ports import Mirror, Store

log = logging.getLogger(__name__)


def expire_jobs(*, jobs: Jobs, store: Store, mirror: Mirror | None, retention_hours: float, batch: int = 200) -> int:
    """Delete what is past retention, batch after batch; returns how many jobs are gone.

    A store that fails keeps the tombstone for the next run and does not keep other jobs from going.
    """
    gone = 0
    seen: set[str] = set()
    while True:
        rows = [row for row in jobs.expire_jobs(retention_hours, batch) if row["job_id"] not in seen]
        if not rows:
            return gone
        seen |= {row["job_id"] for row in rows}
        gone += sum(_try_to_remove(row, jobs, store, mirror) for row in rows)


def delete_job(job_id: str, holder: Holder, *, jobs: Jobs, store: Store, mirror: Mirror | None) -> None:
    """An owner deletes a job that is over: row and objects, at once. A crash in between is finished by retention, and
    so are results in a `mirror` that is not ours to reach (None)."""
    remove(job_id, jobs.delete_job(job_id, holder), jobs, store, mirror)


def delete_owner(holder: Holder, *, jobs: Jobs, store: Store, mirror: Mirror | None) -> list[str]:
    """Everything of the holder's owner; what runs is cancelled first. Returns the ids of their jobs, each with a
    deletion (`Jobs.get_deletion`). What the store does not give up now, retention takes."""
    rows = jobs.delete_owner(holder)
    for row in rows:
        _try_to_remove(row, jobs, store, mirror)
    return [row["job_id"] for row in rows]


def _try_to_remove(row: dict[str, Any], jobs: Jobs, store: Store, mirror: Mirror | None) -> bool:
    try:
        remove(row["job_id"], row["objects"], jobs, store, mirror)
    except Unavailable as fault:
        log.warning("retention.failed", extra={"job_id": row["job_id"], "reason": fault.reason})
        return False
    return True


def remove(job_id: str, objects: Iterable[dict[str, Any]], jobs: Jobs, store: Store, mirror: Mirror | None) -> None:
    """What lies anywhere of a tombstone, then the tombstone."""
    counted = {"source": 0, "results": 0, "mirrors": 0}
    for item in objects:
        store.delete(item["name"], item["generation"])
        counted["results" if item["name"].startswith(places.RESULTS) else "source"] += 1
    if mirror is not None:
        counted["mirrors"] = WrittenFiles(jobs, mirror).delete_all(job_id)
    jobs.forget_job(job_id, counted)
    log.info("job.forgotten", extra={"job_id": job_id})
