"""What the people behind a job may do (aisubs/sql/code/40_owner.sql)."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from aisubs.model.diarization import turns_from_json
from aisubs.model.job import Job
from aisubs.model.transcript import Window, window_from_row
from aisubs.model.turns import Turn
from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder
from aisubs.pipeline.jobs.speaker_rows import speaker_chunk_from_row
from aisubs.ports import SpeakerChunk

PeaksRow = tuple[int, int, bytes | None]
"""seq, start_ms, and a byte for each 16 ms (aisubs/media/peaks.py)."""


class Owner(Book):
    """A function with a `holder` raises `job_not_found` for a job that the holder has no right to; one that changes
    something raises `read_only` for the holder of a share."""

    __slots__ = ()

    def get_job(self, job_id: str, holder: Holder) -> Job:
        """For whoever may read it, by a share too. Raises `share_over`."""
        return self._job("get_job", job_id=job_id, holder=holder.as_json())

    def get_own_job(self, job_id: str, holder: Holder) -> Job:
        """For its owner alone: before something is changed that is not in the database. Raises `read_only`."""
        return self._job("get_own_job", job_id=job_id, holder=holder.as_json())

    def check_history(self, job_id: str, holder: Holder) -> None:
        """Before an older text is shown. Raises `history_not_shared` for a link, and what `get_job` raises."""
        self.database.call("check_history", job_id=job_id, holder=holder.as_json())

    def held_among(self, job_ids: list[str], holder: Holder) -> set[str]:
        """Those of the ids that are jobs of the holder's own."""
        rows = self.database.call("held_among", job_ids=job_ids, holder=holder.as_json())
        return {row["job_id"] for row in rows}

    def get_recording(self, job_id: str, holder: Holder) -> dict[str, Any]:
        """{bucket, object_name, generation, filename, content_type, link_ends_in_s} of what may be played.

        Raises `recording_gone`, `recording_not_shared`, `not_finished` while it is being uploaded, `share_over`.
        """
        return self.database.call("get_recording", job_id=job_id, holder=holder.as_json())[0]

    def read_windows(self, job_id: str, holder: Holder, since_seq: int, limit: int) -> list[Window]:
        """Saved windows with seq >= since_seq, in order, at most `limit`. A cached job reads its original's. Raises
        `history_not_shared` for a link to a text that was corrected."""
        holding = {"job_id": job_id, "holder": holder.as_json()}
        rows = self.database.call("read_windows", **holding, since_seq=since_seq, max_rows=limit)
        return [window_from_row(row) for row in rows]

    def read_peaks(self, job_id: str, holder: Holder, since_seq: int, limit: int) -> list[PeaksRow]:
        """How loud saved windows are, in order, at most `limit` of them; None: it was not kept. Raises
        `recording_not_shared`."""
        holding = {"job_id": job_id, "holder": holder.as_json()}
        rows = self.database.call("read_peaks", **holding, since_seq=since_seq, max_rows=limit)
        known = (None if row["peaks"] is None else b64decode(row["peaks"]) for row in rows)
        return [(row["seq"], row["start_ms"], peaks) for row, peaks in zip(rows, known, strict=True)]

    def read_speaker_chunks(self, job_id: str, holder: Holder, since_seq: int, limit: int) -> list[SpeakerChunk]:
        """What a diarizer kept of the sound, in order, at most `limit` rows. A cached job reads its original's. Raises
        `read_only` for a link."""
        holding = {"job_id": job_id, "holder": holder.as_json()}
        rows = self.database.call("read_speaker_chunks", **holding, since_seq=since_seq, max_rows=limit)
        return [speaker_chunk_from_row(row) for row in rows]

    def read_turns(self, job_id: str, holder: Holder) -> tuple[Turn, ...]:
        """Who speaks when in what was published; none where nobody wanted to know."""
        rows = self.database.call("read_turns", job_id=job_id, holder=holder.as_json())
        return turns_from_json(rows[0]["turns"] if rows else None)

    def get_result(self, job_id: str, holder: Holder) -> dict[str, Any] | None:
        """{files, coverage, language, duration_ms, model, fence} of a completed job (a cached one: its original's)."""
        rows = self.database.call("get_result", job_id=job_id, holder=holder.as_json())
        return rows[0] if rows else None

    def cancel_job(self, job_id: str, holder: Holder, cancel_running: bool) -> Job:
        """Raises `not_cancellable`, `already_over`, `job_not_found`. Cancelling a cancelled job is fine."""
        return self._job("cancel_job", job_id=job_id, holder=holder.as_json(), cancel_running=cancel_running)

    def retry_job(self, job_id: str, holder: Holder, queue_capacity: int, **limits: Any) -> Job:
        """Failed or cancelled (with the source still there) ⇒ pending with the same settings, counters reset; windows
        and resume state stay, so it goes on where it was. Raises `not_retryable`, `queue_full`, `day_used_up`.

        Further arguments: address (of who asks, if they have not signed in), jobs_per_day.
        """
        holding = {"job_id": job_id, "holder": holder.as_json(), "queue_capacity": queue_capacity}
        return self._job("retry_job", **holding, **limits)

    def delete_job(self, job_id: str, holder: Holder) -> list[dict[str, Any]]:
        """Tombstone a job that is over; returns the objects that nobody else needs: [{name, generation}].

        Raises `not_cancellable` while processing.
        """
        rows = self.database.call("delete_job", job_id=job_id, holder=holder.as_json())
        return list(rows[0]["objects"]) if rows else []

    def get_deletion(self, job_id: str, holder: Holder) -> dict[str, Any]:
        """{job_id, deleted_at, deleted_by, finished_at, rows, objects, kept} for who owned the job or has its token."""
        return self.database.call("get_deletion", job_id=job_id, holder=holder.as_json())[0]

    def delete_owner(self, holder: Holder) -> list[dict[str, Any]]:
        """Bury all jobs of the holder's owner and delete whatever else is theirs; {job_id, objects} of each. Raises
        `unauthorized` for who is not signed in."""
        return self.database.call("delete_owner", holder=holder.as_json())

    def get_usage(self, holder: Holder, address: str | None, **limits: int | None) -> list[dict[str, Any]]:
        """{name, limit, used, resets_at} of each limit of who asks. `limits` are the usual ones: jobs_per_day,
        bytes_per_day, minutes_per_month, queue_capacity."""
        return self.database.call("get_usage", holder=holder.as_json(), address=address, **limits)

    def queue_state(self, concurrency: int, queue_capacity: int) -> dict[str, Any]:
        """{active (processing), pending, uploading, limit (concurrency), capacity, retry_after_s}."""
        return self.database.call("queue_state", concurrency=concurrency, queue_capacity=queue_capacity)[0]

    def estimate(self, durations_ms: list[int], model: str, concurrency: int) -> dict[str, Any]:
        """{processing_s: [seconds of work for each recording, or None], wait_s: until the first starts, or None,
        beside_s: [seconds that each job in another slot still takes]}."""
        return self.database.call("estimate", durations_ms=durations_ms, model=model, concurrency=concurrency)[0]
