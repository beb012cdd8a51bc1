"""From the line to a worker, what the worker may write, and how it ends."""

from __future__ import annotations

from tests.state_machine.known import (
    BACKOFF_S,
    DISPATCH_DEADLINE_S,
    DURATION_MS,
    LONGEST_RETURN_S,
    MAX_RETRIES,
    STALE_AFTER_S,
    STUCK_AFTER_S,
    UNKNOWN_START_S,
    WINDOW_MS,
    WINDOWS,
    Claimed,
    Known,
    Refusal,
)
from tests.state_machine.oracle import result_key
from tests.state_machine.oracle_uploads import OracleOfUploads


class OracleOfWorkers(OracleOfUploads):
    """As aisubs/pipeline/jobs/dispatch.py and worker.py."""

    def begin_dispatch(self) -> str | None:
        """Whose turn it is. (Its `dispatch_id` is the database's to choose, and told by whoever called.)"""
        job = self.take_next()
        if job is None:
            return None
        job.dispatch_deadline_s = self.now_s + DISPATCH_DEADLINE_S
        return job.job_id

    def _dispatched(self, job_id: str, dispatch_id: str) -> Known | None:
        job = self.jobs.get(job_id)
        current = job is not None and job.status == "processing" and job.dispatch_id == dispatch_id
        return job if current else None

    def await_start(self, job_id: str, dispatch_id: str) -> bool:
        job = self._dispatched(job_id, dispatch_id)
        if job is None or not job.starting:
            return False
        job.dispatch_deadline_s = self.now_s + DISPATCH_DEADLINE_S
        return True

    def record_execution(self, job_id: str, dispatch_id: str, execution: str) -> None:
        job = self._dispatched(job_id, dispatch_id)
        if job is not None:
            job.execution_name = execution

    def return_dispatch(self, job_id: str, dispatch_id: str) -> None:
        job = self._dispatched(job_id, dispatch_id)
        if job is not None and job.starting:
            job.move("pending")
            job.not_before_s = self.now_s + min(LONGEST_RETURN_S, BACKOFF_S * 2**job.returned_dispatches)
            job.returned_dispatches += 1

    def claim(self, job_id: str, dispatch_id: str, execution: str) -> int | None:
        """The fence."""
        job = self._dispatched(job_id, dispatch_id)
        if job is None or not (job.starting or job.claimed_by == execution):
            return None
        self._take(job, execution)
        return job.fence

    def claim_next(self, execution: str) -> tuple[str, int] | None:
        job = self.take_next()
        if job is None:
            return None
        self._take(job, execution)
        return job.job_id, job.fence

    def _take(self, job: Known, execution: str) -> None:
        job.starting, job.fence, job.claimed_by = False, job.fence + 1, execution
        job.last_seen_s = job.worked_s = self.now_s
        job.returned_dispatches, job.attempt_from_ms = 0, job.progress_ms

    # ── writes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def leased(self, claim: Claimed) -> Known:
        """The job, if this claim is the one that has it; everybody else is turned away."""
        job = self.jobs.get(claim.job_id)
        if job is None or job.fence != claim.fence or job.status != "processing" or job.starting:
            raise Refusal("lost_lease")
        job.last_seen_s = self.now_s
        return job

    def is_live(self, claim: Claimed) -> bool:
        job = self.jobs.get(claim.job_id)
        return job is not None and job.fence == claim.fence and job.status == "processing" and not job.starting

    def set_stage(self, claim: Claimed) -> None:
        self.leased(claim).worked_s = self.now_s

    def save(self, claim: Claimed, first: int, last: int) -> None:
        if self.is_live(claim) and first > self.jobs[claim.job_id].windows:
            raise Refusal("illegal_move")
        job = self.leased(claim)
        if last >= job.windows:
            job.windows, job.worked_s, job.fruitless_releases = last + 1, self.now_s, 0
            job.progress_ms = max(job.progress_ms, job.windows * WINDOW_MS)

    def discard(self, claim: Claimed) -> None:
        self.leased(claim).windows = 0

    def complete(self, claim: Claimed, content: str) -> None:
        if not self.is_live(claim):
            if self.results.get(claim.job_id) != result_key(claim.job_id, claim.fence):
                raise Refusal("lost_lease")
            return
        if self.jobs[claim.job_id].windows != WINDOWS:
            raise Refusal("incomplete")
        job = self.leased(claim)
        job.move("completed")
        self.completed += 1
        self.results[job.job_id] = result_key(job.job_id, claim.fence)
        job.content, job.result, job.completed, job.progress_ms = content, job.job_id, self.completed, DURATION_MS

    def adopt(self, claim: Claimed, content: str) -> bool:
        known = self.jobs.get(claim.job_id)
        if not self.is_live(claim):
            if known is None or known.fence != claim.fence or not known.cached or known.status != "completed":
                raise Refusal("lost_lease")
            return True
        job = self.leased(claim)
        twins = [
            one for one in self.jobs.values()
            if one.status == "completed" and not one.deleted and one.content == content
            and one.result == one.job_id and one.options == job.options and same_owner(one, job)
        ]  # fmt: skip
        if not twins:
            return False
        job.move("completed")
        self.take_over(job, max(twins, key=lambda one: one.completed))
        job.progress_ms = DURATION_MS
        return True

    def fail(self, claim: Claimed, retryable: bool) -> None:
        job = self.leased(claim)
        if retryable:
            self._retry_or_fail(job, "engine_failed")
        else:
            job.move("failed", "engine_failed")

    def release(self, claim: Claimed, out_of_time: bool) -> str:
        job = self.leased(claim)
        if out_of_time and job.fruitless_releases:
            job.move("failed", "no_progress")
        else:
            job.move("pending")
            job.fruitless_releases += out_of_time
        return job.status

    # ── workers that are gone ────────────────────────────────────────────────────────────────────────────────────

    def _retry_or_fail(self, job: Known, error_code: str) -> None:
        got_further = not job.starting and job.progress_ms > job.attempt_from_ms
        if not got_further and job.retry_count >= MAX_RETRIES:
            job.move("failed", error_code)
            return
        job.move("pending")
        job.not_before_s = None if got_further else self.now_s + BACKOFF_S * 2**job.retry_count
        job.retry_count = 0 if got_further else job.retry_count + 1

    def _lose(self, job: Known) -> str:
        self._retry_or_fail(job, "worker_start" if job.starting else "worker_died")
        return job.status

    def worker_died(self, job_id: str, execution: str) -> str | None:
        job = self.jobs.get(job_id)
        if job is None or job.status != "processing" or execution not in (job.execution_name, job.claimed_by):
            return None
        return self._lose(job)

    def recover_stale(self) -> set[tuple[str, str]]:
        lost = [job for job in self.jobs.values() if job.status == "processing" and self._is_lost(job)]
        return {(job.job_id, self._lose(job)) for job in lost}

    def _is_lost(self, job: Known) -> bool:
        if job.starting:
            grace_s = 0.0 if job.execution_name is None else UNKNOWN_START_S
            return job.dispatch_deadline_s < self.now_s - grace_s
        return job.last_seen_s < self.now_s - STALE_AFTER_S or job.worked_s < self.now_s - STUCK_AFTER_S


def same_owner(one: Known, other: Known) -> bool:
    if one.owner_id is not None or other.owner_id is not None:
        return one.owner_id == other.owner_id
    return one.token_hash == other.token_hash
