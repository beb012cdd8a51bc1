"""The network side of the embedded server: which port it gets, and whether it answers there."""

from __future__ import annotations

import socket

from aisubs.local.postgres.cluster import DATABASE, USER
from aisubs.model.errors import error

ADDRESS = "127.0.0.1"
_CONNECT_TIMEOUT_S = 5


def choose_port(wanted: int, last: int | None) -> int:
    """`wanted` if given, else `last` if it is free, else any free one. Raises `database_unavailable`."""
    if wanted:
        if not _is_free(wanted):
            raise error("database_unavailable", f"Port {wanted} of {ADDRESS} is used by another program.")
        return wanted
    if last and _is_free(last):
        return last
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def refusal(port: int, password: str) -> str | None:
    """None when the server of this cluster answers at `port`; else what came instead.

    SCRAM proves that it knows the password, and we show ours to no other. Raises `database_unavailable` when it is the
    password that is refused: asking again would not help.
    """
    import psycopg

    try:
        with psycopg.connect(
            host=ADDRESS,
            port=port,
            user=USER,
            password=password,
            dbname=DATABASE,
            sslmode="disable",
            gssencmode="disable",
            require_auth="scram-sha-256",
            connect_timeout=_CONNECT_TIMEOUT_S,
        ) as connection:
            connection.execute("select 1")
    except psycopg.OperationalError as problem:
        if "authentication" in str(problem):
            refused = f"The server at port {port} refuses the password: {problem}"
            raise error("database_unavailable", refused) from problem
        return str(problem)
    return None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As Postgres does: connections of the last server that still linger don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True
