"""What the people behind a job may do, what the sweeps do with its age, and what a link shows."""

from __future__ import annotations

from tests.state_machine.known import ENDED_UPLOADS_S, OVER, RETENTION_S, Known, Person, Refusal, Share
from tests.state_machine.oracle_worker import OracleOfWorkers

Objects = list[tuple[str, int | None]]


class OracleOfPeople(OracleOfWorkers):
    """As aisubs/pipeline/jobs/owner.py, library.py, shares.py and upkeep.py."""

    def cancel(self, job_id: str, person: Person, running: bool) -> str:
        job = self.held(job_id, person)
        if job.status in ("uploading", "pending") or (job.status == "processing" and running):
            job.move("cancelled")
        elif job.status == "processing":
            raise Refusal("not_cancellable")
        elif job.status != "cancelled":
            raise Refusal("already_over")
        return job.status

    def retry(self, job_id: str, person: Person) -> str:
        job = self.held(job_id, person)
        lasting = job.error_code in ("source_gone", "superseded")
        if job.status not in ("failed", "cancelled") or job.generation is None or lasting:
            raise Refusal("not_retryable")
        if job.source == "web":
            self.admit(person.sender)
            self.admit_day(person.sender, 1, 0)
        job.move("pending")
        job.retry_count = job.fruitless_releases = job.returned_dispatches = 0
        job.sender = person.sender if job.source == "web" else None
        return job.status

    def delete(self, job_id: str, person: Person) -> Objects:
        job = self.held(job_id, person)
        if job.status == "processing":
            raise Refusal("not_cancellable")
        if job.status not in OVER:
            raise Refusal("illegal_move")
        self.bury(job)
        return self.objects_of(job)

    def keep(self, job_id: str, person: Person, keep: bool) -> bool:
        job = self.held(job_id, person)
        if job.kept and not keep:
            job.unkept_s = self.now_s
        job.kept = keep
        return keep

    def claim_library(self, person: Person, owner_id: str) -> int:
        """What is nobody's, or an anonymous library's, becomes the owner's."""
        taken = [
            job
            for job in self.jobs.values()
            if person.holds(job) and not job.deleted and job.owner_id != owner_id
            and (job.owner_id is None or job.owner_id.startswith("library:"))
        ]  # fmt: skip
        for job in taken:
            job.owner_id = owner_id
        return len(taken)

    # ── links ────────────────────────────────────────────────────────────────────────────────────────────────────

    def share(self, job_id: str, person: Person, token: str, lasts_s: float | None) -> None:
        self.held(job_id, person)
        if token not in self.shares:
            self.shares[token] = Share("", job_id, token, None if lasts_s is None else self.now_s + lasts_s)

    def revoke(self, share: Share, person: Person) -> None:
        self.held(share.job_id, person)
        share.revoked = True

    def _is_over(self, share: Share) -> bool:
        return share.revoked or (share.ends_s is not None and share.ends_s <= self.now_s)

    def open_share(self, share: Share) -> str:
        """The job that it leads to."""
        job = self.jobs.get(share.job_id)
        if job is None or job.deleted or self._is_over(share):
            raise Refusal("share_over")
        share.opened += 1
        return share.job_id

    def seen_by_share(self, share: Share) -> str:
        job = self.jobs.get(share.job_id)
        if job is None:
            raise Refusal("job_not_found")
        if job.deleted or self._is_over(share):
            raise Refusal("share_over")
        return job.status

    # ── age ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def expire_uploads(self) -> set[str]:
        late = [j for j in self.jobs.values() if j.status == "uploading" and j.upload_deadline_s < self.now_s]
        for job in late:
            job.move("cancelled", "upload_expired")
        return {job.job_id for job in late}

    def expire_jobs(self) -> dict[str, Objects]:
        """All tombstones, with what goes with each."""
        for job in sorted(self.jobs.values(), key=lambda one: one.order):
            if self._is_past(job):
                if job.status in ("uploading", "pending"):
                    job.move("cancelled")
                self.bury(job)
        for job_id, ended_s in list(self.ended.items()):
            if ended_s <= self.now_s - ENDED_UPLOADS_S:
                del self.ended[job_id]
        return {job.job_id: self.objects_of(job) for job in self.jobs.values() if job.deleted}

    def _is_past(self, job: Known) -> bool:
        from_s = job.created_s if job.unkept_s is None else job.unkept_s
        past = job.created_s < self.now_s - RETENTION_S and from_s + RETENTION_S < self.now_s
        return past and not (job.deleted or job.kept or job.status == "processing")

    def forget(self, job_id: str) -> None:
        job = self.jobs.get(job_id)
        if job is not None and job.deleted:
            del self.jobs[job_id]
            self.results.pop(job_id, None)
