"""The database of this machine: the one that the settings name, else the embedded one; and bringing it up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from aisubs.local.postgres import EmbeddedPostgres
from aisubs.settings import Settings
from aisubs.wiring import connect_for_migration


@contextmanager
def embedded_database(settings: Settings) -> Iterator[tuple[Settings, EmbeddedPostgres | None]]:
    """Settings that name a database that runs: unchanged where they name one, else the embedded Postgres, started or
    joined, and left at the end. Raises `database_unavailable`.

    `SUPABASE_URL` without a key of the service only says where people sign in."""
    if settings.database_url or (settings.supabase_url and settings.supabase_service_key):
        yield settings, None
        return
    with EmbeddedPostgres(settings.data_dir) as postgres:
        yield settings.model_copy(update={"database_url": SecretStr(postgres.url)}), postgres


def migrate_database(settings: Settings) -> list[str]:
    """Returns the names of what was new; nothing is touched when nothing is.

    Raises `database_unavailable` with what the server said, and what aisubs.sql.migrate raises.
    """
    from aisubs.sql.migrate import migrate, pending

    with connect_for_migration(settings) as connection:
        return migrate(connection) if pending(connection) else []
