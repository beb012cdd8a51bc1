"""What people find beside their recordings. A file there that is not as we wrote it is a person's: never touched. So is
one with a text that somebody corrected in the page, except by corrections of the same job.

Whoever puts anything there does it through this: the results of a job, corrected texts, sentences about failures.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import PurePosixPath

from aisubs.pipeline.jobs import Jobs
from aisubs.ports import BesideRecordings, Mirror

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WrittenFiles:
    """The files of one mirror, and what the job book remembers of them."""

    jobs: Jobs
    mirror: Mirror

    def put(
        self, name: str, data: bytes, media_type: str, *, corrected_job: str | None = None, job_id: str | None = None
    ) -> str:
        """Write `data` under this name, or beside a file of a person that lies there: `talk.2.srt` beside `talk.srt`.

        Returns the name. Nothing is written where the same bytes lie already, nor where a person changed these very
        bytes: there is nothing new to tell. Our own older numbered files go once the name is ours again.
        `corrected_job`: whose text this is, when a person corrected it. `job_id`: with which it goes.
        """
        fresh = sha256(data).hexdigest()
        names = _numbered(name)
        for place in names:
            there, (ours, corrected) = self.mirror.digest(place), self.jobs.read_written(place)
            if there not in (None, fresh) and (there != ours or corrected not in (None, corrected_job)):
                log.info("results.kept", extra={"object": place})
                if ours == fresh:
                    return place
                continue
            if there != fresh:
                self.mirror.put(place, data, media_type)
            if ours != fresh or corrected_job not in (None, corrected) or job_id is not None:
                self.jobs.record_written(place, fresh, corrected_job or (corrected if ours == fresh else None), job_id)
            break
        self._delete_while_ours(names)
        return place

    def may_replace(self, name: str, corrected_job: str | None = None) -> bool:
        """Whether a file lies there just as we wrote it last, with no text that a person corrected in another job."""
        ours, corrected = self.jobs.read_written(name)
        return ours is not None and self.mirror.digest(name) == ours and corrected in (None, corrected_job)

    def delete(self, name: str) -> None:
        """Delete what we put there, as long as it is that."""
        self._delete_while_ours(_numbered(name))

    def delete_all(self, job_id: str) -> int:
        """Delete what lies there of a job that was deleted; what a person changed stays, and is theirs from now on.
        Returns how many files went."""
        gone = 0
        places = [self.mirror, *([self.mirror.beside] if isinstance(self.mirror, BesideRecordings) else [])]
        for row in self.jobs.written_of(job_id):
            for mirror in places:
                if mirror.digest(row["name"]) == row["sha256"]:
                    mirror.delete(row["name"])
                    gone += 1
            self.jobs.forget_written(row["name"])
        return gone

    def _delete_while_ours(self, names: Iterator[str]) -> None:
        for place in names:
            ours, corrected = self.jobs.read_written(place)
            if ours is None or corrected is not None:
                return
            if self.mirror.digest(place) == ours:
                self.mirror.delete(place)
            self.jobs.forget_written(place)


def _numbered(name: str) -> Iterator[str]:
    """`talk.mp4.srt`, `talk.mp4.2.srt`, `talk.mp4.3.srt`, …"""
    yield name
    path = PurePosixPath(name)
    for number in count(2):
        yield str(path.with_name(f"{path.stem}.{number}{path.suffix}"))
