"""What administrators do beyond the database: wake the dispatcher, end an upload, delete what a job has left."""

from __future__ import annotations

import logging

from aisubs.pipeline.expire_jobs import remove
from aisubs.pipeline.jobs import Holder, Jobs
from aisubs.pipeline.offer_upload import drop_upload
from aisubs.pipeline.receive_upload import wake
from aisubs.ports import Mirror, Queue, Store

log = logging.getLogger(__name__)


def set_paused(holder: Holder, *, paused: bool, jobs: Jobs, queue: Queue) -> None:
    """Raises `not_admin`."""
    jobs.admin_pause(holder, paused=paused)
    log.warning("line.paused" if paused else "line.resumed")
    if not paused:
        wake(queue, "resumed")


def raise_job(job_id: str, holder: Holder, *, jobs: Jobs, queue: Queue) -> None:
    """Raises `not_admin`, `job_not_found`, `illegal_move`."""
    jobs.admin_raise(job_id, holder)
    wake(queue, f"{job_id}-raised")


def fail_as_admin(job_id: str, holder: Holder, *, jobs: Jobs, store: Store) -> None:
    """Stop a job; of one that is being uploaded nothing stays. Raises `not_admin`, `job_not_found`, `already_over`."""
    upload = jobs.admin_fail(job_id, holder)
    log.warning("job.stopped", extra={"job_id": job_id})
    if upload is not None:
        drop_upload(upload, job_id, store=store)


def retry_as_admin(job_id: str, holder: Holder, *, jobs: Jobs, queue: Queue) -> None:
    """Raises `not_admin`, `job_not_found`, `not_retryable`."""
    jobs.admin_retry(job_id, holder)
    wake(queue, f"{job_id}-again")


def delete_as_admin(job_id: str, holder: Holder, *, jobs: Jobs, store: Store, mirror: Mirror | None) -> None:
    """As `delete_job`, whoever has it. Raises `not_admin`, `job_not_found`, `not_cancellable`, `illegal_move`."""
    remove(job_id, jobs.admin_delete(job_id, holder), jobs, store, mirror)
