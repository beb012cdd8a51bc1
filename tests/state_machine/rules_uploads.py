"""Recordings come: announced, sent, dropped; events come once, twice, late, out of order or never."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from aisubs.model.job import Job
from aisubs.pipeline.jobs import hash_token
from tests.state_machine.known import (
    BUCKET,
    BYTES_PER_DAY,
    DURATION_MS,
    JOBS_PER_DAY,
    LEASE_S,
    MACHINE,
    MAX_UPLOADS,
    PEOPLE,
    QUEUE_CAPACITY,
    SIZE_BYTES,
    UPLOAD_DEADLINE_S,
    UPLOADS_PER_OWNER,
    Known,
    Person,
)
from tests.state_machine.oracle_uploads import upload_name
from tests.state_machine.rules import Rules, chosen, contents, options, people, picks, seldom

DROPS = ("drops/one.mp4", "drops/two.mp4", "inbox/three.mp4")


class UploadRules(Rules):
    """`announcements`: all that were ever made; `sessions`: where they may be sent to; `landed`: every version of every
    object that ever lay in the bucket."""

    def __init__(self) -> None:
        super().__init__()
        self.announcements: list[tuple[str, Person, str | None, dict[str, Any]]] = []
        self.sessions: list[str] = []
        self.landed: list[tuple[str, int]] = []
        self.generation = 0

    @rule(person=people, video_hash=st.none() | contents, options=options, lost=seldom)
    def announce(self, person: Person, video_hash: str | None, options: dict[str, Any], lost: bool) -> None:
        self.announcements.append((self.new_id(), person, video_hash, options))
        self._offer(*self.announcements[-1], lost)

    @precondition(lambda self: any(job.announced for job in self.oracle.jobs.values()))
    @rule(pick=picks, lost=seldom)
    def announce_the_same_recording(self, pick: int, lost: bool) -> None:
        """Whoever has its text by then gets that: a twin."""
        known = [job for job in self.oracle.jobs.values() if job.announced and job.content] or self.announced_jobs()
        video_hash, options = chosen(known, pick).announced or (None, {})
        person = next(one for one in PEOPLE if chosen(known, pick).token_hash == hash_token(one.token))
        self.announcements.append((self.new_id(), person, video_hash, options))
        self._offer(*self.announcements[-1], lost)

    def announced_jobs(self) -> list[Known]:
        return [job for job in self.oracle.jobs.values() if job.announced]

    @precondition(lambda self: self.announcements)
    @rule(pick=picks)
    def announce_again(self, pick: int) -> None:
        self._offer(*chosen(self.announcements, pick))

    @precondition(lambda self: self.announcements)
    @rule(pick=picks, person=people)
    def announce_under_a_key_of_another(self, pick: int, person: Person) -> None:
        job_id, owner, video_hash, options = chosen(self.announcements, pick)
        self._offer(job_id, person, video_hash, options if person is not owner else {"language": "de"})

    def _offer(
        self, job_id: str, person: Person, video_hash: str | None, options: dict[str, Any], lost: bool = False
    ) -> None:
        job = self.both(
            "offer_upload",
            lambda: self.place.jobs.offer_upload(
                job_id=job_id, token_hash=hash_token(person.token), holder=person.holder.as_json(),
                filename="talk.mp4", file_size_bytes=SIZE_BYTES, content_type="video/mp4", bucket=BUCKET,
                object_name=upload_name(job_id), options=options, video_hash=video_hash,
                queue_capacity=QUEUE_CAPACITY, upload_deadline_s=UPLOAD_DEADLINE_S, address=person.address,
                uploads_per_owner=UPLOADS_PER_OWNER, max_uploads=MAX_UPLOADS, upload_lease_s=LEASE_S,
                jobs_per_day=JOBS_PER_DAY, bytes_per_day=BYTES_PER_DAY,
            ),
            lambda: self.oracle.offer(job_id, person, video_hash, options),
            lost,
            lambda job: job.status.value,
        )  # fmt: skip
        if job is not None and job.status == "uploading" and upload_name(job_id) not in self.sessions:
            self.sessions.append(upload_name(job_id))

    @precondition(lambda self: self.announcements)
    @rule(pick=picks, person=people, lost=seldom)
    def renew(self, pick: int, person: Person, lost: bool) -> None:
        job_id, owner, *_ = chosen(self.announcements, pick)
        asking = person if pick % 4 == 0 else owner
        self.both(
            "renew_upload",
            lambda: self.place.jobs.renew_upload(
                job_id, asking.holder, upload_lease_s=LEASE_S, upload_deadline_s=UPLOAD_DEADLINE_S,
                address=asking.address, jobs_per_day=JOBS_PER_DAY, bytes_per_day=BYTES_PER_DAY,
            ),
            lambda: self.oracle.renew(job_id, asking),
            lost,
            lambda upload: upload["object_name"],
        )  # fmt: skip

    @precondition(lambda self: self.announcements)
    @rule(pick=picks)
    def more_bytes_come(self, pick: int) -> None:
        name = upload_name(chosen(self.announcements, pick)[0])
        self.both(
            "touch_upload",
            lambda: self.place.jobs.touch_upload(BUCKET, name, LEASE_S, UPLOAD_DEADLINE_S),
            lambda: self.oracle.touch(name),
        )

    # ── what lands in the bucket ─────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.sessions)
    @rule(pick=picks, fit=st.sampled_from([True, True, True, False]), lost=seldom)
    def an_upload_arrives(self, pick: int, fit: bool, lost: bool) -> None:
        """Once: the session is over then."""
        name = chosen(self.sessions, pick)
        if name not in {landed for landed, _ in self.landed}:
            self._land(name, fit, lost)

    @rule(name=st.sampled_from(DROPS), fit=st.sampled_from([True, True, True, False]), lost=seldom)
    def a_recording_is_dropped(self, name: str, fit: bool, lost: bool) -> None:
        self._land(name, fit, lost)

    @rule(name=st.sampled_from(DROPS))
    def a_recording_is_dropped_and_its_event_is_lost(self, name: str) -> None:
        self.generation += 1
        self.oracle.store[name] = self.generation
        self.landed.append((name, self.generation))

    @precondition(lambda self: self.landed)
    @rule(pick=picks, fit=st.sampled_from([True, True, True, False]))
    def an_event_comes_again_or_late(self, pick: int, fit: bool) -> None:
        self._event(*chosen(self.landed, pick), fit)

    @rule()
    def a_sweep_finds_what_no_row_knows(self) -> None:
        lying = [(n, g) for n, g in self.oracle.store.items() if not n.startswith(("uploads/", "results/"))]
        known = {(job.object_name, job.generation) for job in self.oracle.jobs.values()}
        unknown = self.both(
            "unknown_objects",
            lambda: self.place.jobs.unknown_objects(BUCKET, [{"name": n, "generation": g} for n, g in lying]),
            lambda: {one for one in lying if one not in known},
            as_expected=lambda rows: {(row["name"], row["generation"]) for row in rows},
        )
        for row in unknown or []:
            self._event(row["name"], row["generation"], fit=True)

    def _land(self, name: str, fit: bool, lost: bool) -> None:
        self.generation += 1
        self.oracle.store[name] = self.generation
        self.landed.append((name, self.generation))
        self._event(name, self.generation, fit, lost)

    def _event(self, name: str, generation: int, fit: bool, lost: bool = False) -> None:
        """As aisubs/pipeline/receive_upload.py: only what lies there is looked at, unless it was just now replaced."""
        lies = self.oracle.store.get(name) == generation
        replaced = any(job.object_name == name and not job.deleted for job in self.oracle.jobs.values())
        if not lies and not (replaced and name in DROPS):
            return
        if name.startswith("uploads/") and not self._is_waited_for(name, generation):
            return
        function, new = "receive_upload" if fit else "refuse_upload", self.new_id()
        source, owner_id = ("folder", MACHINE.owner_id) if name.startswith("inbox/") else ("bucket", None)
        landed = {
            "bucket": BUCKET, "object_name": name, "generation": generation, "file_size_bytes": SIZE_BYTES,
            "content_type": "video/mp4", "crc32c": "AAAAAA==", "duration_ms": DURATION_MS if fit else None,
            "filename": "talk.mp4", "source": source, "token_hash": None, "owner_id": owner_id, "options": {},
        }  # fmt: skip
        if not fit:
            landed |= {"error_code": "not_media", "error_message": "No."}
        before = set(self.oracle.jobs)
        job = self.both(
            function,
            lambda: getattr(self.place.jobs, function)(**landed),
            lambda: self.oracle.land(name, generation, new, fit, source, owner_id),
            lost,
            lambda job: job and (job.job_id if job.job_id in before else new),
        )
        self._name_new(new, name, generation, job)
        if not fit and name.startswith("uploads/") and (job is None or job.error_code == "not_media"):
            self.oracle.store.pop(name, None)

    def _is_waited_for(self, name: str, generation: int) -> bool:
        announced = self.both(
            "find_announced",
            lambda: self.place.jobs.find_announced(BUCKET, name, generation),
            lambda: self.oracle.announced_for(name, generation),
            as_expected=lambda found: found and (found["job_id"], found["ended"]),
        )
        if announced is not None and announced["ended"]:
            self.oracle.store.pop(name, None)
        return announced is not None and not announced["ended"]

    def _name_new(self, new: str, name: str, generation: int, job: Job | None) -> None:
        """The database has chosen the id of a dropped job; the oracle called it something else."""
        if new not in self.oracle.jobs:
            return
        named = "select job_id::text as id from aisubs.transcription_jobs where object_name = %s and generation = %s"
        known = self.oracle.jobs.pop(new)
        known.job_id = job.job_id if job is not None else self.place.sql(named, name, generation)[0]["id"]
        self.oracle.jobs[known.job_id] = known
