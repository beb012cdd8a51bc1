"""A database that grows: lists and sweeps with ten thousand, a hundred thousand and a million jobs that are over,
a hundred of each owner. Medians of wall time, one connection; the exponent is that of the growth over the last
factor of ten: 0 where an index finds what is asked for, 1 where all rows are read.

`python -m tests.bench growth` starts a Postgres of its own, and fills it in some minutes.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from aisubs.local.postgres import EmbeddedPostgres
from aisubs.pipeline.jobs import Holder
from aisubs.sql.migrate import migrate
from tests.bench.__main__ import Row
from tests.bench.scale import median_s
from tests.pipeline.job_line import JobLine

SIZES = (10_000, 100_000, 1_000_000)
OF_EACH = 100
REPEATED = 25
MOST_MS = 2.0
MOST_EXPONENT = 0.3

_COPY = """
insert into aisubs.transcription_jobs ({columns})
select {columns}
from generate_series({first}, {last}) n, (select j as done from aisubs.transcription_jobs j limit 1) one,
    jsonb_populate_record(null::aisubs.transcription_jobs, to_jsonb(one.done) || jsonb_build_object(
        'job_id', gen_random_uuid(), 'owner_id', 'owner-' || n / {of_each}, 'token_hash', md5('t' || n) || md5(n::text),
        'object_name', 'uploads/' || n, 'watch_topic', 'job:' || n, 'content_sha256', md5(n::text) || md5(n::text),
        'created_at', now() - n * interval '10 ms', 'filename', 'talk ' || n || '.mp4'))
"""
"""A finished job over and over, as it came to be by the functions themselves; no owner's twice."""


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as server:
        with psycopg.connect(server.url) as connection:
            migrate(connection)
        with JobLine(server.url) as line:
            line.finished()
            measured: list[dict[str, float]] = []
            had = 1
            for size in SIZES:
                _fill(line, had, size)
                measured.append(_measured(line, size))
                had = size
            yield from _told(measured)


def _fill(line: JobLine, first: int, last: int) -> None:
    found = line.sql(
        "select column_name from information_schema.columns where table_schema = 'aisubs' "
        "and table_name = 'transcription_jobs' and is_generated = 'NEVER'"
    )
    columns = ", ".join(row["column_name"] for row in found)
    line.sql("set session_replication_role = replica")  # the guards of moves have nothing to say about a copy
    line.sql(_COPY.format(columns=columns, first=first, last=last - 1, of_each=OF_EACH))
    line.sql("set session_replication_role = origin")
    line.sql("vacuum analyze aisubs.transcription_jobs")


def _measured(line: JobLine, size: int) -> dict[str, float]:
    """Milliseconds of each call."""
    holder = Holder((), f"owner-{size // OF_EACH // 2}")
    one = str(line.jobs.list_jobs(holder, 1, 1)[0]["job_id"])
    known = [{"name": f"uploads/{n}", "generation": 1} for n in range(1, 101)]
    calls: dict[str, Callable[[], Any]] = {
        "one job": lambda: line.jobs.get_job(one, holder),
        "an owner's list, first page": lambda: line.jobs.list_jobs(holder, 1, 20),
        "an owner's list by a word": lambda: line.jobs.list_jobs(holder, 1, 20, {"text": "talk 5"}),
        "an owner's totals": lambda: line.jobs.library_totals(holder),
        "the state of the line": lambda: line.jobs.queue_state(3, 10),
        "sweep: what could start": lambda: line.jobs.startable(3),
        "sweep: workers that are silent": lambda: line.jobs.recover_stale(
            batch=50, stale_after_s=90.0, max_retries=3, retry_backoff_s=10.0
        ),
        "sweep: executions to ask about": lambda: line.jobs.list_processing(30.0, 50),
        "sweep: uploads that ended": lambda: line.jobs.expire_uploads(50),
        "sweep: texts to put beside their recordings": lambda: line.jobs.list_unmirrored(50),
        "sweep: a hundred objects that are known": lambda: line.jobs.unknown_objects("bucket", known),
        "retention: nothing is due": lambda: line.jobs.expire_jobs(168.0, 50),
    }
    return {name: median_s(call, REPEATED) * 1000 for name, call in calls.items()}


def _told(measured: list[dict[str, float]]) -> Iterator[Row]:
    for name, largest_ms in measured[-1].items():
        exponent = math.log10(largest_ms / measured[-2][name])
        each = ", ".join(f"{one[name]:.2f}" for one in measured)
        holds = largest_ms <= MOST_MS and exponent <= MOST_EXPONENT
        yield name, f"{each} ms, n^{exponent:.2f}", f"<= {MOST_MS:.0f} ms, n^{MOST_EXPONENT}", holds
