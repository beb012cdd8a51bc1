"""That a job has changed: all that a live update says."""

from __future__ import annotations

from dataclasses import dataclass

from aisubs.model.job import Job


@dataclass(frozen=True, slots=True)
class Change:
    """A job has a new version. A hint: whoever cares asks the job book."""

    job_id: str
    version: int
    status: str
    """One of `Status`, or "deleted"; on the topic of a share also "revoked"."""
    topic: str
    """The channel it was said on: whoever knows its name may hear it."""
    stage: str | None = None
    progress: int = 0
    """Whole percent."""

    @property
    def on_own_topic(self) -> bool:
        """Once for each change. Every share of a job has a topic of its own, on which the same is said."""
        return self.topic.startswith("job:")

    @staticmethod
    def of(job: Job) -> Change:
        """As it would be announced."""
        return Change(job.job_id, job.version, job.status, job.watch_topic or "", job.progress_stage, job.progress)
