"""A worker that was asked for and has not claimed its job: is it waiting for a machine, or lost?

That no GPU is free shows in two ways: Cloud Run refuses the start, or accepts it and then has nothing to run it on. The
second is a state, not a failure: people see "waiting for GPU", and no retry is counted. Before another worker is
started for the job, this one is cancelled and seen to be over, so that nothing is left that could still start.
"""

from __future__ import annotations

import logging
from typing import Any

from aisubs.pipeline.dispatch_job import NO_CAPACITY_RETRY_S
from aisubs.pipeline.jobs import Jobs
from aisubs.ports import ExecutionState, Runner

log = logging.getLogger(__name__)


def may_be_lost(
    row: dict[str, Any],
    execution_name: str,
    state: ExecutionState,
    jobs: Jobs,
    runner: Runner,
    dispatch_deadline_s: float,
    gpu_patience_s: float,
) -> bool:
    """Whether this start has failed for another reason than want of a machine; if so it is over.

    `row` is one of `list_processing`. A start that waits goes on waiting until `gpu_patience_s` have passed over all
    dispatches of the job; then it is cancelled and the job is in line again, at once, without a counted retry.
    """
    job_id, dispatch_id = row["job_id"], row["dispatch_id"]
    if state is ExecutionState.UNSTARTED:
        log.warning("dispatch.unstarted", extra={"job_id": job_id, "execution": execution_name})
        jobs.return_dispatch(job_id, dispatch_id, NO_CAPACITY_RETRY_S)
        return False
    if state is ExecutionState.WAITING:
        waited_s = jobs.await_start(job_id, dispatch_id, dispatch_deadline_s)
        if waited_s is not None and waited_s >= gpu_patience_s and _stopped(execution_name, runner):
            log.warning("dispatch.impatient", extra={"job_id": job_id, "execution": execution_name})
            jobs.return_dispatch(job_id, dispatch_id, 0.0)
        return False
    if state is ExecutionState.GONE:
        return True
    # It runs, as far as anybody knows, and has not said a word.
    return bool(row["overdue"]) and (_stopped(execution_name, runner) or state is ExecutionState.UNKNOWN)


def _stopped(execution_name: str, runner: Runner) -> bool:
    """Cancel it and see that it is over. False: not yet; the next round asks again, and until then it has its slot."""
    runner.cancel(execution_name)
    return runner.state(execution_name).over
