"""Everything that a lost message or a crash could leave behind, put right by repeatable steps.

The cloud's scheduler calls this through the function `recover_stale`; the local edition every few seconds.
"""

from __future__ import annotations

import logging
from itertools import islice

from aisubs.media.probe import Limits
from aisubs.model.job import Source
from aisubs.pipeline.jobs import Jobs
from aisubs.pipeline.mirror_results import mirror_finished
from aisubs.pipeline.receive_upload import is_recording, receive_upload, wake
from aisubs.pipeline.recover_jobs import reconcile_executions, recover_stale
from aisubs.pipeline.send_pushes import send_pushes
from aisubs.ports import Mirror, Notifier, Queue, Runner, Store
from aisubs.settings import Settings

log = logging.getLogger(__name__)

OBJECTS_PER_QUESTION = 500


def sweep(
    *,
    jobs: Jobs,
    store: Store,
    queue: Queue,
    runner: Runner,
    mirror: Mirror | None,
    notifier: Notifier | None,
    limits: Limits,
    settings: Settings,
    tick: str,
    compare_bucket: bool = True,
) -> dict[str, int]:
    """One round of everything below; returns how much each step found. Rounds may overlap."""
    found = {
        "died": reconcile_executions(
            jobs=jobs,
            runner=runner,
            silent_for_s=settings.heartbeat_s * 1.5,
            max_retries=settings.max_retries,
            retry_backoff_s=settings.retry_backoff_s,
        ),
        "processed": len(
            recover_stale(
                jobs=jobs,
                batch=settings.recover_batch,
                stale_after_s=settings.stale_after_s,
                max_retries=settings.max_retries,
                retry_backoff_s=settings.retry_backoff_s,
            )
        ),
        "expired_uploads": expire_uploads(jobs=jobs, store=store),
    }
    if compare_bucket:
        found["lost_events"] = find_lost_uploads(jobs=jobs, store=store, queue=queue, limits=limits)
    if mirror is not None:
        found["mirrored"] = mirror_finished(jobs=jobs, store=store, mirror=mirror)
    if notifier is not None:
        found["pushed"] = send_pushes(jobs=jobs, notifier=notifier)
    found["startable"] = wake_startable(jobs=jobs, queue=queue, concurrency=settings.concurrency, tick=tick)
    log.log(logging.INFO if any(found.values()) else logging.DEBUG, "sweep.done", extra=found)
    return found


def expire_uploads(*, jobs: Jobs, store: Store, batch: int = 100) -> int:
    """Cancel announced uploads that were not finished in time and remove what may have arrived of them."""
    rows = jobs.expire_uploads(batch)
    for row in rows:
        store.delete(row["object_name"])
        log.info("upload.expired", extra={"job_id": row["job_id"]})
    return len(rows)


def wake_startable(*, jobs: Jobs, queue: Queue, concurrency: int, tick: str) -> int:
    """Wake the dispatcher if something could run: its wake-up may have been lost. `tick` keeps task names apart."""
    startable = jobs.startable(concurrency)
    if startable:
        wake(queue, f"sweep-{tick}")
    return startable


def find_lost_uploads(
    *, jobs: Jobs, store: Store, queue: Queue, limits: Limits, source: Source = Source.BUCKET, prefix: str = ""
) -> int:
    """Compare the bucket with the table: an object without a row had its event lost. Returns how many were found."""
    found = 0
    recordings = (item for item in store.list(prefix) if is_recording(item.name, item.size_bytes))
    while page := list(islice(recordings, OBJECTS_PER_QUESTION)):
        asked = [{"name": item.name, "generation": item.generation} for item in page]
        for row in jobs.unknown_objects(store.bucket, asked):
            log.warning("upload.event_lost", extra={"object": row["name"]})
            receive_upload(
                row["name"], row["generation"], store=store, jobs=jobs, queue=queue, limits=limits, source=source
            )
            found += 1
    return found
