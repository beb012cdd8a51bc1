"""What Realtime asks of the database: may this client read, may it send. Used by supabase_realtime.py.

The questions are those of https://supabase.com/docs/guides/realtime/authorization: the row level security of
realtime.messages answers them, to the client's role, in a transaction that is rolled back.
"""

from __future__ import annotations

import json
from typing import Any

import psycopg

# Realtime reads the table's changes from the log of the database (logical replication). A trigger sees the same rows,
# and like the log tells of them when they are committed.
TELL_OF_ROWS = """
    create or replace function realtime.tell_double() returns trigger language plpgsql as
        $$ begin perform pg_notify('realtime_double', new.id::text); return null; end $$;
    create or replace trigger tell_double after insert on realtime.messages
        for each row execute function realtime.tell_double();
"""


def may_read(database_url: str, topic: str, claims: dict[str, Any]) -> bool:
    """Stores a message, becomes the client, looks for it. `claims` have a "role"."""
    with psycopg.connect(database_url) as probe, probe.transaction(force_rollback=True):
        stored = "insert into realtime.messages (topic, extension) values (%s, 'broadcast') returning id"
        row = probe.execute(stored, [topic]).fetchone()
        assert row is not None
        try:
            _become(probe, topic, claims)
            look = "select from realtime.messages where topic = %s and extension = 'broadcast' and id = %s"
            return probe.execute(look, [topic, row[0]]).fetchone() is not None
        except psycopg.Error:
            return False  # a policy that fails lets nobody in


def may_send(database_url: str, topic: str, claims: dict[str, Any]) -> bool:
    """Becomes the client, tries to store a message."""
    with psycopg.connect(database_url) as probe, probe.transaction(force_rollback=True):
        _become(probe, topic, claims)
        try:
            probe.execute("insert into realtime.messages (topic, extension) values (%s, 'broadcast')", [topic])
        except psycopg.errors.InsufficientPrivilege:
            return False
        return True


def _become(probe: psycopg.Connection, topic: str, claims: dict[str, Any]) -> None:
    probe.execute(
        "select set_config('role', %s, true), set_config('realtime.topic', %s, true), "
        "set_config('request.jwt.claims', %s, true), set_config('request.headers', '{}', true)",
        [claims["role"], topic, json.dumps(claims)],
    )
