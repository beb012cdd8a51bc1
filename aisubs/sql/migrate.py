"""Bring a database up to date: shim, data migrations once, code rebuilt; all in one transaction.

Callers may go on meanwhile: they wait for the table locks (some ten milliseconds), end what they had begun with the
old code and then meet the new. Two processes may migrate at once: the second waits and finds nothing left to do.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from aisubs.model.errors import error

if TYPE_CHECKING:  # the core never imports a driver; whoever calls us brings a connection
    from psycopg import Connection

CODE = "code"
"""What the ledger calls the shim and the code schemas together."""

_LEDGER = """
create schema if not exists aisubs;
create table if not exists aisubs.schema_migrations (
    name text primary key, checksum text not null, applied_at timestamptz not null default now());
"""

# In the order in which the functions take their own locks, so that nobody waits for the other crosswise. An earlier
# release may not have had them all.
_LOCK_TABLES = """
do $$
declare
    name text;
begin
    foreach name in array array[
        'transcription_jobs', 'transcript_windows', 'job_results', 'transcript_edits', 'transcript_revisions',
        'translations', 'translated_sentences', 'translation_spending',
        'job_shares', 'push_subscriptions', 'accounts', 'owner_sessions', 'api_keys', 'text_index', 'command_files',
        'ended_uploads', 'sender_days', 'deletions', 'video_copies',
        'job_duration_stats', 'limits'] loop
        if to_regclass('aisubs.' || name) is not null then
            execute format('lock table aisubs.%I in access exclusive mode', name);
        end if;
    end loop;
end $$;
"""

# Whoever waits for the tables meanwhile has looked up the old functions already and finds them where they were, only
# under another schema name; by the next migration nobody can be left who still holds on to them.
_REPLACE_CODE = """
drop schema if exists aisubs_api_retired, aisubs_core_retired cascade;
do $$
begin
    if to_regnamespace('aisubs_core') is not null then
        drop trigger if exists guard on aisubs.transcription_jobs;
        drop trigger if exists announce on aisubs.transcription_jobs;
        drop trigger if exists announce_new on aisubs.transcription_jobs;
        drop trigger if exists tell_devices on aisubs.transcription_jobs;
        drop trigger if exists tell_webhooks on aisubs.transcription_jobs;
        drop trigger if exists tell_webhooks_new on aisubs.transcription_jobs;
        drop policy if exists aisubs_watch on realtime.messages;
        alter schema aisubs_core rename to aisubs_core_retired;
    end if;
    if to_regnamespace('aisubs_api') is not null then
        alter schema aisubs_api rename to aisubs_api_retired;
    end if;
end $$;
create schema aisubs_core;
create schema aisubs_api;
"""


def migrate(connection: Connection[Any]) -> list[str]:
    """Apply what is missing and rebuild the code; returns the names of what was new (see `pending`).

    The connection's role must own schema `aisubs` and be able to create schemas (and, off Supabase, roles).
    Raises `internal` for a database that a newer release has migrated and for an edited migration; psycopg.Error for
    what the server refuses. Nothing has changed then.
    """
    with connection.transaction():
        _run(connection, "set local client_min_messages = warning; set local lock_timeout = '60s'")
        _run(connection, "select pg_advisory_xact_lock(hashtextextended('aisubs.migrate', 0))")
        news = pending(connection)
        _run(connection, _LEDGER)
        _run(connection, _LOCK_TABLES)
        _run(connection, _read("shim.sql"))
        # Before the data, for a trigger with work left to do at the commit would keep its table from being altered.
        _run(connection, _REPLACE_CODE)
        for name in news:
            if name != CODE:
                _run(connection, _read("migrations", name))
            _record(connection, name)
        for name in _names("code"):
            _run(connection, _read("code", name))
        _run(connection, "notify pgrst, 'reload schema'")
    return news


def pending(connection: Connection[Any]) -> list[str]:
    """What `migrate` would do: migrations not yet applied, and "code" if the database has the rules of another release.

    Raises as `migrate`. Changes nothing.
    """
    known = _ledger(connection)
    ours = {name: _checksum("migrations", name) for name in _names("migrations")}
    for name in known.keys() - {CODE}:
        if name not in ours:
            raise error("internal", f"the database is newer than this release: it has had migration {name}")
        if known[name] != ours[name]:
            raise error("internal", f"migration {name} was edited after it had been applied")
    code_is_new = known.get(CODE) != _code_checksum()
    return [name for name in ours if name not in known] + ([CODE] if code_is_new else [])


def release() -> tuple[str, str]:
    """The newest migration of this release, and the checksum of its rules: what a database has that had `migrate`."""
    return _names("migrations")[-1], _code_checksum()


def _ledger(connection: Connection[Any]) -> dict[str, str]:
    """Name -> checksum of what was applied."""
    if connection.execute("select to_regclass('aisubs.schema_migrations') is null").fetchone() == (True,):
        return {}
    return dict(connection.execute("select name, checksum from aisubs.schema_migrations").fetchall())


def _record(connection: Connection[Any], name: str) -> None:
    checksum = _code_checksum() if name == CODE else _checksum("migrations", name)
    connection.execute(
        "insert into aisubs.schema_migrations (name, checksum) values (%s, %s) "
        "on conflict (name) do update set checksum = excluded.checksum, applied_at = now()",
        (name, checksum),
    )


def _names(folder: str) -> list[str]:
    """The .sql files of a folder in the order of their numbers."""
    return sorted(item.name for item in (files(__package__) / folder).iterdir() if item.name.endswith(".sql"))


def _read(*path: str) -> str:
    return files(__package__).joinpath(*path).read_text(encoding="utf-8")


def _checksum(*path: str) -> str:
    return sha256(_read(*path).encode()).hexdigest()


def _code_checksum() -> str:
    whole = "\0".join([_read("shim.sql"), *(_read("code", name) for name in _names("code"))])
    return sha256(whole.encode()).hexdigest()


def _run(connection: Connection[Any], script: str) -> None:
    """Several statements at once: without parameters psycopg sends a script as it is."""
    connection.execute(script.encode())
