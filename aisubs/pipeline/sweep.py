"""Everything that a lost message or a crash could leave behind, put right by repeatable steps.

The cloud's scheduler calls this through the function `recover_stale`; the local edition every few seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from aisubs.media.probe import Limits
from aisubs.model.job import Source
from aisubs.model.names import fits_database
from aisubs.pipeline.jobs import Jobs
from aisubs.pipeline.mirror_results import mirror_finished
from aisubs.pipeline.offer_upload import drop_upload
from aisubs.pipeline.receive_upload import is_recording, receive_upload, wake
from aisubs.pipeline.recover_jobs import reconcile_executions, recover_stale
from aisubs.pipeline.send_pushes import send_pushes
from aisubs.pipeline.send_webhooks import send_webhooks
from aisubs.ports import Mirror, PushNotifier, Queue, Runner, Store, WebhookNotifier
from aisubs.settings import Settings

log = logging.getLogger(__name__)

OBJECTS_PER_QUESTION = 500
INDEXED_PER_ROUND = 20


def sweep(
    *,
    jobs: Jobs,
    store: Store,
    queue: Queue,
    runner: Runner,
    mirror: Mirror | None,
    notifier: PushNotifier | None,
    webhooks: WebhookNotifier | None,
    limits: Limits,
    settings: Settings,
    tick: str,
    compare_bucket: bool = True,
) -> dict[str, int]:
    """One round of everything below; returns how much each step found. Rounds may overlap.

    Waking comes first, and a step that fails holds up no other. Raises the first fault once all have had their turn.
    """
    how = {"max_retries": settings.max_retries, "retry_backoff_s": settings.retry_backoff_s}
    round_ = _Round()
    round_.do("startable", wake_startable, jobs=jobs, queue=queue, concurrency=settings.concurrency, tick=tick)
    silent_for_s = settings.heartbeat_s * 1.5
    starts = {"dispatch_deadline_s": settings.dispatch_deadline_s, "gpu_patience_s": settings.gpu_patience_minutes * 60}
    round_.do("died", reconcile_executions, jobs=jobs, runner=runner, silent_for_s=silent_for_s, **starts, **how)
    round_.do("processed", _recover, jobs=jobs, batch=settings.recover_batch, stale_s=settings.stale_after_s, how=how)
    if round_.found.get("died") or round_.found.get("processed"):
        round_.do(
            "startable", wake_startable, jobs=jobs, queue=queue, concurrency=settings.concurrency, tick=f"{tick}-again"
        )
    round_.do("expired_uploads", expire_uploads, jobs=jobs, store=store)
    if compare_bucket:
        lost = {"jobs": jobs, "store": store, "queue": queue, "limits": limits, "settings": settings}
        round_.do("lost_events", find_lost_uploads, **lost)
    if mirror is not None:
        round_.do("mirrored", mirror_finished, jobs=jobs, store=store, mirror=mirror)
    round_.do("indexed", jobs.index_texts, INDEXED_PER_ROUND)
    if notifier is not None:
        round_.do("pushed", send_pushes, jobs=jobs, notifier=notifier)
    if webhooks is not None:
        round_.do("hooked", send_webhooks, jobs=jobs, webhooks=webhooks)
    return round_.end()


@dataclass(slots=True)
class _Round:
    """Steps of one sweep, each of which may fail alone."""

    found: dict[str, int] = field(default_factory=dict)
    fault: Exception | None = None

    def do(self, step: str, duty: Callable[..., int], *given: Any, **named: Any) -> None:
        try:
            self.found[step] = duty(*given, **named)
        except Exception as fault:
            log.exception("sweep.step_failed", extra={"step": step, "reason": getattr(fault, "reason", repr(fault))})
            self.fault = self.fault or fault

    def end(self) -> dict[str, int]:
        log.log(logging.INFO if any(self.found.values()) else logging.DEBUG, "sweep.done", extra=self.found)
        if self.fault:
            raise self.fault
        return self.found


def _recover(*, jobs: Jobs, batch: int, stale_s: float, how: dict[str, Any]) -> int:
    return len(recover_stale(jobs=jobs, batch=batch, stale_after_s=stale_s, **how))


def expire_uploads(*, jobs: Jobs, store: Store, batch: int = 100) -> int:
    """Cancel announced uploads of which nothing was heard for too long, all there are, and remove what may have arrived
    of them."""
    expired = 0
    while rows := jobs.expire_uploads(batch):
        for row in rows:
            log.info("upload.expired", extra={"job_id": row["job_id"]})
            drop_upload(row["object_name"], row["job_id"], store=store)
        expired += len(rows)
    return expired


def wake_startable(*, jobs: Jobs, queue: Queue, concurrency: int, tick: str) -> int:
    """Wake the dispatcher if something could run: its wake-up may have been lost. `tick` keeps task names apart."""
    startable = jobs.startable(concurrency)
    if startable:
        wake(queue, f"sweep-{tick}")
    return startable


def find_lost_uploads(
    *,
    jobs: Jobs,
    store: Store,
    queue: Queue,
    limits: Limits,
    settings: Settings,
    source: Source = Source.BUCKET,
    prefix: str = "",
) -> int:
    """Compare the bucket with the table: an object without a row had its event lost. Returns how many were found.

    One that cannot be taken now is logged, comes again at the next round, and holds up no other.
    """
    found = 0
    recordings = (item for item in store.list(prefix) if is_recording(item.name, item.size_bytes))
    while page := list(islice(recordings, OBJECTS_PER_QUESTION)):
        asked = [{"name": item.name, "generation": item.generation} for item in page if fits_database(item.name)]
        for row in jobs.unknown_objects(store.bucket, asked):
            log.warning("upload.event_lost", extra={"object": row["name"]})
            try:
                receive_upload(
                    row["name"],
                    row["generation"],
                    store=store,
                    jobs=jobs,
                    queue=queue,
                    limits=limits,
                    settings=settings,
                    source=source,
                )
            except Exception as fault:
                log.exception("upload.not_taken", extra={"object": row["name"], "reason": repr(fault)})
            else:
                found += 1
    return found
