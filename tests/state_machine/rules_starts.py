"""From the line to a worker, and the sweep that looks for what is lost on the way or later."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.state_machine.known import (
    BACKOFF_S,
    CONCURRENCY,
    DISPATCH_DEADLINE_S,
    MAX_RETRIES,
    STALE_AFTER_S,
    STUCK_AFTER_S,
    Claimed,
    Dispatched,
)
from tests.state_machine.rules import Rules, chosen, picks, seldom

executions = st.sampled_from(["worker-1", "worker-2", "worker-3"])
RETRIES = {"max_retries": MAX_RETRIES, "retry_backoff_s": BACKOFF_S}


class StartRules(Rules):
    """From the line to a worker."""

    @rule(lost=seldom)
    def dispatch(self, lost: bool) -> None:
        begun = self.both(
            "begin_dispatch",
            lambda: self.place.jobs.begin_dispatch(CONCURRENCY, DISPATCH_DEADLINE_S),
            self.oracle.begin_dispatch,
            lost,
            lambda begun: begun and begun["job_id"],
        )
        if begun is not None:
            self.oracle.jobs[begun["job_id"]].dispatch_id = begun["dispatch_id"]
            self.given.dispatches.append(Dispatched(begun["job_id"], begun["dispatch_id"]))

    @precondition(lambda self: self.given.dispatches)
    @rule(pick=picks)
    def a_start_waits_for_a_machine(self, pick: int) -> None:
        one = self._dispatched(pick)
        self.both(
            "await_start",
            lambda: self.place.jobs.await_start(one.job_id, one.dispatch_id, DISPATCH_DEADLINE_S),
            lambda: self.oracle.await_start(one.job_id, one.dispatch_id),
            as_expected=lambda waited_s: waited_s is not None,
        )

    @precondition(lambda self: self.given.dispatches)
    @rule(pick=picks, execution=executions, lost=seldom)
    def the_runner_names_the_execution(self, pick: int, execution: str, lost: bool) -> None:
        one = self._dispatched(pick)
        self.both(
            "record_execution",
            lambda: self.place.jobs.record_execution(one.job_id, one.dispatch_id, execution),
            lambda: self.oracle.record_execution(one.job_id, one.dispatch_id, execution),
            lost,
        )

    @precondition(lambda self: self.given.dispatches)
    @rule(pick=picks, lost=seldom)
    def no_machine_is_free(self, pick: int, lost: bool) -> None:
        one = self._dispatched(pick)
        self.both(
            "return_dispatch",
            lambda: self.place.jobs.return_dispatch(one.job_id, one.dispatch_id, BACKOFF_S),
            lambda: self.oracle.return_dispatch(one.job_id, one.dispatch_id),
            lost,
        )

    @precondition(lambda self: self.given.dispatches)
    @rule(pick=picks, execution=executions, lost=seldom)
    def a_started_worker_claims(self, pick: int, execution: str, lost: bool) -> None:
        one = self._dispatched(pick)
        claim = self.both(
            "claim_job",
            lambda: self.place.jobs.claim_job(one.job_id, one.dispatch_id, execution),
            lambda: self.oracle.claim(one.job_id, one.dispatch_id, execution),
            lost,
            lambda claim: claim and claim.fence,
        )
        if claim is not None:
            self.given.claims.append(Claimed(claim.job_id, claim.fence, execution))

    @rule(execution=executions, lost=seldom)
    def a_worker_takes_the_next(self, execution: str, lost: bool) -> None:
        self._claim_next(execution, lost)

    def _claim_next(self, execution: str, lost: bool = False) -> None:
        claim = self.both(
            "claim_next_job",
            lambda: self.place.jobs.claim_next_job(CONCURRENCY, execution),
            lambda: self.oracle.claim_next(execution),
            lost,
            lambda claim: claim and (claim.job_id, claim.fence),
        )
        if claim is not None:
            self.given.claims.append(Claimed(claim.job_id, claim.fence, execution))

    def _dispatched(self, pick: int) -> Dispatched:
        """The newest is asked after most."""
        return self.given.dispatches[-1] if pick % 2 else chosen(self.given.dispatches, pick)

    @rule(lost=seldom)
    def a_sweep_looks_for_lost_workers(self, lost: bool) -> None:
        self.both(
            "recover_stale",
            lambda: self.place.jobs.recover_stale(
                batch=10, stale_after_s=STALE_AFTER_S, stuck_after_s=STUCK_AFTER_S, **RETRIES
            ),
            self.oracle.recover_stale,
            lost,
            lambda rows: {(row["job_id"], row["status"]) for row in rows},
        )

    @precondition(lambda self: self.has_jobs)
    @rule(pick=picks, execution=executions, lost=seldom)
    def the_runner_knows_of_a_death(self, pick: int, execution: str, lost: bool) -> None:
        job = self.job(pick, "processing")
        named = job.execution_name or job.claimed_by or execution
        self.both(
            "worker_died",
            lambda: self.place.jobs.worker_died(job.job_id, named, MAX_RETRIES, BACKOFF_S),
            lambda: self.oracle.worker_died(job.job_id, named),
            lost,
        )
