"""The job book: one method per SQL function in schema `aisubs_api`, with the same name.

Nothing is decided here. What a job may do is decided in aisubs/sql/code/; this file gives those functions types.
Arguments of a Python method are the arguments of the SQL function. Rows come back as JSON values.

Who may see a job is said by a `Holder`: the SHA-256 (hex) of the tokens the caller showed, and the signed-in owner.
A function that takes a `holder` raises `job_not_found` for a job that the holder has no right to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from aisubs.model.job import Job, Options
from aisubs.model.transcript import Window, segments_to_json, window_from_row
from aisubs.ports import Database


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever asks: the hashes of the tokens shown, and the signed-in owner if there is one."""

    token_hashes: tuple[str, ...] = ()
    owner_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"token_hashes": list(self.token_hashes), "owner_id": self.owner_id}

    @staticmethod
    def of(tokens: Iterable[str], owner_id: str | None = None) -> Holder:
        return Holder(tuple(hash_token(token) for token in tokens), owner_id)


def hash_token(token: str) -> str:
    """SHA-256 in hex: the only form of a token that is ever stored."""
    return sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker owns until its fence is taken away, and where to go on with it."""

    job_id: str
    fence: int
    filename: str
    bucket: str
    object_name: str
    generation: int | None
    file_size_bytes: int | None
    source: str
    options: Options
    language: str | None
    duration_ms: int | None
    windows: int
    progress_ms: int
    resume_state: dict[str, Any] | None
    twin: bool
    """A completed job has the same size and checksum: worth hashing before transcribing."""

    @staticmethod
    def of(row: dict[str, Any]) -> Claim:
        fields = {name: row[name] for name in Claim.__slots__ if name != "options"}
        return Claim(options=Options.model_validate(row["options"]), **fields)


@dataclass(frozen=True, slots=True)
class Jobs:
    """The job book over one database."""

    database: Database

    # ── uploads ──────────────────────────────────────────────────────────────────────────────────────────────────

    def offer_upload(self, **announcement: Any) -> Job:
        """Announce a web upload. Arguments: job_id, token_hash, holder, filename, file_size_bytes, content_type,
        bucket, object_name, options, video_hash (hex SHA-256 computed by the client, or None), queue_capacity,
        upload_deadline_s.

        A completed job of the same holder with the same `video_hash` and options ⇒ a new completed row, `cached`.
        Raises `queue_full` when uploading + pending + processing (all sources) reach `queue_capacity`.
        Calling again with the same job_id returns the row made before.
        """
        return self._job("offer_upload", **announcement)

    def receive_upload(self, **landed: Any) -> Job | None:
        """An object is complete in the bucket. Arguments: bucket, object_name, generation, file_size_bytes,
        content_type, crc32c, duration_ms, filename, source, token_hash, owner_id, options.

        An `uploading` row of the same bucket and name becomes `pending` (its own filename, source and options stay);
        otherwise a drop-in row is inserted as `pending`. The same (bucket, object_name, generation) again changes
        nothing and returns that row as it stands. None when the upload's row was cancelled or has expired.
        """
        rows = self.database.call("receive_upload", **landed)
        return Job.model_validate(rows[0]) if rows else None

    def refuse_upload(self, **refused: Any) -> Job | None:
        """As `receive_upload`, but the recording is unfit: the row becomes, or is inserted as, `failed`.

        Further arguments: error_code, error_message.
        """
        rows = self.database.call("refuse_upload", **refused)
        return Job.model_validate(rows[0]) if rows else None

    def unknown_objects(self, bucket: str, objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Of [{name, generation}], those that no row (tombstones included) knows: their event was lost."""
        return self.database.call("unknown_objects", bucket=bucket, objects=objects)

    # ── dispatch ─────────────────────────────────────────────────────────────────────────────────────────────────

    def begin_dispatch(self, concurrency: int, dispatch_deadline_s: float) -> dict[str, Any] | None:
        """Move the fairest startable pending job to processing/starting if fewer than `concurrency` are processing.

        Returns {job_id, dispatch_id, fence} or None. Fair: round robin over owners, then oldest.
        """
        rows = self.database.call("begin_dispatch", concurrency=concurrency, dispatch_deadline_s=dispatch_deadline_s)
        return rows[0] if rows else None

    def record_execution(self, job_id: str, dispatch_id: str, execution_name: str) -> None:
        self.database.call("record_execution", job_id=job_id, dispatch_id=dispatch_id, execution_name=execution_name)

    def return_dispatch(self, job_id: str, dispatch_id: str, retry_in_s: float) -> None:
        """No machine was to be had: back to pending, `waiting_for` = gpu, no retry counted.

        Not before `retry_in_s`, doubled for each return in a row (at most 10 minutes). Nothing if already claimed.
        """
        self.database.call("return_dispatch", job_id=job_id, dispatch_id=dispatch_id, retry_in_s=retry_in_s)

    def startable(self, concurrency: int) -> int:
        """How many pending jobs could be dispatched now (free slots and due jobs, whichever is less)."""
        return int(self.database.call("startable", concurrency=concurrency)[0]["startable"])

    # ── the worker ───────────────────────────────────────────────────────────────────────────────────────────────

    def claim_job(self, job_id: str, dispatch_id: str, execution_name: str) -> Claim | None:
        """Take the job that this execution was started for. None when somebody else has it or it is over.

        The same execution may claim again (a platform retry); every claim bumps the fence.
        """
        rows = self.database.call("claim_job", job_id=job_id, dispatch_id=dispatch_id, execution_name=execution_name)
        return Claim.of(rows[0]) if rows else None

    def claim_next_job(self, concurrency: int, execution_name: str) -> Claim | None:
        """Take the fairest startable pending job straight away, as begin_dispatch and claim_job in one step."""
        rows = self.database.call("claim_next_job", concurrency=concurrency, execution_name=execution_name)
        return Claim.of(rows[0]) if rows else None

    def heartbeat(self, job_id: str, fence: int) -> None:
        """Still alive. Raises `lost_lease` (also when the owner has stopped the running job)."""
        self.database.call("heartbeat", job_id=job_id, fence=fence)

    def set_stage(self, job_id: str, fence: int, stage: str, duration_ms: int | None = None) -> None:
        """What the worker is doing now; a sign of life too. Raises `lost_lease`."""
        self.database.call("set_stage", job_id=job_id, fence=fence, stage=stage, duration_ms=duration_ms)

    def save_windows(
        self,
        job_id: str,
        fence: int,
        windows: list[Window],
        resume_state: dict[str, Any],
        *,
        language: str | None,
        remaining_ms: int | None,
    ) -> None:
        """The checkpoint: rows, resume state, progress and a sign of life, in one transaction.

        Saving a window again changes nothing. `progress_ms` becomes the end of the last window and never falls.
        `remaining_ms` is the worker's own estimate of wall time. Raises `lost_lease`, `illegal_move` for a gap.
        """
        rows = [
            {
                "seq": window.seq,
                "start_ms": window.start_ms,
                "end_ms": window.end_ms,
                "speech_ms": window.speech_ms,
                "speech": [list(span) for span in window.speech],
                "segments": segments_to_json(window.segments),
            }
            for window in windows
        ]
        self.database.call(
            "save_windows",
            job_id=job_id,
            fence=fence,
            windows=rows,
            resume_state=resume_state,
            language=language,
            remaining_ms=remaining_ms,
        )

    def discard_windows(self, job_id: str, fence: int) -> None:
        """Start over: the saved windows were made by other means (another model, another decoder)."""
        self.database.call("discard_windows", job_id=job_id, fence=fence)

    def adopt_result(self, job_id: str, fence: int, content_sha256: str) -> bool:
        """Complete the job with the result of a completed one of equal content and options. False if there is none."""
        return bool(self.database.call("adopt_result", job_id=job_id, fence=fence, content_sha256=content_sha256))

    def complete_job(self, job_id: str, fence: int, **result: Any) -> None:
        """Publish. Arguments: duration_ms, content_sha256, files ([{format, key, size_bytes, sha256}]), coverage,
        model, audio_ms and wall_ms (what this execution transcribed and how long that took, for the estimates).

        Raises `incomplete` unless the windows tile [0, duration_ms], `lost_lease`. The same fence again is fine.
        """
        self.database.call("complete_job", job_id=job_id, fence=fence, **result)

    def fail_job(
        self, job_id: str, fence: int, error_code: str, error_message: str, *, retryable: bool, **retry: Any
    ) -> None:
        """The worker met an error. Retryable: pending again with retry_count + 1 and a backoff, or failed when
        max_retries are used up; otherwise failed. Further arguments: max_retries, retry_backoff_s."""
        self.database.call(
            "fail_job",
            job_id=job_id,
            fence=fence,
            error_code=error_code,
            error_message=error_message,
            retryable=retryable,
            **retry,
        )

    def release_job(self, job_id: str, fence: int) -> str:
        """Hand over on SIGTERM or the soft deadline: pending, no retry counted; returns the new status.

        Two releases in a row without a new window ⇒ failed with `no_progress`.
        """
        return str(self.database.call("release_job", job_id=job_id, fence=fence)[0]["status"])

    # ── owners ───────────────────────────────────────────────────────────────────────────────────────────────────

    def get_job(self, job_id: str, holder: Holder) -> Job:
        return self._job("get_job", job_id=job_id, holder=holder.as_json())

    def list_jobs(self, holder: Holder, page: int, per_page: int, statuses: list[str] | None) -> list[dict[str, Any]]:
        """Newest first; each row is a job with `total` (rows over all pages)."""
        return self.database.call("list_jobs", holder=holder.as_json(), page=page, per_page=per_page, statuses=statuses)

    def read_windows(self, job_id: str, since_seq: int, limit: int) -> list[Window]:
        """Saved windows with seq >= since_seq, in order, at most `limit`. A cached job reads its original's."""
        rows = self.database.call("read_windows", job_id=job_id, since_seq=since_seq, max_rows=limit)
        return [window_from_row(row) for row in rows]

    def get_result(self, job_id: str) -> dict[str, Any] | None:
        """{files, coverage, language, duration_ms, model, fence} of a completed job (a cached one: its original's)."""
        rows = self.database.call("get_result", job_id=job_id)
        return rows[0] if rows else None

    def cancel_job(self, job_id: str, holder: Holder, cancel_running: bool) -> Job:
        """Raises `not_cancellable`, `job_not_found`. Cancelling a cancelled job is fine."""
        return self._job("cancel_job", job_id=job_id, holder=holder.as_json(), cancel_running=cancel_running)

    def retry_job(self, job_id: str, holder: Holder, queue_capacity: int) -> Job:
        """Failed or cancelled (with the source still there) ⇒ pending with the same settings, counters reset; windows
        and resume state stay, so it goes on where it was. Raises `not_retryable`, `queue_full`."""
        return self._job("retry_job", job_id=job_id, holder=holder.as_json(), queue_capacity=queue_capacity)

    def delete_job(self, job_id: str, holder: Holder) -> list[str]:
        """Tombstone a job that is over; returns the names of the objects that nobody else needs.

        Raises `not_cancellable` while processing.
        """
        rows = self.database.call("delete_job", job_id=job_id, holder=holder.as_json())
        return list(rows[0]["objects"]) if rows else []

    def queue_state(self, concurrency: int, queue_capacity: int) -> dict[str, Any]:
        """{active (processing), pending, uploading, limit (concurrency), capacity, retry_after_s}."""
        return self.database.call("queue_state", concurrency=concurrency, queue_capacity=queue_capacity)[0]

    # ── upkeep ───────────────────────────────────────────────────────────────────────────────────────────────────

    def recover_stale(self, **limits: Any) -> list[dict[str, Any]]:
        """Arguments: batch, stale_after_s, max_retries, retry_backoff_s. Rows {job_id, status, error_code}.

        Two kinds of lost job: processing without a sign of life, and dispatched but never claimed.
        """
        return self.database.call("recover_stale", **limits)

    def worker_died(self, job_id: str, execution_name: str, max_retries: int, retry_backoff_s: float) -> str | None:
        """The runner knows that this execution is over. If the job is still its own: as a stale job, at once."""
        rows = self.database.call(
            "worker_died",
            job_id=job_id,
            execution_name=execution_name,
            max_retries=max_retries,
            retry_backoff_s=retry_backoff_s,
        )
        return str(rows[0]["status"]) if rows else None

    def list_processing(self, silent_for_s: float, batch: int) -> list[dict[str, Any]]:
        """{job_id, dispatch_id, execution_name} of processing jobs without a sign of life for `silent_for_s`."""
        return self.database.call("list_processing", silent_for_s=silent_for_s, batch=batch)

    def expire_uploads(self, batch: int) -> list[dict[str, Any]]:
        """Announced uploads past their deadline ⇒ cancelled with `upload_expired`. Rows {job_id, object_name}."""
        return self.database.call("expire_uploads", batch=batch)

    def expire_jobs(self, retention_hours: float, batch: int) -> list[dict[str, Any]]:
        """Tombstone jobs past retention that are not being processed, and return all tombstones (old ones too):
        {job_id, objects: [names that nobody else needs]}. Cached twins keep the result alive."""
        return self.database.call("expire_jobs", retention_hours=retention_hours, batch=batch)

    def list_unmirrored(self, batch: int) -> list[dict[str, Any]]:
        """Dropped files (source bucket or folder) that are over and whose results, or error, were not yet put beside
        them: {job_id, object_name, filename, status, error_code, error_message}."""
        return self.database.call("list_unmirrored", batch=batch)

    def record_mirror(self, job_id: str) -> None:
        self.database.call("record_mirror", job_id=job_id)

    def forget_job(self, job_id: str) -> None:
        """Delete the row of a tombstone whose objects are gone. A row that is not there is fine."""
        self.database.call("forget_job", job_id=job_id)

    def _job(self, function: str, **arguments: Any) -> Job:
        return Job.model_validate(self.database.call(function, **arguments)[0])
