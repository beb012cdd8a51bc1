"""What is read without a person who asks: by the worker that has the job, and by the house for the files that it puts
beside what was dropped (aisubs/sql/code/38_texts.sql)."""

from __future__ import annotations

from typing import Any

from aisubs.model.diarization import turns_from_json
from aisubs.model.transcript import Window, window_from_row
from aisubs.model.turns import Turn
from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.speaker_rows import speaker_chunk_from_row
from aisubs.ports import SpeakerChunk


class House(Book):
    """Of what people have sent through the API the `house_` functions return nothing."""

    __slots__ = ()

    def read_claimed_windows(self, job_id: str, fence: int, since_seq: int, limit: int) -> list[Window]:
        """As `read_windows`, of the job that this worker has. Raises `lost_lease`."""
        claimed = {"job_id": job_id, "fence": fence}
        rows = self.database.call("read_claimed_windows", **claimed, since_seq=since_seq, max_rows=limit)
        return [window_from_row(row) for row in rows]

    def read_claimed_speaker_chunks(self, job_id: str, fence: int, since_seq: int, limit: int) -> list[SpeakerChunk]:
        """As `read_speaker_chunks`, of the job that this worker has. Raises `lost_lease`."""
        claimed = {"job_id": job_id, "fence": fence}
        rows = self.database.call("read_claimed_speaker_chunks", **claimed, since_seq=since_seq, max_rows=limit)
        return [speaker_chunk_from_row(row) for row in rows]

    def house_windows(self, job_id: str, since_seq: int, limit: int) -> list[Window]:
        """As `read_windows`."""
        rows = self.database.call("house_windows", job_id=job_id, since_seq=since_seq, max_rows=limit)
        return [window_from_row(row) for row in rows]

    def house_result(self, job_id: str) -> dict[str, Any] | None:
        """As `get_result`."""
        rows = self.database.call("house_result", job_id=job_id)
        return rows[0] if rows else None

    def house_text(self, job_id: str, revision: int | None = None) -> dict[str, Any] | None:
        """As `read_revision`."""
        rows = self.database.call("house_text", job_id=job_id, revision=revision)
        return rows[0] if rows else None

    def house_turns(self, job_id: str) -> tuple[Turn, ...]:
        """As `read_turns`."""
        rows = self.database.call("house_turns", job_id=job_id)
        return turns_from_json(rows[0]["turns"] if rows else None)
