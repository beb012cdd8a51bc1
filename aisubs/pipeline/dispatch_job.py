"""Woken: start workers while jobs wait and slots are free.

`run_job` has no idempotency key, so it is called once per dispatch. Whatever happens to its answer, the row knows the
dispatch, the worker's claim decides, and the sweep puts right what was lost in between.
"""

from __future__ import annotations

import logging

from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Jobs
from aisubs.ports import Runner

log = logging.getLogger(__name__)

NO_CAPACITY_RETRY_S = 20.0
"""First wait after "no machine is free"; the SQL doubles it with each further one."""


def dispatch_jobs(
    *,
    jobs: Jobs,
    runner: Runner,
    concurrency: int,
    dispatch_deadline_s: float,
    overflow: Runner | None = None,
    gpu_patience_s: float | None = None,
    daily_gpu_seconds: float | None = None,
) -> list[str]:
    """Start as many workers as may run now; returns their job ids. Safe to run at the same time elsewhere.

    None once workers have had `daily_gpu_seconds` today. A job that has waited for a machine for `gpu_patience_s` is
    started by `overflow`, if there is one.
    """
    started: list[str] = []
    patience_s = gpu_patience_s if overflow else None
    while (
        dispatch := jobs.begin_dispatch(concurrency, dispatch_deadline_s, patience_s, daily_gpu_seconds)
    ) is not None:
        job_id, dispatch_id = dispatch["job_id"], dispatch["dispatch_id"]
        starter = overflow if overflow and dispatch["overflow"] else runner
        try:
            execution_name = starter.start(job_id, dispatch_id)
        except AisubsError as fault:
            log.warning("dispatch.refused", extra={"job_id": job_id, "error_code": fault.code, "reason": fault.reason})
            if fault.code == "no_capacity":
                jobs.return_dispatch(job_id, dispatch_id, NO_CAPACITY_RETRY_S)
            # Any other fault may hide a started worker: the row keeps its slot until that worker claims it or the
            # dispatch deadline passes. Starting another one now could run the job twice.
            break
        jobs.record_execution(job_id, dispatch_id, execution_name)
        log.info("dispatch.started", extra={"job_id": job_id, "execution": execution_name})
        started.append(job_id)
    return started
