"""Migrations: once, in any company, from any earlier release, under load, and from the installed wheel."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Condition, Event
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from aisubs.model.errors import AisubsError
from aisubs.sql import migrate as migration
from aisubs.sql.migrate import migrate, pending
from tests.pipeline.job_line import JobLine
from tests.postgres import VERSIONS, Servers

ROOT = Path(__file__).parents[2]
MIGRATIONS = ROOT / "aisubs/sql/migrations"
ALL = [*sorted(path.name for path in MIGRATIONS.glob("*.sql")), "code"]

CATALOGUE = """
select 'column', c.table_schema, c.table_name, c.column_name,
    concat_ws(' ', c.data_type, c.is_nullable, c.column_default, c.generation_expression)
from information_schema.columns c where c.table_schema in ('aisubs', 'aisubs_core', 'aisubs_api', 'auth', 'realtime')
union all select 'constraint', conrelid::regclass::text, conname, '', pg_get_constraintdef(oid) from pg_constraint
where connamespace in ('aisubs'::regnamespace, 'realtime'::regnamespace) and contype <> 'n'
union all select 'index', schemaname, indexname, '', indexdef from pg_indexes where schemaname in ('aisubs', 'realtime')
union all select 'policy', schemaname, tablename, policyname, concat_ws(' ', roles, cmd, qual, with_check)
from pg_policies
union all select 'trigger', tgrelid::regclass::text, tgname, '', pg_get_triggerdef(oid)
from pg_trigger where not tgisinternal
union all select 'function', p.oid::regprocedure::text, '', coalesce(p.proacl::text, ''), pg_get_functiondef(p.oid)
from pg_proc p where p.pronamespace::regnamespace::text in ('aisubs', 'aisubs_core', 'aisubs_api', 'auth', 'realtime')
union all select 'grants', c.oid::regclass::text, c.relrowsecurity::text, '', coalesce(c.relacl::text, '')
from pg_class c
where c.relnamespace::regnamespace::text in ('aisubs', 'aisubs_core', 'realtime') and c.relkind in ('r', 'v')
order by 1, 2, 3, 4, 5
"""


def catalogue(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(CATALOGUE).fetchall()


def catalogue_of_supabase(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "select p.oid::regprocedure::text, p.prosrc from pg_proc p "
            "where p.pronamespace in ('auth'::regnamespace, 'realtime'::regnamespace) union all "
            "select attname, atttypid::regtype::text from pg_attribute where attrelid = 'realtime.messages'::regclass "
            "order by 1, 2"
        ).fetchall()


def migrated(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return migrate(connection)


def test_once_is_enough(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        assert pending(connection) == ALL
        assert migrate(connection) == ALL
        assert pending(connection) == []
    first = catalogue(empty_database_url)
    assert migrated(empty_database_url) == []
    assert catalogue(empty_database_url) == first


def test_asking_what_is_pending_changes_nothing(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        pending(connection)
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("select to_regnamespace('aisubs')").fetchone() == (None,)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("had", range(1, len(ALL)))
def test_a_migrated_database_equals_a_fresh_one(servers: Servers, version: str, had: int) -> None:
    """An earlier release had the first `had` migrations, other code, and jobs."""
    with servers.empty(version) as url, servers.clone(version) as fresh_url:
        with psycopg.connect(url) as connection:
            migration._run(connection, migration._LEDGER)
            for name in ALL[:had]:
                migration._run(connection, migration._read("migrations", name))
                migration._record(connection, name)
            connection.execute("create schema aisubs_api")
            connection.execute("create function aisubs_api.get_job(job_id text) returns int language sql as 'select 1'")
            connection.execute(
                "insert into aisubs.transcription_jobs (status, source, filename, bucket, object_name, generation) "
                "values ('pending', 'bucket', 'talk.mp4', 'bucket', 'talk.mp4', 1)"
            )
        assert migrated(url) == ALL[had:]
        assert catalogue(url) == catalogue(fresh_url)
        with JobLine(url) as line:
            assert line.claim().filename == "talk.mp4"


def test_two_processes_at_once(empty_database_url: str) -> None:
    script = (
        "import psycopg, sys; from aisubs.sql.migrate import migrate\n"
        "with psycopg.connect(sys.argv[1]) as connection: print(migrate(connection))"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script, empty_database_url], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = sorted(process.communicate(timeout=60)[0].strip() for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert answers == sorted([str(ALL), "[]"])


def went_on(before: list[int], calls: list[int], workers: list[Future[None]]) -> bool:
    """All have ended what they had begun (one round may have ended before the migration), or one has met an error."""
    return all(now >= then + 2 for now, then in zip(calls, before, strict=True)) or any(w.done() for w in workers)


def test_callers_meet_old_or_new_code_and_never_none(line: JobLine) -> None:
    """Whoever waits during a migration is served by the code that it began with."""
    stop, news, calls = Event(), Condition(), [0] * 4

    def live(number: int) -> None:
        while not stop.is_set():
            line.finished_by(f"worker {number}")
            with news:
                calls[number] += 1
                news.notify_all()

    with ThreadPoolExecutor(len(calls)) as crowd:
        workers = [crowd.submit(live, number) for number in range(len(calls))]
        try:
            for _ in range(5):
                before = list(calls)
                assert migrated(line.url) == []
                all_went_on = partial(went_on, before, calls, workers)
                with news:
                    assert news.wait_for(all_went_on, timeout=60)
        finally:
            stop.set()
        assert [worker.result() for worker in workers] == [None] * len(calls)
    assert line.count("completed") == sum(calls)


def test_an_older_release_does_not_touch_a_newer_database(line: JobLine) -> None:
    line.sql("insert into aisubs.schema_migrations values ('9999_future.sql', 'x')")
    before = catalogue(line.url)
    with pytest.raises(AisubsError) as caught:
        migrated(line.url)
    assert "newer than this release" in caught.value.reason
    assert catalogue(line.url) == before


def test_an_edited_migration_is_noticed(line: JobLine) -> None:
    line.sql("update aisubs.schema_migrations set checksum = 'x' where name = %s", ALL[0])
    with pytest.raises(AisubsError) as caught:
        migrated(line.url)
    assert ALL[0] in caught.value.reason


def test_other_code_is_pending(line: JobLine) -> None:
    line.sql("update aisubs.schema_migrations set checksum = 'x' where name = 'code'")
    line.sql("drop function aisubs_api.get_job(text, jsonb)")
    with psycopg.connect(line.url) as connection:
        assert pending(connection) == ["code"]
    assert migrated(line.url) == ["code"]
    assert line.web().status == "pending"


def test_a_migration_that_fails_leaves_everything_as_it_was(line: JobLine) -> None:
    line.sql("create table public.in_the_way as select * from aisubs.transcription_jobs")
    line.sql("create view public.on_the_way as select * from aisubs.job_duration_stats")
    # One that finds its own tables there; a change of a constraint could be made twice.
    last = next(name for name in reversed(ALL[:-1]) if "create table" in (MIGRATIONS / name).read_text())
    line.sql("delete from aisubs.schema_migrations where name = %s", last)
    before = catalogue(line.url)
    with pytest.raises((psycopg.errors.DuplicateTable, psycopg.errors.DuplicateColumn)):
        migrated(line.url)
    assert catalogue(line.url) == before


def test_the_shim_leaves_alone_what_supabase_has(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("create schema auth; create schema realtime")
        connection.execute("create function auth.uid() returns uuid language sql as 'select gen_random_uuid()'")
        connection.execute("create function realtime.topic() returns text language sql as 'select ''theirs''::text'")
        connection.execute("create table realtime.messages (topic text, extension text, payload jsonb, theirs int)")
        connection.execute(
            "create function realtime.send(payload jsonb, event text, topic text, private boolean default true) "
            "returns void language sql as $$ insert into realtime.messages values ($3, 'broadcast', $1, 42) $$"
        )
    theirs = catalogue_of_supabase(empty_database_url)
    migrated(empty_database_url)
    assert catalogue_of_supabase(empty_database_url) == theirs
    with JobLine(empty_database_url) as line:
        line.web()
        assert line.sql("select theirs, payload ->> 'status' as status from realtime.messages") == [
            {"theirs": 42, "status": "uploading"},
            {"theirs": 42, "status": "pending"},
        ]


def test_whoever_owns_the_database_can_migrate_it(empty_database_url: str) -> None:
    """No superuser, as on Supabase; and what it owns it can run."""
    owner = f"owner_{uuid4().hex}"
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        database = connection.info.dbname
        connection.execute(f"create role {owner} nologin createrole")
        connection.execute(f"alter database {database} owner to {owner}")
        try:
            connection.execute(f"set role {owner}")
            assert migrate(connection) == ALL
            assert migrate(connection) == []
            connection.execute("reset role")
            connection.execute(f"alter database {database} set role {owner}")
            with JobLine(empty_database_url) as line:
                assert line.finished().status == "completed"
                assert line.sql("select count(*) > 0 as told from realtime.messages") == [{"told": True}]
        finally:
            connection.execute("reset role")
            connection.execute(f"alter database {database} reset role")
            connection.execute(f"reassign owned by {owner} to current_user")
            connection.execute(f"drop owned by {owner}")
            connection.execute(f"drop role {owner}")
