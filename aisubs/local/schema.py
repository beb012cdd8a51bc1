"""Bring the database up to date, over a connection of its own."""

from __future__ import annotations

from aisubs.settings import Settings
from aisubs.wiring import connect_for_migration


def migrate_database(settings: Settings) -> list[str]:
    """Returns the names of what was new; nothing is touched when nothing is.

    Raises `database_unavailable` with what the server said, and what aisubs.sql.migrate raises.
    """
    from aisubs.sql.migrate import migrate, pending

    with connect_for_migration(settings) as connection:
        return migrate(connection) if pending(connection) else []
