"""What people do with jobs, their own and strangers'; what time does; and what a link shows."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from aisubs.pipeline.jobs import Holder, hash_token
from tests.state_machine.known import JOBS_PER_DAY, JUMPS_S, PEOPLE, QUEUE_CAPACITY, RETENTION_S, SHARE_S, Known, Person
from tests.state_machine.oracle_people import Objects
from tests.state_machine.rules import Rules, chosen, people, picks, seldom

OWNERS = st.sampled_from([person for person in PEOPLE if person.owner_id in ("account:four", "machine")])


def named(objects: list[dict[str, object]]) -> set[tuple[object, object]]:
    return {(one["name"], one["generation"]) for one in objects}


class PeopleRules(Rules):
    """Whoever asks is mostly somebody who holds the job."""

    def _asking(self, job: Known, person: Person, pick: int) -> Person:
        holders = [one for one in PEOPLE if one.holds(job)]
        return chosen(holders, pick) if holders and pick % 4 else person

    @precondition(lambda self: self.has_jobs)
    @rule(pick=picks, person=people, running=st.booleans(), lost=seldom)
    def cancel(self, pick: int, person: Person, running: bool, lost: bool) -> None:
        job = self.job(pick)
        asking = self._asking(job, person, pick)
        self.both(
            "cancel_job",
            lambda: self.place.jobs.cancel_job(job.job_id, asking.holder, running),
            lambda: self.oracle.cancel(job.job_id, asking, running),
            lost,
            lambda job: job.status.value,
        )

    @precondition(lambda self: self.has_jobs)
    @rule(pick=picks, person=people, lost=seldom)
    def retry(self, pick: int, person: Person, lost: bool) -> None:
        job = self.job(pick, "failed", "cancelled")
        asking = self._asking(job, person, pick)
        self.both(
            "retry_job",
            lambda: self.place.jobs.retry_job(
                job.job_id, asking.holder, QUEUE_CAPACITY, address=asking.address, jobs_per_day=JOBS_PER_DAY
            ),
            lambda: self.oracle.retry(job.job_id, asking),
            lost,
            lambda job: job.status.value,
        )

    @precondition(lambda self: self.has_jobs)
    @rule(pick=picks, person=people, lost=seldom)
    def delete(self, pick: int, person: Person, lost: bool) -> None:
        job = self.job(pick, "completed", "failed", "cancelled")
        asking = self._asking(job, person, pick)
        objects = self.both(
            "delete_job",
            lambda: self.place.jobs.delete_job(job.job_id, asking.holder),
            lambda: set(self.oracle.delete(job.job_id, asking)),
            lost,
            named,
        )
        if objects is not None:
            self._are_gone([(one["name"], one["generation"]) for one in objects])

    def _are_gone(self, objects: Objects) -> None:
        for name, generation in objects:
            if generation is None or self.oracle.store.get(name) == generation:
                self.oracle.store.pop(name, None)

    @precondition(lambda self: self.has_jobs)
    @rule(pick=picks, person=people, keep=st.booleans(), lost=seldom)
    def keep(self, pick: int, person: Person, keep: bool, lost: bool) -> None:
        job = self.job(pick)
        asking = self._asking(job, person, pick)
        self.both(
            "update_job",
            lambda: self.place.jobs.update_job(job.job_id, asking.holder, {"keep": keep}),
            lambda: self.oracle.keep(job.job_id, asking, keep),
            lost,
            lambda job: job.kept,
        )

    @rule(person=people, owner=OWNERS)
    def take_an_anonymous_library_along(self, person: Person, owner: Person) -> None:
        self.both(
            "claim_jobs",
            lambda: self.place.jobs.claim_jobs(person.holder, owner.owner_id or "", revoke=False),
            lambda: self.oracle.claim_library(person, owner.owner_id or ""),
        )

    # ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.has_jobs)
    @rule(pick=picks, person=people)
    def look_at_a_job(self, pick: int, person: Person) -> None:
        job = self.job(pick)
        self.both(
            "get_job",
            lambda: self.place.jobs.get_job(job.job_id, person.holder),
            lambda: self.oracle.held(job.job_id, person).status,
            as_expected=lambda job: job.status.value,
        )

    @rule(person=people)
    def look_at_the_library(self, person: Person) -> None:
        self.both(
            "list_jobs",
            lambda: self.place.jobs.list_jobs(person.holder, 1, 100),
            lambda: self.oracle.library(person),
            as_expected=lambda rows: {row["job_id"] for row in rows},
        )

    @precondition(lambda self: self.has_jobs)
    @rule(pick=picks, person=people, ends=st.booleans(), lost=seldom)
    def share(self, pick: int, person: Person, ends: bool, lost: bool) -> None:
        job, token, lasts_s = self.job(pick), self.new_id(), SHARE_S if ends else None
        asking = self._asking(job, person, pick)
        made = self.both(
            "create_share",
            lambda: self.place.jobs.create_share(
                job.job_id, asking.holder, hash_token(token), lasts_s, include_media=True
            ),
            lambda: self.oracle.share(job.job_id, asking, token, lasts_s),
            lost,
            lambda made: None,
        )
        if made is not None:
            self.oracle.shares[token].share_id = made["share_id"]

    @precondition(lambda self: self.oracle.shares)
    @rule(pick=picks, person=people, lost=seldom)
    def revoke(self, pick: int, person: Person, lost: bool) -> None:
        share = chosen(list(self.oracle.shares.values()), pick)
        job = self.oracle.jobs.get(share.job_id)
        asking = person if job is None else self._asking(job, person, pick)
        self.both(
            "revoke_share",
            lambda: self.place.jobs.revoke_share(share.job_id, asking.holder, share.share_id),
            lambda: self.oracle.revoke(share, asking),
            lost,
        )

    @precondition(lambda self: self.oracle.shares)
    @rule(pick=picks, lost=seldom)
    def open_a_link(self, pick: int, lost: bool) -> None:
        share = chosen(list(self.oracle.shares.values()), pick)
        self.both(
            "open_share",
            lambda: self.place.jobs.open_share(Holder.of([share.token])),
            lambda: self.oracle.open_share(share),
            lost,
            lambda opened: opened["job_id"],
        )

    @precondition(lambda self: self.oracle.shares)
    @rule(pick=picks)
    def read_by_a_link(self, pick: int) -> None:
        share = chosen(list(self.oracle.shares.values()), pick)
        self.both(
            "get_job",
            lambda: self.place.jobs.get_job(share.job_id, Holder.of([share.token])),
            lambda: self.oracle.seen_by_share(share),
            as_expected=lambda job: job.status.value,
        )

    # ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(seconds=st.sampled_from(JUMPS_S))
    def time_passes(self, seconds: int) -> None:
        self.place.passes(seconds)
        self.oracle.now_s += seconds

    @rule(lost=seldom)
    def a_sweep_ends_uploads(self, lost: bool) -> None:
        self.both(
            "expire_uploads",
            lambda: self.place.jobs.expire_uploads(100),
            self.oracle.expire_uploads,
            lost,
            lambda rows: {row["job_id"] for row in rows},
        )

    @rule(finishes=st.booleans(), lost=seldom)
    def retention(self, finishes: bool, lost: bool) -> None:
        """Not every run comes to its end: what it buried, the next one finds."""
        tombs = self.both(
            "expire_jobs",
            lambda: self.place.jobs.expire_jobs(RETENTION_S / 3600, 100),
            lambda: {job_id: set(objects) for job_id, objects in self.oracle.expire_jobs().items()},
            lost,
            lambda rows: {row["job_id"]: named(row["objects"]) for row in rows},
        )
        for tomb in tombs or [] if finishes else []:
            self._are_gone([(one["name"], one["generation"]) for one in tomb["objects"]])
            self.both(
                "forget_job",
                lambda: self.place.jobs.forget_job(tomb["job_id"]),  # noqa: B023
                lambda: self.oracle.forget(tomb["job_id"]),  # noqa: B023
                lost,
            )
