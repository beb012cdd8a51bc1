"""The worker: claim a job, carry it to its end, take the next one, until nothing waits or the time is used up.

Every end is written into the job book: completed, failed, handed over. The process ends with 0 whenever that worked, so
that a failed execution means one thing only: its outcome could not be recorded.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import asdict, dataclass

from aisubs.media.probe import Limits
from aisubs.model.errors import AisubsError, LostLease, error
from aisubs.model.job import Source, Stage
from aisubs.model.speech_model import shown_model
from aisubs.pipeline.batches import widest_batch
from aisubs.pipeline.heartbeat import Lease, beating
from aisubs.pipeline.identify import hashing
from aisubs.pipeline.jobs import Claim, Jobs
from aisubs.pipeline.mirror_results import mirror_finished
from aisubs.pipeline.receive_upload import wake
from aisubs.pipeline.send_pushes import PushSender
from aisubs.pipeline.transcribe_job import HandOver, transcribe_job
from aisubs.pipeline.write_results import write_results
from aisubs.ports import Engine, Mirror, Notifier, Queue, Runner, Store
from aisubs.settings import Settings

log = logging.getLogger(__name__)

_FRESH_START_CODES = frozenset({"engine_failed", "internal", "model_missing"})
"""After these the next job gets a new process: a CUDA error stays with the old one, a missing model stays missing."""


LONG_RECORDING_MS = 600_000

_LOOK_UP_S = 0.2


class EngineShelf:
    """The one loaded engine. Another model takes its place: two may not fit on the device."""

    def __init__(self, load: Callable[[str | None], Engine]) -> None:
        self._load = load
        self._name: str | None = None
        self._engine: Engine | None = None

    def take(self, name: str | None) -> Engine:
        """The engine for a job's `model` option; None is the worker's own. Raises `model_missing`."""
        if self._engine is None or name != self._name:
            self._engine = None
            self._engine = self._load(name)
            self._name = name
        return self._engine


@dataclass(frozen=True, slots=True)
class Worker:
    """What every step of the work needs."""

    jobs: Jobs
    store: Store
    queue: Queue
    mirror: Mirror | None
    limits: Limits
    settings: Settings
    engines: EngineShelf
    stop: threading.Event
    notifier: Notifier | None = None


def work(worker: Worker, execution_name: str) -> int:
    """Run until nothing is to be had or `stop` is set (SIGTERM, or the soft deadline). Returns the exit code.

    The first job is the one of `JOB_ID` and `DISPATCH_ID`, when they are set; further ones are taken from the line.
    """
    settings, lease = worker.settings, Lease(worker.settings.stale_after_s)
    overtime = threading.Timer(max(0.0, settings.task_timeout_s - settings.soft_deadline_margin_s), worker.stop.set)
    overtime.daemon = True
    overtime.start()
    try:
        claim = _first_claim(worker, lease, execution_name)
        with PushSender(worker.jobs, worker.notifier) as pushes:
            while claim is not None:
                fit = carry(worker, claim)
                pushes.wake()
                if not fit or worker.stop.is_set():
                    wake(worker.queue, f"after-{claim.job_id}-{claim.fence}")
                    break
                lease.renew()
                claim = lease.insist(lambda: worker.jobs.claim_next_job(settings.concurrency, execution_name))
    except AisubsError as fault:
        log.exception("outcome.not_recorded", extra={"error_code": fault.code})
        return 1
    finally:
        overtime.cancel()
    return 0


def _first_claim(worker: Worker, lease: Lease, execution_name: str) -> Claim | None:
    settings = worker.settings
    if not (settings.job_id and settings.dispatch_id):
        return lease.insist(lambda: worker.jobs.claim_next_job(settings.concurrency, execution_name))
    job_id, dispatch_id = settings.job_id, settings.dispatch_id
    claim = lease.insist(lambda: worker.jobs.claim_job(job_id, dispatch_id, execution_name))
    if claim is None:
        log.info("job.not_ours", extra={"job_id": job_id})
    return claim


def carry(worker: Worker, claim: Claim) -> bool:
    """Carry one claimed job to its end and record that. True when this process is fit for another job.

    Raises `database_unavailable` when the outcome could not be recorded.
    """
    fields = {"job_id": claim.job_id, "fence": claim.fence}
    log.info("job.claimed", extra={**fields, "windows": claim.windows, "source": claim.source})
    every_s, stale_s = worker.settings.heartbeat_s, worker.settings.stale_after_s
    with beating(worker.jobs, claim, every_s=every_s, stale_after_s=stale_s) as lease:
        try:
            fit = _bring_to_an_end(worker, claim, lease)
        except LostLease:
            log.warning("job.lost", extra=fields)
            return True
    _mirror(worker, claim)
    return fit


def _bring_to_an_end(worker: Worker, claim: Claim, lease: Lease) -> bool:
    try:
        complete(worker, claim, lease)
    except LostLease:
        raise
    except HandOver:
        status = lease.insist(lambda: worker.jobs.release_job(claim.job_id, claim.fence))
        log.info("job.released", extra={"job_id": claim.job_id, "status": status})
        return False
    except AisubsError as fault:
        if fault.code == "database_unavailable":
            raise
        log.exception("job.failed", extra={"job_id": claim.job_id, "error_code": fault.code, "reason": fault.reason})
        _fail(worker, claim, lease, fault)
        return fault.code not in _FRESH_START_CODES
    except Exception as fault:
        log.exception("job.failed", extra={"job_id": claim.job_id, "error_code": "internal"})
        _fail(worker, claim, lease, error("internal", repr(fault)))
        return False
    log.info("job.completed", extra={"job_id": claim.job_id})
    return True


def _fail(worker: Worker, claim: Claim, lease: Lease, fault: AisubsError) -> None:
    settings = worker.settings
    lease.insist(
        lambda: worker.jobs.fail_job(
            claim.job_id,
            claim.fence,
            fault.code,
            fault.sentence,
            retryable=fault.retryable,
            max_retries=settings.max_retries,
            retry_backoff_s=settings.retry_backoff_s,
        )
    )


def complete(worker: Worker, claim: Claim, lease: Lease) -> None:
    """The way of a job that goes well: transcribe, write, publish; or take over the result of a twin."""
    with hashing(worker.store, claim) as content_sha256:
        if claim.twin and not claim.options.fresh and _adopt(worker, claim, lease, content_sha256):
            log.info("job.adopted", extra={"job_id": claim.job_id})
            return
        engine = worker.engines.take(claim.options.model)
        done = transcribe_job(
            claim,
            jobs=worker.jobs,
            store=worker.store,
            engine=engine,
            lease=lease,
            limits=worker.limits,
            widest=widest_batch(engine, worker.settings.batch_size),
            stop=worker.stop,
        )
        if done.audio_ms > LONG_RECORDING_MS:  # for shorter ones, writing is over before anybody could read of it
            lease.insist(lambda: worker.jobs.set_stage(claim.job_id, claim.fence, Stage.WRITING))
        transcript, files = write_results(
            claim,
            jobs=worker.jobs,
            store=worker.store,
            lease=lease,
            language=done.language,
            model=shown_model(engine.model),
        )
        lease.check()
        result = {
            "duration_ms": transcript.duration_ms,
            "content_sha256": content_sha256.result(),
            "files": files,
            "coverage": asdict(transcript.coverage) if transcript.coverage else None,
            "model": transcript.model,
            "audio_ms": done.audio_ms,
            "wall_ms": done.wall_ms,
        }
        lease.insist(lambda: worker.jobs.complete_job(claim.job_id, claim.fence, **result))


def _adopt(worker: Worker, claim: Claim, lease: Lease, content_sha256: Future[str]) -> bool:
    while not content_sha256.done():
        lease.check()
        if worker.stop.is_set():
            raise HandOver
        wait([content_sha256], _LOOK_UP_S)
    content = content_sha256.result()
    model = shown_model(claim.options.model or worker.settings.model)
    return lease.insist(lambda: worker.jobs.adopt_result(claim.job_id, claim.fence, content, model))


def _mirror(worker: Worker, claim: Claim) -> None:
    """Results of a dropped file go beside it at once; what fails here is done by the sweep."""
    if worker.mirror is None or claim.source not in (Source.BUCKET, Source.FOLDER):
        return
    try:
        mirror_finished(jobs=worker.jobs, store=worker.store, mirror=worker.mirror)
    except AisubsError as fault:
        log.warning("results.not_mirrored", extra={"job_id": claim.job_id, "error_code": fault.code})


def own_name(runner: Runner, dispatch_id: str | None) -> str:
    """What the runner calls this process, so that it can be asked after; else host and process id."""
    try:
        name = runner.find(dispatch_id) if dispatch_id else None
    except AisubsError as fault:
        log.warning("runner.unavailable", extra={"error_code": fault.code, "reason": fault.reason})
        name = None
    return name or f"{socket.gethostname()}:{os.getpid()}"
