"""What the oracle knows, and what its parts have in common: time, the line, quotas, whose a job is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tests.state_machine.known import (
    BYTES_PER_DAY,
    CONCURRENCY,
    JOBS_PER_DAY,
    QUEUE_CAPACITY,
    Known,
    Person,
    Refusal,
    Share,
)


@dataclass
class Counted:
    """What a sender has announced in a day."""

    jobs: int = 0
    bytes: int = 0


@dataclass
class Oracle:
    """`results`: by the job that has the row, the object, which is called after the job that made it. `store`: name and
    generation of what lies in the bucket. `ended`: announcements whose job is gone."""

    now_s: float = 0.0
    jobs: dict[str, Known] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    days: dict[tuple[int, str], Counted] = field(default_factory=lambda: defaultdict(Counted))
    store: dict[str, int] = field(default_factory=dict)
    day: int = 0
    made: int = 0
    dispatched: int = 0
    completed: int = 0

    # ── whose it is ──────────────────────────────────────────────────────────────────────────────────────────────

    def held(self, job_id: str, person: Person) -> Known:
        job = self.jobs.get(job_id)
        if job is None or job.deleted or not person.holds(job):
            raise Refusal("job_not_found")
        return job

    def library(self, person: Person) -> set[str]:
        return {job.job_id for job in self.jobs.values() if not job.deleted and person.holds(job)}

    # ── the line ─────────────────────────────────────────────────────────────────────────────────────────────────

    def count(self, *statuses: str) -> int:
        return sum(job.status in statuses for job in self.jobs.values())

    def due(self, job: Known) -> bool:
        return job.not_before_s is None or job.not_before_s <= self.now_s

    def next_in_line(self) -> Known | None:
        """Lanes take turns, the one that was served longest ago first."""
        waiting = [job for job in self.jobs.values() if job.status == "pending"]
        places: list[tuple[int, int, int, Known]] = []
        for lane in {job.lane for job in waiting}:
            mine = [job for job in self.jobs.values() if job.lane == lane]
            running = sum(job.status == "processing" for job in mine)
            served = max((job.dispatched or 0 for job in mine), default=0)
            own = sorted((j for j in waiting if j.lane == lane), key=lambda j: (not self.due(j), j.order))
            places += [(running + turn, served, job.order, job) for turn, job in enumerate(own) if self.due(job)]
        return min(places, key=lambda place: place[:3])[3] if places else None

    def take_next(self) -> Known | None:
        if self.count("processing") >= CONCURRENCY:
            return None
        job = self.next_in_line()
        if job is not None:
            job.move("processing")
            self.dispatched += 1
            job.starting, job.fence, job.dispatched = True, job.fence + 1, self.dispatched
        return job

    # ── quotas ───────────────────────────────────────────────────────────────────────────────────────────────────

    def admit(self, sender: str) -> None:
        """Who has nothing in line is taken until it is twice as long."""
        line = [job for job in self.jobs.values() if job.status in ("pending", "processing")]
        has_some = any(job.sender == sender for job in line)
        if len(line) >= QUEUE_CAPACITY * (1 if has_some else 2):
            raise Refusal("queue_full")

    def admit_day(self, sender: str, jobs: int, size_bytes: int) -> None:
        used = self.days[self.day, sender]
        if used.jobs + jobs > JOBS_PER_DAY:
            raise Refusal("day_used_up")
        if used.bytes + size_bytes > BYTES_PER_DAY:
            raise Refusal("bytes_used_up")
        used.jobs += jobs
        used.bytes += size_bytes

    # ── deletion ─────────────────────────────────────────────────────────────────────────────────────────────────

    def bury(self, job: Known) -> None:
        """Invisible from now on. What a living twin needs, the recording and the result, becomes the twin's."""
        living = [one for one in self.jobs.values() if not one.deleted and one is not job]
        twins = [one for one in living if job.result is not None and one.result == job.result]
        playable = any(one.generation is not None for one in twins)
        heirs = [one for one in twins if one.kept and one.generation is None]
        if job.generation is not None and heirs and not playable:
            heir = max(heirs, key=lambda one: one.order)
            heir.object_name, heir.generation = job.object_name, job.generation
            job.object_name = job.generation = None
        if job.result == job.job_id:
            if twins:
                heir = max(twins, key=lambda one: one.order)
                self.results[heir.job_id] = self.results.pop(job.job_id)
                for one in twins:
                    one.result = heir.job_id
                job.result = None
        else:
            job.result = None
        job.deleted = True
        if job.source == "web":
            self.ended[job.job_id] = self.now_s

    def objects_of(self, job: Known) -> list[tuple[str, int | None]]:
        """What goes with a tombstone: its recording, unless a living job has it, and its result."""
        objects: list[tuple[str, int | None]] = []
        if job.object_name is not None and not any(
            one.object_name == job.object_name and not one.deleted and one is not job for one in self.jobs.values()
        ):
            objects.append((job.object_name, None if job.object_name.startswith("uploads/") else job.generation))
        if job.job_id in self.results:
            objects.append((self.results[job.job_id], None))
        return objects


def result_key(job_id: str, fence: int) -> str:
    return f"results/{job_id}/{fence}/talk.srt"
