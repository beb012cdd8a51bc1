"""What must hold after every step, and at the end: nothing is stuck, and when all is deleted nothing is left."""

from __future__ import annotations

from typing import Any

from hypothesis.stateful import invariant

from tests.state_machine.known import (
    BYTES_PER_DAY,
    CONCURRENCY,
    DURATION_MS,
    JOBS_PER_DAY,
    OVER,
    RETENTION_S,
    STALE_AFTER_S,
    STUCK_AFTER_S,
    WINDOWS,
    Known,
)
from tests.state_machine.oracle import result_key
from tests.state_machine.rules import Rules
from tests.state_machine.rules_starts import RETRIES
from tests.state_machine.rules_worker import window

_SEEN = """
select j.job_id::text as id, j.status, coalesce(j.progress_stage = 'starting', false) as starting, j.fence, j.version,
    j.progress_ms, j.retry_count, j.fruitless_releases, j.returned_dispatches, j.owner_id, j.token_hash, j.sender,
    j.object_name, j.generation, j.error_code, j.result_job_id::text as result, j.cached_at is not null as cached,
    j.kept_at is not null as kept, j.deleted_at is not null as deleted, j.windows, j.claimed_by, j.execution_name,
    j.not_before is not null as waits,
    (select r.files from aisubs.job_results r where r.job_id = j.result_job_id) as files,
    (select jsonb_agg(to_jsonb(w) - 'job_id' order by w.seq) from aisubs.transcript_windows w
        where w.job_id = coalesce(j.result_job_id, j.job_id)) as text
from aisubs.transcription_jobs j"""
_LATE_S = 40 * 86_400
_ROUNDS = 60


class Invariants(Rules):
    """`published`: what every completed job had when it was first seen so."""

    def __init__(self) -> None:
        super().__init__()
        self.before: dict[str, dict[str, Any]] = {}
        self.published: dict[str, Any] = {}

    @invariant()
    def all_of_it(self) -> None:
        self.every_job_is_as_the_oracle_has_it()
        self.one_claim_at_most_has_a_job()
        self.what_is_to_be_heard_is_there()
        self.quotas_are_counted_right_and_kept()

    def every_job_is_as_the_oracle_has_it(self) -> None:
        rows = {row["id"]: row for row in self.place.sql(_SEEN)}
        assert set(rows) == set(self.oracle.jobs), "a job is lost, or was made twice"
        for job_id, row in rows.items():
            expected = self._expected(self.oracle.jobs[job_id])
            wrong = {name: (row[name], value) for name, value in expected.items() if row[name] != value}
            assert not wrong, f"{job_id}, as it is and as it must be: {wrong}"
            self._only_grows(row)
            self._stays_as_published(row)
        assert sum(row["status"] == "processing" for row in rows.values()) <= CONCURRENCY
        self.before = rows

    def _expected(self, job: Known) -> dict[str, Any]:
        return {
            "status": job.status, "starting": job.starting, "fence": job.fence, "progress_ms": job.progress_ms,
            "retry_count": job.retry_count, "fruitless_releases": job.fruitless_releases,
            "returned_dispatches": job.returned_dispatches, "owner_id": job.owner_id, "token_hash": job.token_hash,
            "sender": self.place.sender(job.sender), "object_name": job.object_name, "generation": job.generation,
            "error_code": job.error_code, "result": job.result, "cached": job.cached, "kept": job.kept,
            "deleted": job.deleted, "windows": job.windows, "claimed_by": job.claimed_by,
            "execution_name": job.execution_name, "waits": job.not_before_s is not None,
        }  # fmt: skip

    def _only_grows(self, row: dict[str, Any]) -> None:
        before = self.before.get(row["id"])
        if before is None:
            return
        assert row["fence"] >= before["fence"]
        assert row["progress_ms"] >= before["progress_ms"]
        assert row["version"] >= before["version"]
        if any(row[name] != before[name] for name in ("status", "starting", "windows", "error_code", "kept")):
            assert row["version"] > before["version"], "people's pages would keep showing what was before"

    def _stays_as_published(self, row: dict[str, Any]) -> None:
        if row["status"] != "completed" or row["deleted"]:
            self.published.pop(row["id"], None)
            return
        now = (row["files"], row["text"])
        assert row["files"], "a completed job has lost its files"
        assert row["text"], "a completed job has lost its text"
        assert self.published.setdefault(row["id"], now) == now
        for file in row["files"]:
            assert file["key"] in self.oracle.store, "its file was deleted"

    def one_claim_at_most_has_a_job(self) -> None:
        live = [claim.job_id for claim in self.given.claims if self.oracle.is_live(claim)]
        assert len(live) == len(set(live))

    def what_is_to_be_heard_is_there(self) -> None:
        """The newest version of it at least: who has replaced a recording is told so."""
        for job in self.oracle.jobs.values():
            if job.status in ("pending", "processing"):
                assert self.oracle.store.get(job.object_name or "", 0) >= (job.generation or 0), "it was deleted"

    def quotas_are_counted_right_and_kept(self) -> None:
        days = self.place.sql("select sender, jobs, bytes, day = (now() at time zone 'utc')::date as today "
                              "from aisubs.sender_days where jobs > 0 or bytes > 0")  # fmt: skip
        for row in days:
            assert row["jobs"] <= JOBS_PER_DAY
            assert row["bytes"] <= BYTES_PER_DAY
        today = self.place.day
        assert {row["sender"]: (row["jobs"], row["bytes"]) for row in days if row["today"]} == {
            self.place.sender(sender): (used.jobs, used.bytes)
            for (day, sender), used in self.oracle.days.items()
            if day == today and (used.jobs or used.bytes)
        }

    # ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────

    def teardown(self) -> None:
        """Whatever has happened: the usual duties bring every job to an end, and every trace of it away."""
        self.place.lost.clear()
        self._work_off()
        self.place.sql("update aisubs.transcription_jobs set kept_at = null")
        for _ in range(2):  # the second takes what the first has noted
            self.place.passes(_LATE_S)
            for tomb in self.place.jobs.expire_jobs(RETENTION_S / 3600, 100):
                self.place.jobs.forget_job(tomb["job_id"])
        left = self.place.left()
        left.pop("job_duration_stats", None)  # how fast models are: of nobody
        assert left == {}, f"what is deleted has left something behind: {left}"

    def _work_off(self) -> None:
        over = ", ".join(f"'{status}'" for status in OVER)
        for _ in range(_ROUNDS):
            if not self.place.sql(f"select 1 from aisubs.transcription_jobs where status not in ({over})"):
                return
            self.place.jobs.recover_stale(batch=10, stale_after_s=STALE_AFTER_S, stuck_after_s=STUCK_AFTER_S, **RETRIES)
            self.place.jobs.expire_uploads(100)
            claim = self.place.jobs.claim_next_job(CONCURRENCY, "the last worker")
            if claim is None:
                self.place.passes(30_000)  # a start that the runner cannot be asked about is given a day
                continue
            rest = [window(seq) for seq in range(claim.windows, WINDOWS)]
            self.place.jobs.save_windows(
                claim.job_id, claim.fence, rest, {"next": WINDOWS}, language="de", remaining_ms=0
            )
            self.place.jobs.complete_job(
                claim.job_id, claim.fence, duration_ms=DURATION_MS, content_sha256="c" * 64,
                files=[{"format": "srt", "key": result_key(claim.job_id, claim.fence), "size_bytes": 9}],
                coverage={}, model="toy", audio_ms=DURATION_MS, wall_ms=1,
            )  # fmt: skip
        left = self.place.sql(
            f"select to_jsonb(j) as job from aisubs.transcription_jobs j where status not in ({over})"
        )
        raise AssertionError(f"stuck: {left}")
