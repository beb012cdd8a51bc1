"""What a worker may write, under its fence (aisubs/sql/code/35_worker.sql, 36_endings.sql)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from aisubs.model.transcript import Window, damage_to_json, segments_to_json
from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.claim import Claim
from aisubs.ports import SpeakerChunk


class WorkerWrites(Book):
    """The writes of one execution."""

    __slots__ = ()

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
        peaks: Mapping[int, bytes] | None = None,
    ) -> None:
        """The checkpoint: rows, resume state, progress and a sign of life, in one transaction.

        Saving a window again changes nothing. `progress_ms` of the job becomes the end of the last window and never
        falls, not even after `discard_windows`.
        `remaining_ms` is the worker's own estimate of wall time; `peaks`, how loud each window is, by seq.
        Raises `lost_lease`, `illegal_move` for a gap.
        """
        rows = [
            {
                "seq": window.seq,
                "start_ms": window.start_ms,
                "end_ms": window.end_ms,
                "speech_ms": window.speech_ms,
                "speech": [list(span) for span in window.speech],
                "segments": segments_to_json(window.segments),
                "damage": damage_to_json(window.damage),
                "peaks": b64encode(peaks[window.seq]).decode() if peaks and window.seq in peaks else None,
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

    def review_windows(
        self, job_id: str, fence: int, windows: list[Window], resume_state: dict[str, Any], reviewed_ms: int
    ) -> None:
        """Text and speech of saved windows anew, as a second opinion has them, with where to go on.

        `reviewed_ms`: the end of the last window that was looked at. Raises `lost_lease`.
        """
        rows = [
            {
                "seq": window.seq,
                "speech": [list(span) for span in window.speech],
                "segments": segments_to_json(window.segments),
            }
            for window in windows
        ]
        self.database.call(
            "review_windows",
            job_id=job_id,
            fence=fence,
            windows=rows,
            resume_state=resume_state,
            reviewed_ms=reviewed_ms,
        )

    def save_speaker_chunks(
        self,
        job_id: str,
        fence: int,
        chunks: list[SpeakerChunk],
        resume_state: dict[str, Any],
        *,
        diarized_ms: int,
        remaining_ms: int | None,
    ) -> None:
        """The checkpoint of telling speakers apart: rows, resume state, progress and a sign of life at once.

        Saving a row again changes nothing. `diarized_ms`: how far the sound was listened to. Raises `lost_lease`.
        """
        rows = [
            {"seq": one.seq, "start_ms": one.start_ms, "end_ms": one.end_ms, "data": b64encode(one.data).decode()}
            for one in chunks
        ]
        self.database.call(
            "save_speaker_chunks",
            job_id=job_id,
            fence=fence,
            chunks=rows,
            resume_state=resume_state,
            diarized_ms=diarized_ms,
            remaining_ms=remaining_ms,
        )

    def discard_speaker_chunks(self, job_id: str, fence: int) -> None:
        """Start over with the speakers: the rows were made by another diarizer."""
        self.database.call("discard_speaker_chunks", job_id=job_id, fence=fence)

    def discard_windows(self, job_id: str, fence: int) -> None:
        """Start over: the saved windows were made by other means (another model, another decoder)."""
        self.database.call("discard_windows", job_id=job_id, fence=fence)

    def adopt_result(
        self,
        job_id: str,
        fence: int,
        content_sha256: str,
        model: str | None = None,
        second: str | None = None,
        diarizer: str | None = None,
    ) -> bool:
        """Complete the job with the result of a completed one of equal content and options. False if there is none.

        `model` is what this worker would transcribe with: a result made by another model is then not taken. `second` is
        whom it would ask for a second opinion: only a result with the same one, or with none, is taken; `diarizer` (its
        fingerprint) likewise.
        """
        arguments = {
            "job_id": job_id,
            "fence": fence,
            "content_sha256": content_sha256,
            "model": model,
            "second": second,
            "diarizer": diarizer,
        }
        return bool(self.database.call("adopt_result", **arguments))

    def complete_job(self, job_id: str, fence: int, **result: Any) -> None:
        """Publish. Arguments: duration_ms, content_sha256, files ([{format, key, size_bytes, sha256}]), coverage,
        model, audio_ms and wall_ms (what this execution transcribed and how long that took, for the estimates), losses
        (model/losses.py), turns (model/diarization.py).

        Raises `incomplete` unless the windows tile [0, duration_ms], or those of the longest of several tracks in turn
        do; `lost_lease`. The same fence again is fine.
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

    def release_job(self, job_id: str, fence: int, *, out_of_time: bool = True) -> str:
        """Hand over: pending, no retry counted; returns the new status.

        `out_of_time`: at the soft deadline. Twice in a row without a new window ⇒ failed with `no_progress`. False: on
        SIGTERM, which may come as often as somebody likes.
        """
        given = {"job_id": job_id, "fence": fence, "out_of_time": out_of_time}
        return str(self.database.call("release_job", **given)[0]["status"])
