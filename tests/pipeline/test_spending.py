"""What workers cost is counted in SQL, and a day's limit on it stops every start."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import JobLine
from tests.unit.embedded import eventually

HOUR_S = 3600.0


def begin(line: JobLine, daily_gpu_seconds: float | None) -> dict[str, Any] | None:
    return line.jobs.begin_dispatch(3, 900.0, None, daily_gpu_seconds)


def worked(line: JobLine, seconds: float) -> str:
    """A job that a worker held for so long, and handed over."""
    job_id = line.web().job_id
    claim = line.claim()
    line.passes(job_id, "attempt_at", seconds)
    line.jobs.release_job(claim.job_id, claim.fence)
    return job_id


def spent(line: JobLine) -> float:
    return float(line.sql("select today_s from aisubs.limits")[0]["today_s"])


def test_every_attempt_is_counted_to_its_job_and_to_the_day(line: JobLine) -> None:
    job_id = worked(line, HOUR_S)
    line.claim()
    line.passes(job_id, "attempt_at", 60.0)
    shown = line.jobs.get_job(job_id, HOLDER)
    assert shown.worked_s == pytest.approx(HOUR_S + 60, abs=5)
    line.passes(job_id, "last_seen", 91)
    line.jobs.recover_stale(batch=1, stale_after_s=90.0, max_retries=3, retry_backoff_s=0.0)
    assert spent(line) == pytest.approx(HOUR_S + 60, abs=5)
    assert line.jobs.spending()["month_s"] == pytest.approx(HOUR_S + 60, abs=5)


def test_a_start_that_no_worker_claims_costs_nothing(line: JobLine) -> None:
    job_id = line.web().job_id
    dispatch = begin(line, None)
    assert dispatch is not None
    line.passes(job_id, "dispatched_at", HOUR_S)
    line.jobs.return_dispatch(job_id, dispatch["dispatch_id"], 0.0)
    assert (spent(line), line.row(job_id)["worked_s"]) == (0, 0)


def test_the_limit_stops_every_start_and_says_until_when(line: JobLine) -> None:
    job_id = worked(line, 100.0)
    assert begin(line, 99.0) is None
    assert line.jobs.claim_next_job(3, "a worker with time left") is None
    assert line.jobs.startable(3) == 0
    shown = line.jobs.get_job(job_id, HOLDER)
    assert (shown.waiting_for, shown.eta_s) == ("budget", None)
    tomorrow = line.sql("select (now() at time zone 'utc')::date + 1 as day")[0]["day"]
    assert (shown.waiting_until or "").startswith(str(tomorrow))
    assert begin(line, 200.0) is not None


def test_what_runs_counts_as_it_runs(line: JobLine) -> None:
    """A limit that counted only what has ended would be passed by as many workers as there are."""
    first, second = line.web().job_id, line.web().job_id
    claim = line.claim()
    assert claim.job_id == first
    line.sql("update aisubs.transcription_jobs set attempt_at = greatest(attempt_at - interval '9 s', "
             "(now() at time zone 'utc')::date::timestamp at time zone 'utc') where job_id = %s", first)  # fmt: skip
    assert begin(line, 1.0) is None
    line.jobs.heartbeat(claim.job_id, claim.fence)
    assert line.row(first)["status"] == "processing", "it runs to its end"
    assert line.jobs.get_job(second, HOLDER).waiting_for == "budget"


def test_a_new_day_begins_at_nothing_and_a_new_month_too(line: JobLine) -> None:
    worked(line, 100.0)
    line.sql("update aisubs.limits set today = today - 1")
    assert begin(line, 50.0) is not None
    line.sql("update aisubs.limits set month = month - interval '1 month'")
    assert line.jobs.spending()["month_s"] == pytest.approx(0, abs=1)


def test_workers_that_let_go_at_the_same_time_are_both_counted(line: JobLine) -> None:
    def let_go() -> None:
        with psycopg.connect(line.url) as other:
            other.execute("select aisubs_core.spend(5)")

    waiting = "select 1 from pg_locks where not granted and locktype = 'transactionid'"
    with ThreadPoolExecutor(1) as pool, line.connection.transaction():
        line.sql("select aisubs_core.spend(10)")
        second = pool.submit(let_go)
        eventually(lambda: bool(line.sql(waiting)))
    second.result()
    assert spent(line) == 15
