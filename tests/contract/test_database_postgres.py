"""What is particular to the plug over the Postgres protocol: killed servers, frozen backends, the live feed."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from aisubs.adapters.database.postgres import PostgresDatabase, connect_for_migration
from aisubs.adapters.database.postgres.pool import ConnectionPool
from aisubs.adapters.database.postgres.watchdog import Watchdog
from aisubs.local.postgres import EmbeddedPostgres
from aisubs.model.errors import AisubsError
from aisubs.settings import Settings
from aisubs.sql.migrate import migrate
from tests.unit.embedded import QUICK, eventually

NOTHING_TO_START = [{"startable": 0}]


def connects(url: str) -> bool:
    psycopg.connect(url).close()
    return True


@contextmanager
def waiting_function(url: str) -> Iterator[psycopg.Connection]:
    """`aisubs_api.f()` that waits for as long as the yielded connection lives."""
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute("""create or replace function aisubs_api.f() returns table (done boolean) language plpgsql as $$
            begin perform pg_advisory_xact_lock(7); return query select true; end $$""")
        holder.execute("select pg_advisory_lock(7)")
        yield holder


def waits(onlooker: psycopg.Connection) -> list[int]:
    """Pids of the backends that wait in that function."""
    rows = onlooker.execute("select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = "
                            "current_database()").fetchall()  # fmt: skip
    return [pid for (pid,) in rows]


# ── Postgres ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_call_after_a_restart_notices_nothing(own_server: EmbeddedPostgres) -> None:
    plug = PostgresDatabase(own_server.url)
    assert plug.call("startable", concurrency=3) == NOTHING_TO_START
    killed = own_server.pid
    os.kill(killed or 0, signal.SIGKILL)
    eventually(lambda: own_server.pid != killed)
    assert plug.call("startable", concurrency=3) == NOTHING_TO_START
    plug.close()


def test_a_call_while_the_server_is_away_waits_for_it(own_server: EmbeddedPostgres) -> None:
    plug = PostgresDatabase(own_server.url, connect_timeout_s=60)
    plug.call("startable", concurrency=3)
    os.kill(own_server.pid or 0, signal.SIGKILL)
    assert plug.call("startable", concurrency=3) == NOTHING_TO_START
    plug.close()


def test_a_call_under_way_is_made_again(own_server: EmbeddedPostgres) -> None:
    eventually(lambda: not own_server.ensure_running() and connects(own_server.url))
    plug = PostgresDatabase(own_server.url, connect_timeout_s=60, statement_timeout_s=60)
    plug.call("startable", concurrency=3)
    with ThreadPoolExecutor() as threads, contextlib.suppress(psycopg.OperationalError):
        with waiting_function(own_server.url) as holder:
            answer = threads.submit(plug.call, "f")
            eventually(lambda: len(waits(holder)) == 1)
            os.kill(own_server.pid or 0, signal.SIGKILL)
        assert answer.result() == [{"done": True}]
    plug.close()


def test_a_server_that_is_gone_for_good(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, options=QUICK) as gone:
        with psycopg.connect(gone.url) as connection:
            migrate(connection)
        plug = PostgresDatabase(gone.url, connect_timeout_s=0.2)
        plug.call("startable", concurrency=3)
    for _ in range(2):
        with pytest.raises(AisubsError) as raised:
            plug.call("startable", concurrency=3)
        assert raised.value.code == "database_unavailable"
        assert raised.value.retryable
    plug.close()


def test_a_first_connection_that_is_cut_is_an_error(database_url: str) -> None:
    """Nothing says that this server ever worked, so there is no second attempt."""
    plug = PostgresDatabase(database_url, statement_timeout_s=60)
    with waiting_function(database_url) as holder, ThreadPoolExecutor() as threads:
        answer = threads.submit(plug.call, "f")
        eventually(lambda: len(waits(holder)) == 1)
        holder.execute("select pg_terminate_backend(%s)", waits(holder))
        with pytest.raises(AisubsError) as raised:
            answer.result()
        assert raised.value.code == "database_unavailable"
        plug.call("startable", concurrency=3)
        answer = threads.submit(plug.call, "f")
        eventually(lambda: len(waits(holder)) == 1)
        holder.execute("select pg_terminate_backend(%s)", waits(holder))
        eventually(lambda: len(waits(holder)) == 1)  # the second attempt, on another connection
        holder.execute("select pg_advisory_unlock(7)")
        assert answer.result() == [{"done": True}]
    plug.close()


def test_a_frozen_backend_is_left_behind(database_url: str) -> None:
    plug = PostgresDatabase(database_url, statement_timeout_s=0.3, connect_timeout_s=0.3)
    with psycopg.connect(database_url, autocommit=True) as onlooker:
        plug.call("startable", concurrency=3)
        row = onlooker.execute("select pid from pg_stat_activity where application_name = 'aisubs' and datname = "
                               "current_database()").fetchone()  # fmt: skip
        assert row is not None
        os.kill(row[0], signal.SIGSTOP)
        try:
            assert plug.call("startable", concurrency=3) == NOTHING_TO_START
        finally:
            os.kill(row[0], signal.SIGCONT)
    plug.close()


def test_calls_do_not_start_a_thread_each(database_url: str) -> None:
    plug = PostgresDatabase(database_url)
    started: set[threading.Thread] = set()
    threading.setprofile(lambda *_: started.add(threading.current_thread()))
    try:
        for _ in range(50):
            plug.call("startable", concurrency=3)
    finally:
        threading.setprofile(None)  # type: ignore[arg-type]
    assert len(started) <= 1
    plug.close()


def test_a_watchdog_is_there_again_when_it_is_needed(database_url: str) -> None:
    """It goes when nothing is done for a while, and each work has its own time."""
    watchdog = Watchdog(0.2)
    before = set(threading.enumerate())  # those of other pools may live for a while
    for _ in range(2):
        with psycopg.connect(database_url, autocommit=True) as connection:
            with watchdog.over(connection):
                connection.execute("select 1")
            with watchdog.over(connection), pytest.raises(psycopg.OperationalError):
                connection.execute("select pg_sleep(60)")
        eventually(lambda: set(threading.enumerate()) <= before)


def test_connections_are_bounded(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "create function aisubs_api.f() returns table (pid int) language sql as 'select pg_backend_pid()'"
        )
    plug = PostgresDatabase(database_url, connections=3)
    with ThreadPoolExecutor(12) as threads:
        pids = {answer[0]["pid"] for answer in threads.map(lambda _: plug.call("f"), range(60))}
    assert 1 <= len(pids) <= 3
    plug.close()
    pool = ConnectionPool(database_url, connect_timeout_s=5, statement_timeout_s=0.2, size=1)
    with pytest.raises(AisubsError) as raised:
        pool.run(lambda _: pool.run(lambda _: None))
    assert raised.value.reason == "All 1 connections are busy."
    pool.close()


# ── the live feed ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_listener_misses_nothing_after_its_first_item(database_url: str) -> None:
    plug = PostgresDatabase(database_url)
    heard = plug.listen("aisubs_live", idle_s=30)
    assert next(heard) is None
    with psycopg.connect(database_url, autocommit=True) as other:
        for n in range(20):
            other.execute("select pg_notify('aisubs_live', %s)", [f"ü{n}"])
    assert [next(heard) for _ in range(20)] == [f"ü{n}" for n in range(20)]
    heard.close()
    quiet = plug.listen("Another; Channel", idle_s=0.05)
    assert [next(quiet) for _ in range(3)] == [None, None, None]
    quiet.close()
    with psycopg.connect(database_url, autocommit=True) as other:
        listening = "select 1 from pg_stat_activity where query like 'listen%' and datname = current_database()"
        eventually(lambda: other.execute(listening).fetchone() is None)
    plug.close()


def test_a_listener_is_told_that_its_line_is_cut(database_url: str) -> None:
    plug = PostgresDatabase(database_url)
    heard = plug.listen("aisubs_live", idle_s=0.05)
    next(heard)
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' "
                      "and datname = current_database()")  # fmt: skip
    with pytest.raises(AisubsError) as raised:
        list(heard)
    assert raised.value.code == "database_unavailable"
    plug.close()


# ── migrations ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_migration_needs_sql(database_url: str) -> None:
    with connect_for_migration(Settings(database_url=SecretStr(database_url))) as connection:
        assert connection.execute("show statement_timeout").fetchone() == ("0",)
    for settings in (Settings(supabase_url="https://x"), Settings(database_url=SecretStr("postgresql://127.0.0.1:1/"))):
        with pytest.raises(AisubsError) as raised:
            connect_for_migration(settings)
        assert raised.value.code == "database_unavailable"
