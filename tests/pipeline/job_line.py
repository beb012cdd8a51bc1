"""A job book on a real database, with short ways to bring jobs to where a test begins and to let time pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row

from aisubs.adapters.database.postgres import PostgresDatabase
from aisubs.model.job import Job
from aisubs.model.transcript import Segment, Window
from aisubs.pipeline.jobs import Claim, Holder, HolderReads, HouseReads, Jobs, Reads, hash_token

WINDOW_MS = 20_000
DURATION_MS = 3 * WINDOW_MS
SHA = "5" * 64
BROWSERS = ("anon", "authenticated")
"""The roles that PostgREST and Realtime take on for people without and with an account."""

USUAL = ("jobs_per_day", "bytes_per_day", "minutes_per_month", "queue_capacity")
"""The limits of whoever no administrator has set others for."""


class JobLine:
    """`jobs` is the book; `row` and `sql` look at the tables directly, as the owner of the database."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> Self:
        self.database = PostgresDatabase(self.url, connections=64)
        self.jobs = Jobs(self.database)
        self.connection = psycopg.connect(self.url, autocommit=True, row_factory=dict_row)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
        self.database.close()

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        cursor = self.connection.execute(statement, values or None)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []

    def row(self, job_id: str) -> dict[str, Any]:
        return self.sql("select * from aisubs.transcription_jobs where job_id = %s", job_id)[0]

    def everything(self) -> list[dict[str, Any]]:
        """All that is known of jobs, apart from signs of life."""
        return [
            row
            for table in ("transcription_jobs", "transcript_windows", "job_results")
            for row in self.sql(f"select to_jsonb(t) - 'last_seen' as row from aisubs.{table} t order by 1")
        ]

    def reads(self, job_id: str) -> Reads:
        """The job's text as whoever has the job reads it."""
        row = self.row(job_id)
        if row["source"] != "web":
            return HouseReads(self.jobs)
        return HolderReads(self.jobs, Holder((row["token_hash"],), row["owner_id"]))

    def windows(self, job_id: str, since_seq: int = 0, limit: int = 100) -> list[Window]:
        return self.reads(job_id).read_windows(job_id, since_seq, limit)

    def result(self, job_id: str) -> dict[str, Any] | None:
        return self.reads(job_id).get_result(job_id)

    def count(self, status: str) -> int:
        found = self.sql("select count(*) from aisubs.transcription_jobs where status = %s", status)
        return int(found[0]["count"])

    def passes(self, job_id: str, column: str, seconds: float) -> None:
        """As if `seconds` had gone by since the time in this column was written."""
        self.sql(
            f"update aisubs.transcription_jobs set {column} = {column} - make_interval(secs => %s) where job_id = %s",
            seconds, job_id,
        )  # fmt: skip

    @contextmanager
    def acting_as(self, role: str, topic: str | None = None) -> Iterator[None]:
        """As PostgREST and Realtime do it: inside one transaction, which is then rolled back."""
        with self.connection.transaction(force_rollback=True):
            self.sql(f"set local role {role}")
            if topic is not None:
                self.sql("select set_config('realtime.topic', %s, true)", topic)
            yield

    # ── bringing jobs somewhere ──────────────────────────────────────────────────────────────────────────────────

    def offer(self, token: str = "token", **changes: Any) -> Job:
        job_id = changes.pop("job_id", str(uuid4()))
        announcement = {
            "job_id": job_id,
            "token_hash": hash_token(token),
            "holder": Holder.of([token]).as_json(),
            "filename": "talk.mp4",
            "file_size_bytes": 1_000_000,
            "content_type": "video/mp4",
            "bucket": "bucket",
            "object_name": f"uploads/{job_id}/source.mp4",
            "options": {},
            "video_hash": None,
            "queue_capacity": 1000,
            "upload_deadline_s": 3600.0,
            "uploads_per_owner": 1000,
        }
        return self.jobs.offer_upload(**announcement | changes)

    def landing(self, name: str, **changes: Any) -> dict[str, Any]:
        """Arguments of `receive_upload`."""
        landed = {
            "bucket": "bucket",
            "object_name": name,
            "generation": 1,
            "file_size_bytes": 1_000_000,
            "content_type": "video/mp4",
            "crc32c": "AAAAAA==",
            "duration_ms": DURATION_MS,
            "filename": name.rsplit("/", 1)[-1],
            "source": "bucket",
            "token_hash": None,
            "owner_id": None,
            "options": {},
        }
        return landed | changes

    def drop(self, name: str | None = None, **changes: Any) -> Job:
        job = self.jobs.receive_upload(**self.landing(name or f"drops/{uuid4()}.mp4", **changes))
        assert job is not None
        return job

    def web(self, token: str = "token", **changes: Any) -> Job:
        """A web upload that has arrived: pending."""
        offered = self.offer(token, **changes)
        return self.drop(f"uploads/{offered.job_id}/source.mp4")

    def claim(self, worker: str = "worker", concurrency: int = 1000) -> Claim:
        claim = self.jobs.claim_next_job(concurrency, worker)
        assert claim is not None
        return claim

    def save(self, claim: Claim, first: int, last: int, *, language: str | None = "en", ms: int = WINDOW_MS) -> None:
        saved = [window(seq, ms) for seq in range(first, last + 1)]
        self.jobs.save_windows(
            claim.job_id, claim.fence, saved, {"next": last + 1}, language=language, remaining_ms=60_000
        )

    def complete(self, claim: Claim, **changes: Any) -> None:
        result = {
            "duration_ms": DURATION_MS,
            "content_sha256": SHA,
            "files": [{"format": "srt", "key": f"results/{claim.job_id}/{claim.fence}/talk.srt", "size_bytes": 9}],
            "coverage": {"transcribed_ms": DURATION_MS},
            "model": "toy",
            "audio_ms": DURATION_MS,
            "wall_ms": DURATION_MS // 10,
        }
        self.jobs.complete_job(claim.job_id, claim.fence, **result | changes)

    def finished(self, token: str = "token", **changes: Any) -> Job:
        """A web job whose transcript is published."""
        result = {name: changes.pop(name) for name in ("content_sha256", "model", "losses") if name in changes}
        job = self.web(token, **changes)
        claim = self.claim()
        assert claim.job_id == job.job_id, "something else was in line"
        self.save(claim, 0, 2)
        self.complete(claim, **result)
        return self.jobs.get_job(job.job_id, Holder.of([token]))

    def finished_by(self, worker: str) -> None:
        """Drop a recording, then work on whatever is next, to its end."""
        self.drop()
        claim = self.claim(worker)
        self.save(claim, 0, 2)
        self.complete(claim)

    def failed(self, token: str = "token", error_code: str = "damaged") -> Job:
        job = self.web(token)
        claim = self.claim()
        assert claim.job_id == job.job_id
        self.jobs.fail_job(claim.job_id, claim.fence, error_code, "A sentence.", retryable=False)
        return self.jobs.get_job(job.job_id, Holder.of([token]))


def window(seq: int, ms: int = WINDOW_MS) -> Window:
    start_ms = seq * ms
    segment = Segment(start_ms, start_ms + 500, f" Satz Nummer {seq}, „größer“ 🙂")
    return Window(seq, start_ms, start_ms + ms, 500, (segment,), ((start_ms, start_ms + 500),))
