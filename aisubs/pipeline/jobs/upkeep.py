"""What the sweeps call; each may run at any time and be killed half way (aisubs/sql/code/50_upkeep.sql)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aisubs.pipeline.jobs.book import Book
from aisubs.ports import LastWords

NO_WORDS = LastWords()


class Upkeep(Book):
    """What time does to jobs."""

    __slots__ = ()

    def schema_release(self) -> tuple[str, str]:
        """The newest migration that the database has had, and the checksum of the rules in it (`migrate.release`)."""
        (row,) = self.database.call("schema_release")
        return row["newest"], row["code"]

    def recover_stale(self, **limits: Any) -> list[dict[str, Any]]:
        """Arguments: batch, stale_after_s, max_retries, retry_backoff_s, and optionally stuck_after_s (7200 without).
        Rows {job_id, status, error_code}.

        Three kinds of lost job: processing without a sign of life, dispatched but never claimed, and alive without
        having got any further (a stage, a window) for `stuck_after_s`.
        """
        return self.database.call("recover_stale", **limits)

    def worker_died(
        self,
        job_id: str,
        execution_name: str,
        max_retries: int,
        retry_backoff_s: float,
        last_words: LastWords = NO_WORDS,
    ) -> str | None:
        """The runner knows that this execution is over. If the job is still its own: as a stale job, at once.

        A worker that never claimed it may have said why: that is added to the sentence, and where the reason is a
        lasting one no other is tried. Returns the job's new status, None when it was not its own any more.
        """
        rows = self.database.call(
            "worker_died",
            job_id=job_id,
            execution_name=execution_name,
            max_retries=max_retries,
            retry_backoff_s=retry_backoff_s,
            said=last_words.sentence,
            lasting=last_words.lasting,
        )
        return str(rows[0]["status"]) if rows else None

    def list_processing(self, silent_for_s: float, batch: int) -> list[dict[str, Any]]:
        """{job_id, dispatch_id, execution_name, starting, overdue} of processing jobs without a sign of life for
        `silent_for_s`. `starting`: not claimed yet; `overdue`: and past its dispatch deadline."""
        return self.database.call("list_processing", silent_for_s=silent_for_s, batch=batch)

    def expire_uploads(self, batch: int) -> list[dict[str, Any]]:
        """Announced uploads past their deadline ⇒ cancelled with `upload_expired`. Rows {job_id, object_name}."""
        return self.database.call("expire_uploads", batch=batch)

    def expire_jobs(self, retention_hours: float, batch: int) -> list[dict[str, Any]]:
        """Tombstone jobs past retention that are not being processed, and return all tombstones (old ones too):
        {job_id, objects: [{name, generation}] that nobody else needs}. Cached twins keep the result alive."""
        return self.database.call("expire_jobs", retention_hours=retention_hours, batch=batch)

    def list_unmirrored(self, batch: int, quiet_s: float = 0.0) -> list[dict[str, Any]]:
        """Dropped files (source bucket or folder) that are over and whose results, or error, were not yet put beside
        them: jobs, with their `object_name`. Those whose text was corrected once nobody has saved for `quiet_s`."""
        return self.database.call("list_unmirrored", batch=batch, quiet_s=quiet_s)

    def record_mirror(self, job_id: str, revision: int = 0) -> None:
        """The results of this revision lie there. Nothing if the text was corrected meanwhile."""
        self.database.call("record_mirror", job_id=job_id, revision=revision)

    def postpone_mirror(self, job_id: str) -> None:
        """The results could not be put there: `list_unmirrored` names them again after a while, longer each time."""
        self.database.call("postpone_mirror", job_id=job_id)

    def cancel_dropped(self, bucket: str, object_names: list[str]) -> list[dict[str, Any]]:
        """Dropped files that were taken back: what still waits is cancelled. Rows {job_id, object_name} of those."""
        return self.database.call("cancel_dropped", bucket=bucket, object_names=object_names)

    def read_written(self, name: str) -> tuple[str | None, str | None]:
        """SHA-256 (hex) of what we last wrote beside a recording under this name, and the job whose corrected text that
        is, if a person corrected it."""
        rows = self.database.call("read_written", name=name)
        return (rows[0]["sha256"], rows[0]["corrected_job"]) if rows else (None, None)

    def record_written(
        self, name: str, sha256: str, corrected_job: str | None = None, job_id: str | None = None
    ) -> None:
        self.database.call("record_written", name=name, sha256=sha256, corrected_job=corrected_job, job_id=job_id)

    def written_of(self, job_id: str) -> list[dict[str, Any]]:
        """{name, sha256} of the files with results of a tombstone that are to go with it."""
        return self.database.call("written_of", job_id=job_id)

    def forget_written(self, name: str) -> None:
        self.database.call("forget_written", name=name)

    def forget_job(self, job_id: str, objects: Mapping[str, int] | None = None) -> None:
        """Delete the row of a tombstone whose `objects` (so many of each kind) are gone, unless results of it lie
        somewhere yet. A row that is not there is fine."""
        self.database.call("forget_job", job_id=job_id, objects=dict(objects or {}))
