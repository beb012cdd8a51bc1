"""The line of a large installation, by the SQL that runs it: what a start, a claim and a sign of life cost with 3, 30,
300 and 3,000 workers, ten jobs waiting for each, and as many owners as workers. Medians of wall time, one connection.

`python -m tests.bench scale` starts a Postgres of its own. docs/scale.md says what follows from it.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from aisubs.local.postgres import EmbeddedPostgres
from aisubs.sql.migrate import migrate
from tests.bench.__main__ import Row
from tests.pipeline.job_line import JobLine

WORKERS = (3, 30, 300, 3000)
WAITING_EACH = 10
REPEATED = 15
HEARTBEAT_S = 10.0

_FILL = """
insert into aisubs.transcription_jobs
    (status, owner_id, source, filename, file_size_bytes, bucket, object_name, generation)
select 'pending', 'owner-' || n %% %s, 'web', 'talk.mp4', 1000000, 'bucket', 'uploads/' || n, 1
from generate_series(1, %s) n
"""
_BUSY = """
update aisubs.transcription_jobs set status = 'processing', progress_stage = 'transcribing', fence = 2,
    dispatch_id = gen_random_uuid(), dispatched_at = now(), last_seen = now(), worked_at = now(), attempt_at = now(),
    started_at = now(), claimed_by = 'worker', execution_name = 'execution'
where job_id in (select job_id from aisubs.transcription_jobs where status = 'pending' limit %s)
"""


def rows() -> Iterator[Row]:
    for workers in WORKERS:
        with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as server:
            with psycopg.connect(server.url) as connection:
                migrate(connection)
            with JobLine(server.url) as line:
                yield from _measured(line, workers)


def _measured(line: JobLine, workers: int) -> Iterator[Row]:
    line.sql(_FILL, workers, workers * (WAITING_EACH + 1) + REPEATED)
    line.sql(_BUSY, workers - 1)
    line.sql("analyze aisubs.transcription_jobs")
    concurrency = workers + REPEATED  # one slot is free for each start that is measured
    starts: list[dict[str, Any]] = []

    def start() -> None:
        dispatch = line.jobs.begin_dispatch(concurrency, 900.0)
        assert dispatch is not None
        starts.append(dispatch)

    def claim() -> None:
        dispatch = starts[len(claims)]
        claims.append(line.jobs.claim_job(dispatch["job_id"], dispatch["dispatch_id"], "worker"))

    def beat() -> None:
        line.jobs.heartbeat(claims[0].job_id, claims[0].fence)

    claims: list[Any] = []
    start_s, claim_s, beat_s = median_s(start), median_s(claim), median_s(beat)
    asks_s = median_s(lambda: line.jobs.startable(concurrency))
    named = f"{workers} workers, {workers * WAITING_EACH} jobs waiting"
    yield f"{named}: start one", f"{start_s * 1000:.1f} ms", "<= 1,000 ms", start_s <= 1
    yield f"{named}: claim it", f"{claim_s * 1000:.1f} ms", "<= 100 ms", claim_s <= 0.1
    yield f"{named}: ask what could start", f"{asks_s * 1000:.1f} ms", "<= 100 ms", asks_s <= 0.1
    busy = workers / HEARTBEAT_S * beat_s
    told = f"{beat_s * 1000:.1f} ms, {busy * 100:.1f} % of a connection"
    yield f"{named}: signs of life, each {HEARTBEAT_S:.0f} s", told, "<= 8 connections", busy <= 8


def median_s(action: Callable[[], object], times: int = REPEATED) -> float:
    took = []
    for _ in range(times):
        began_s = time.perf_counter()
        action()
        took.append(time.perf_counter() - began_s)
    return statistics.median(took)
