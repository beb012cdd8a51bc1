"""The worker: claim a job, carry it to its end, take the next one, until nothing waits or the time is used up.

Every end is written into the job book: completed, failed, handed over. The process ends with 0 whenever that worked, so
that a failed execution means one thing only: its outcome could not be recorded.
"""

from __future__ import annotations

import logging
import os
import socket
import threading

from aisubs.heap import is_for_want_of_memory
from aisubs.model.errors import AisubsError, LostLease, error
from aisubs.model.job import Source
from aisubs.pipeline.complete import Worker, complete
from aisubs.pipeline.heartbeat import Lease, beating
from aisubs.pipeline.jobs import Claim
from aisubs.pipeline.mirror_results import mirror_finished
from aisubs.pipeline.receive_upload import wake
from aisubs.pipeline.send_pushes import PushSender
from aisubs.pipeline.transcribe_job import HandOver
from aisubs.pipeline.write_results import discard_results
from aisubs.ports import Runner
from aisubs.weights.mark import told_name

log = logging.getLogger(__name__)

_FRESH_START_CODES = frozenset(
    {"engine_failed", "internal", "out_of_memory", "model_missing", "no_model", "unknown_model"}
)
"""After these the next job gets a new process: a CUDA error stays with the old one, a missing model stays missing."""

OUT_OF_MEMORY_RETRIES = 1
"""What does not suffice for a single window seldom does a minute later; but another program may have had the memory."""


def work(worker: Worker, execution_name: str) -> int:
    """Run until nothing is to be had or `stop` is set (SIGTERM, or the soft deadline). Returns the exit code.

    The first job is the one of `JOB_ID` and `DISPATCH_ID`, when they are set; further ones are taken from the line.
    """
    settings, lease = worker.settings, Lease(worker.settings.stale_after_s)
    has_s = max(0.0, settings.task_timeout_s - settings.soft_deadline_margin_s)
    overtime = threading.Timer(has_s, _time_is_up, [worker])
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


def _time_is_up(worker: Worker) -> None:
    worker.out_of_time.set()
    worker.stop.set()


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
    except LostLease:  # and so nothing was published: that is the last thing it does
        discard_results(claim, worker.store)
        raise
    except HandOver:
        late = worker.out_of_time.is_set()
        status = lease.insist(lambda: worker.jobs.release_job(claim.job_id, claim.fence, out_of_time=late))
        log.info("job.released", extra={"job_id": claim.job_id, "status": status})
        return False
    except AisubsError as fault:
        if fault.code == "database_unavailable":
            raise
        log.exception("job.failed", extra={"job_id": claim.job_id, "error_code": fault.code, "reason": fault.reason})
        _fail(worker, claim, lease, fault)
        return fault.code not in _FRESH_START_CODES
    except Exception as fault:
        told = _told(fault, claim.options.model or worker.settings.model)
        log.exception("job.failed", extra={"job_id": claim.job_id, "error_code": told.code})
        _fail(worker, claim, lease, told)
        return False
    log.info("job.completed", extra={"job_id": claim.job_id})
    return True


def _told(fault: Exception, model: str) -> AisubsError:
    """Outside of the engine it is the machine that has no memory left."""
    if is_for_want_of_memory(fault):
        return error("out_of_memory", repr(fault), where="machine", model=told_name(model))
    return error("internal", repr(fault))


def _fail(worker: Worker, claim: Claim, lease: Lease, fault: AisubsError) -> None:
    settings = worker.settings
    most = OUT_OF_MEMORY_RETRIES if fault.code == "out_of_memory" else settings.max_retries
    lease.insist(
        lambda: worker.jobs.fail_job(
            claim.job_id,
            claim.fence,
            fault.code,
            fault.sentence,
            retryable=fault.retryable,
            max_retries=min(most, settings.max_retries),
            retry_backoff_s=settings.retry_backoff_s,
        )
    )


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
