"""The database port over the Postgres protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from aisubs.adapters.database import error_from_sql, rows_from_body, to_json
from aisubs.adapters.database.postgres.functions import Signature, read_signature
from aisubs.adapters.database.postgres.pool import Connection, ConnectionPool
from aisubs.model.errors import AisubsError, error
from aisubs.settings import Settings


class PostgresDatabase:
    """Plug of `aisubs.ports.Database`. Threads may share it. Connects when first called."""

    def __init__(
        self, url: str, *, connect_timeout_s: float = 5.0, statement_timeout_s: float = 15.0, connections: int = 16
    ) -> None:
        self._pool = ConnectionPool(
            url, connect_timeout_s=connect_timeout_s, statement_timeout_s=statement_timeout_s, size=connections
        )
        self._signatures: dict[str, Signature] = {}

    def call(self, function: str, /, **arguments: Any) -> list[dict[str, Any]]:
        given = to_json(function, arguments)
        try:
            return self._pool.run(lambda connection: self._call(connection, function, set(arguments), given))
        except psycopg.Error as problem:
            raise _mapped(function, problem) from problem

    def ping(self) -> str:
        self.call("queue_state", concurrency=1, queue_capacity=1)
        try:
            return self._pool.run(_describe)
        except psycopg.Error as problem:
            raise _mapped("ping", problem) from problem

    def listen(self, channel: str, idle_s: float = 15.0) -> Iterator[str | None]:
        """Payloads of NOTIFY on `channel`, for as long as the caller asks; None after `idle_s` seconds without one.

        The first item is None: from then on nothing is missed. Raises `database_unavailable` when the connection is
        lost; what was sent before the next call is then lost too.
        """
        try:
            with self._pool.connect() as connection:
                connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
                yield None
                while True:
                    heard = False
                    for notification in connection.notifies(timeout=idle_s, stop_after=1):
                        heard = True
                        yield notification.payload
                    if not heard:
                        yield None
        except psycopg.Error as problem:
            raise _mapped(f"listen {channel}", problem) from problem

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def _call(self, connection: Connection, function: str, names: set[str], given: str) -> list[dict[str, Any]]:
        known = self._signatures.get(function)
        if known is not None and known.fits(names):
            try:
                return _run(connection, known, names, given)
            except psycopg.errors.UndefinedFunction:
                pass  # `aisubs migrate` has rebuilt the schema since we looked
        signature = read_signature(connection, function)
        if signature is None or not signature.fits(names):
            raise error(
                "internal",
                f"There is no function {function}({', '.join(sorted(names))}) in the database. Run `aisubs migrate`.",
            )
        self._signatures[function] = signature
        return _run(connection, signature, names, given)


def connect_for_migration(settings: Settings) -> Connection:
    """A connection for `aisubs.sql.migrate`, without time limits. Raises `database_unavailable`.

    Migrations need SQL, which Supabase does not offer over HTTPS: `DATABASE_URL` must name its Postgres.
    """
    if settings.database_url is None:
        raise error(
            "database_unavailable", "Set DATABASE_URL for the migration (of Supabase: the URL of its session pooler)."
        )
    try:
        return psycopg.connect(settings.database_url.get_secret_value(), connect_timeout=10)
    except psycopg.Error as problem:
        raise _mapped("migrate", problem) from problem


def _run(connection: Connection, signature: Signature, names: set[str], given: str) -> list[dict[str, Any]]:
    parameters = [given] if names else []
    rows = connection.execute(signature.statement(names), parameters).fetchall()
    return rows_from_body(signature.name, signature.body(rows))


def _describe(connection: Connection) -> str:
    version = connection.info.parameter_status("server_version")
    return f"PostgreSQL {version} at {connection.info.host}:{connection.info.port}"


def _mapped(function: str, problem: psycopg.Error) -> AisubsError:
    if problem.sqlstate is None:  # it never reached a server, or lost it on the way
        return error("database_unavailable", f"{function}: {problem}")
    return error_from_sql(function, problem.sqlstate, problem.diag.message_primary or "", problem.diag.message_detail)
