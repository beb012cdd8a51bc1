"""Sixteen people at once, each doing what uses up a quota: announce, land, cancel, try again, ask for a session."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Holder
from tests.pipeline.job_line import DURATION_MS, JobLine

REFUSED = {"day_used_up", "bytes_used_up", "minutes_used_up", "not_retryable", "upload_gone"}


def sixteen_at_once(line: JobLine, seed: int) -> None:
    """One round with its own two addresses. Raises AssertionError if a quota of either is exceeded."""
    chance = random.Random(seed)
    jobs, minutes, size = chance.randrange(3, 9), chance.randrange(2, 6), 100
    seeds = [chance.random() for _ in range(16)]
    addresses = [f"10.{seed % 250}.0.{number}" for number in range(2)]
    limits = {"jobs_per_day": jobs, "bytes_per_day": 100 * size, "minutes_per_month": minutes}

    def one(own_seed: float) -> None:
        own = random.Random(own_seed)
        token, address = str(uuid4()), own.choice(addresses)
        holder = Holder.of([token])
        try:
            job = line.offer(token, address=address, file_size_bytes=size, **limits)
            if own.random() < 0.3:
                line.jobs.renew_upload(
                    job.job_id, holder, upload_lease_s=9.0, upload_deadline_s=9.0, address=address, bytes_per_day=999999
                )
            line.drop(f"uploads/{job.job_id}/source.mp4", file_size_bytes=size)
            if own.random() < 0.5:
                line.jobs.cancel_job(job.job_id, holder, cancel_running=False)
                line.jobs.retry_job(job.job_id, holder, 1000, address=address, jobs_per_day=jobs)
        except AisubsError as refused:
            if refused.code not in REFUSED | {"already_over"}:
                raise

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, seeds))
    for row in line.sql("select * from aisubs.sender_days where jobs > 0"):
        assert row["jobs"] <= 8
        assert row["audio_ms"] >= 0
    for address in addresses:
        usage = line.jobs.get_usage(Holder(), address, **limits, queue_capacity=9)
        for row in usage:
            if row["name"] != "jobs_in_line":
                assert row["used"] <= row["limit"], (seed, row)
    pending = line.sql(
        "select sender, sum(duration_ms) as ms from aisubs.transcription_jobs where status = 'pending' group by sender"
    )
    assert all(row["ms"] <= 5 * DURATION_MS for row in pending)
    line.sql("update aisubs.transcription_jobs set status = 'cancelled' where status in ('pending', 'uploading')")
