"""Workers that died: put their jobs back in line, or fail them when the retries are used up."""

from __future__ import annotations

import logging
from typing import Any

from aisubs.model.errors import Unavailable
from aisubs.pipeline.await_start import may_be_lost
from aisubs.pipeline.jobs import Jobs
from aisubs.ports import Runner

log = logging.getLogger(__name__)


def recover_stale(
    *, jobs: Jobs, batch: int, stale_after_s: float, max_retries: int, retry_backoff_s: float
) -> list[dict[str, Any]]:
    """Jobs without a sign of life for `stale_after_s`, and dispatches that nobody claimed in time."""
    recovered = jobs.recover_stale(
        batch=batch, stale_after_s=stale_after_s, max_retries=max_retries, retry_backoff_s=retry_backoff_s
    )
    for row in recovered:
        log.warning("job.recovered", extra={"job_id": row["job_id"], "status": row["status"]})
    return recovered


def reconcile_executions(
    *,
    jobs: Jobs,
    runner: Runner,
    silent_for_s: float,
    max_retries: int,
    retry_backoff_s: float,
    dispatch_deadline_s: float,
    gpu_patience_s: float,
    batch: int = 100,
) -> int:
    """Ask the runner about quiet workers, so that a known death need not wait for the silence to grow long.

    Also finds the execution of a dispatch whose answer was lost, and lets one that waits for a machine wait
    (aisubs/pipeline/await_start.py). Returns how many jobs were put back as lost, which may count as a retry.
    """
    put_back = 0
    for row in jobs.list_processing(silent_for_s, batch):
        job_id, execution_name = row["job_id"], row["execution_name"]
        try:
            if execution_name is None:
                execution_name = runner.find(row["dispatch_id"])
                if execution_name is None:
                    continue  # the dispatch deadline decides
                jobs.record_execution(job_id, row["dispatch_id"], execution_name)
            state = runner.state(execution_name)
            if row["starting"]:
                lost = may_be_lost(row, execution_name, state, jobs, runner, dispatch_deadline_s, gpu_patience_s)
            else:
                lost = state.over
            if not lost:
                continue
        except Unavailable as fault:
            log.warning("runner.unavailable", extra={"job_id": job_id, "reason": fault.reason})
            return put_back
        status = jobs.worker_died(
            job_id, execution_name, max_retries, retry_backoff_s, runner.last_words(execution_name)
        )
        if status is not None:
            put_back += 1
            log.warning("job.worker_died", extra={"job_id": job_id, "execution": execution_name, "status": status})
    return put_back
