"""Videos with subtitles (aisubs/sql/code/49_video_copies.sql)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


@dataclass(frozen=True, slots=True)
class CopyClaim:
    """A copy that is to be made now. `target` is the object that it becomes; the recording is at `object_name`, None
    where it is gone. `attempts`: how often making it was cut short."""

    job_id: str
    copy_id: str
    fence: int
    kind: str
    language: str
    subtitles: str
    attempts: int
    target: str
    filename: str
    duration_ms: int | None
    bucket: str | None
    object_name: str | None
    generation: int | None


class VideoCopies(Book):
    """Asked for, seen and deleted by owners alone; made by whoever has claimed them."""

    __slots__ = ()

    def request_video_copy(
        self,
        job_id: str,
        holder: Holder,
        kind: str,
        *,
        profile: str,
        language: str,
        revision: int,
        subtitles: str,
        at_most: int,
        open_at_most: int,
    ) -> dict[str, Any]:
        """The copy as `list_video_copies` shows it. Raises `not_finished`, `too_many_copies`, `copies_waiting`."""
        return self.database.call(
            "request_video_copy",
            job_id=job_id,
            holder=holder.as_json(),
            kind=kind,
            profile=profile,
            language=language,
            revision=revision,
            subtitles=subtitles,
            at_most=at_most,
            open_at_most=open_at_most,
        )[0]

    def list_video_copies(self, job_id: str, holder: Holder, copy_id: str | None = None) -> list[dict[str, Any]]:
        """{copy_id, kind, profile, language, revision, state, progress, size_bytes, error_code, error_message,
        requested_at, finished_at, object_name, recording (its file's name), title}, the oldest first. Raises
        `not_found` for a `copy_id`."""
        return self.database.call("list_video_copies", job_id=job_id, holder=holder.as_json(), copy_id=copy_id)

    def delete_video_copy(self, job_id: str, holder: Holder, copy_id: str) -> None:
        """Raises `not_found`."""
        self.database.call("delete_video_copy", job_id=job_id, holder=holder.as_json(), copy_id=copy_id)

    def claim_video_copy(self, lease_s: float) -> CopyClaim | None:
        """What waits longest, or was left by somebody who is silent. None: nothing to do."""
        rows = self.database.call("claim_video_copy", lease_s=lease_s)
        return CopyClaim(**rows[0]) if rows else None

    def renew_video_copy(self, claim: CopyClaim, progress: int, lease_s: float) -> None:
        """Raises `lost_lease`, also when the job or the copy was deleted."""
        self.database.call("renew_video_copy", **_of(claim), progress=progress, lease_s=lease_s)

    def end_video_copy(
        self,
        claim: CopyClaim,
        state: str,
        *,
        size_bytes: int | None = None,
        error_code: str | None = None,
        error_message: str | None = None,
        retry_in_s: float = 0.0,
    ) -> None:
        """`completed` with a size, `failed`, or `waiting` for whoever comes next. Raises `lost_lease`."""
        self.database.call(
            "end_video_copy",
            **_of(claim),
            state=state,
            size_bytes=size_bytes,
            error_code=error_code,
            error_message=error_message,
            retry_in_s=retry_in_s,
        )


def _of(claim: CopyClaim) -> dict[str, Any]:
    return {"job_id": claim.job_id, "copy_id": claim.copy_id, "fence": claim.fence}
