"""A pooler that switches servers between transactions, as port 6543 of a hosted project does, loses nothing of ours.

A real PgBouncer with two servers before a real Postgres. What a session would hold is not there from one statement to
the next: no prepared statement, no advisory lock but of a transaction, no LISTEN.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psycopg
import pytest

import aisubs
from aisubs.adapters.database.postgres import PostgresDatabase
from aisubs.sql.migrate import migrate
from tests.pooler import in_transaction_mode
from tests.scripted_engine import ScriptedEngine
from tests.speech import write_audio
from tests.workshop import Workshop

SOURCES = Path(aisubs.__file__).parent


@pytest.fixture
def pooled(database_url: str) -> Iterator[str]:
    with in_transaction_mode(database_url) as url:
        yield url


def test_a_session_is_not_kept_here(pooled: str) -> None:
    """Else the others would prove nothing."""
    with (
        psycopg.connect(pooled, autocommit=True, prepare_threshold=None) as one,
        psycopg.connect(pooled, autocommit=True, prepare_threshold=None) as other,
    ):
        locked_by = one.execute("select pg_backend_pid() from pg_advisory_lock(1)").fetchone()
        with other.transaction():
            assert other.execute("select pg_backend_pid()").fetchone() == locked_by
            mine = one.execute("select pg_backend_pid() <> %s, pg_try_advisory_lock(1)", locked_by).fetchone()
    assert mine == (True, False), "its own lock is somebody else's"


def test_a_database_is_migrated_through_it(empty_database_url: str) -> None:
    with in_transaction_mode(empty_database_url) as url, psycopg.connect(url, prepare_threshold=None) as connection:
        assert migrate(connection)
        assert not migrate(connection)


def test_many_calls_of_many_at_once_each_get_their_own_answer(pooled: str) -> None:
    database = PostgresDatabase(pooled)
    with ThreadPoolExecutor(16) as callers:
        answers = list(
            callers.map(lambda n: database.call("queue_state", concurrency=n % 5 + 1, queue_capacity=100), range(200))
        )
    database.close()
    assert len(answers) == 200
    assert {answer[0]["active"] for answer in answers} == {0}


def test_workers_share_a_line_through_it_and_every_job_is_done_once(pooled: str, tmp_path: Path) -> None:
    with Workshop(pooled, tmp_path, concurrency=8) as shop:
        jobs = [
            shop.drop(write_audio(np.full(16_000, number / 99, np.float32), tmp_path / f"{number}.wav"))
            for number in range(8)
        ]
        with ThreadPoolExecutor(4) as workers:
            assert set(workers.map(lambda _: shop.work(ScriptedEngine()), range(4))) == {0}
        assert {shop.jobs.startable(8)} == {0}
    with psycopg.connect(pooled, prepare_threshold=None) as look:
        rows = look.execute("select job_id::text, status, retry_count from aisubs.transcription_jobs").fetchall()
    assert sorted(rows) == sorted((job_id, "completed", 0) for job_id in jobs)


def test_nothing_of_ours_needs_a_session() -> None:
    """LISTEN is the local edition's, on a connection of its own; in the cloud Supabase tells the page."""
    sources = [path for kind in ("sql", "py") for path in SOURCES.rglob(f"*.{kind}")]
    locks, statements = r"pg_(try_)?advisory_(lock|unlock)\b", r"^\s*(prepare|deallocate) \w|create temp"
    needs = re.compile(f"{locks}|{statements}", re.IGNORECASE | re.MULTILINE)
    assert [path.name for path in sources if needs.search(path.read_text())] == []
    assert [path.name for path in sources if re.search(r'sql\.SQL\("listen', path.read_text())] == ["plug.py"]
