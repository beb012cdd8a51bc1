"""How jobs come into the book: announcements, what lands in the bucket, and signs of life in between."""

from __future__ import annotations

from typing import Any

from aisubs.pipeline.jobs import hash_token
from tests.state_machine.known import (
    LEASE_S,
    MAX_UPLOADS,
    SIZE_BYTES,
    UPLOAD_DEADLINE_S,
    UPLOADS_PER_OWNER,
    Known,
    Person,
    Refusal,
)
from tests.state_machine.oracle import Oracle


def upload_name(job_id: str) -> str:
    return f"uploads/{job_id}/source.mp4"


class OracleOfUploads(Oracle):
    """As aisubs/pipeline/jobs/uploads.py."""

    def new(self, job_id: str, status: str, source: str, options: dict[str, Any]) -> Known:
        self.made += 1
        job = Known(job_id, status, source, self.made, self.now_s, options)
        self.jobs[job_id] = job
        return job

    def offer(self, job_id: str, person: Person, video_hash: str | None, options: dict[str, Any]) -> str:
        """The status of the job."""
        known, said = self.jobs.get(job_id), (video_hash, options)
        if known is None and job_id in self.ended:
            raise Refusal("job_not_found")
        if known is not None:
            return self._offered_again(known, person, said)
        twin = self._twin(person, video_hash, options)
        if twin is None:
            self.admit(person.sender)
            self._admit_upload(person.sender)
        self.admit_day(person.sender, 1, SIZE_BYTES if twin is None else 0)
        job = self.new(job_id, "uploading" if twin is None else "completed", "web", options)
        job.owner_id, job.token_hash = person.owner_id, hash_token(person.token)
        job.video_hash, job.announced = video_hash, said
        if twin is None:
            job.object_name, job.sender = upload_name(job_id), person.sender
            self._alive(job)
        else:
            self.take_over(job, twin)
        return job.status

    def _offered_again(self, known: Known, person: Person, said: tuple[Any, ...]) -> str:
        if known.token_hash != hash_token(person.token) or known.deleted:
            raise Refusal("job_not_found")
        if known.announced != said:
            raise Refusal("key_reused")
        if known.status == "uploading":
            self.admit_day(known.sender or person.sender, 0, SIZE_BYTES)
        return known.status

    def _twin(self, person: Person, video_hash: str | None, options: dict[str, Any]) -> Known | None:
        twins = [
            job
            for job in self.jobs.values()
            if job.status == "completed" and not job.deleted and job.options == options and person.holds(job)
            and video_hash is not None and video_hash in (job.video_hash, job.content)
        ]  # fmt: skip
        return max(twins, key=lambda job: job.completed, default=None)

    def take_over(self, job: Known, twin: Known) -> None:
        """The job has the twin's result. (Whose row that is moves with every burial.)"""
        self.completed += 1
        job.content, job.result, job.windows = twin.content, twin.result, twin.windows
        job.cached, job.completed, job.progress_ms = True, self.completed, twin.progress_ms

    def _admit_upload(self, sender: str) -> None:
        live = [job for job in self.jobs.values() if job.status == "uploading" and job.upload_lease_s > self.now_s]
        if sum(job.sender == sender for job in live) >= UPLOADS_PER_OWNER or len(live) >= MAX_UPLOADS:
            raise Refusal("too_many_uploads")

    def _alive(self, job: Known) -> None:
        job.upload_lease_s = self.now_s + LEASE_S
        job.upload_deadline_s = max(job.upload_deadline_s, self.now_s + UPLOAD_DEADLINE_S)

    def renew(self, job_id: str, person: Person) -> str | None:
        """The name of the object."""
        job = self.held(job_id, person)
        if job.status != "uploading":
            raise Refusal("upload_gone")
        self.admit_day(job.sender or person.sender, 0, SIZE_BYTES)
        self._alive(job)
        return job.object_name

    def touch(self, name: str) -> bool:
        waiting = self._uploading(name)
        for job in waiting:
            self._alive(job)
        return bool(waiting)

    def _uploading(self, name: str) -> list[Known]:
        return [job for job in self.jobs.values() if job.object_name == name and job.status == "uploading"]

    # ── what lands ───────────────────────────────────────────────────────────────────────────────────────────────

    def announced_for(self, name: str, generation: int) -> tuple[str | None, bool] | None:
        """As `find_announced`: the job that waits for this object or has it; or that it comes too late."""
        named = [job for job in self.jobs.values() if job.object_name == name]
        for job in named:
            if not job.deleted and (job.status == "uploading" or job.generation == generation):
                return job.job_id, False
        return (None, True) if named or any(upload_name(job_id) == name for job_id in self.ended) else None

    def land(self, name: str, generation: int, job_id: str, fit: bool, source: str, owner_id: str | None) -> str | None:
        """The id of the job that has this object now; `job_id` is what a new row would be called."""
        for job in self._uploading(name):
            job.move("pending" if fit else "failed", None if fit else "not_media")
            if fit:
                job.generation = generation
            return job.job_id
        known = [job for job in self.jobs.values() if (job.object_name, job.generation) == (name, generation)]
        if known or name.startswith("uploads/"):
            return next((job.job_id for job in known if not job.deleted), None)
        job = self.new(job_id, "pending" if fit else "failed", source, {})
        job.object_name, job.generation, job.owner_id = name, generation, owner_id
        job.error_code = None if fit else "not_media"
        self._supersede(name)
        return job_id if job.error_code != "superseded" else None

    def _supersede(self, name: str) -> None:
        versions = [job for job in self.jobs.values() if job.object_name == name]
        newest = max(job.generation or 0 for job in versions if not job.deleted)
        for job in versions:
            if job.status in ("pending", "processing") and (job.generation or 0) < newest:
                job.move("cancelled", "superseded")
