"""Either database plug with nobody at the other end, with somebody who never answers, with the wrong credentials."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from aisubs.adapters.database.postgres import PostgresDatabase
from aisubs.adapters.database.supabase import SupabaseDatabase
from aisubs.model.errors import AisubsError
from tests.doubles.supabase_rpc import SupabaseRpc

PLUGS = ("postgres", "supabase")


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepted: list[socket.socket] = []
        stop = threading.Event()

        def accept() -> None:
            while not stop.is_set():
                accepted.append(listener.accept()[0])

        thread = threading.Thread(target=accept)
        thread.start()
        yield listener.getsockname()[1]
        stop.set()
        socket.create_connection(listener.getsockname()).close()
        thread.join()
        for line in accepted:
            line.close()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def at_port(kind: str, port: int) -> PostgresDatabase | SupabaseDatabase:
    if kind == "postgres":
        return PostgresDatabase(f"postgresql://user:s3cret@127.0.0.1:{port}/db", connect_timeout_s=0.5)
    return SupabaseDatabase(f"http://127.0.0.1:{port}", "s3cret", answer_timeout_s=0.5)


@pytest.mark.parametrize("kind", PLUGS)
def test_nobody_listens(kind: str) -> None:
    plug = at_port(kind, unused_port())
    with pytest.raises(AisubsError) as raised:
        plug.call("startable", concurrency=3)
    plug.close()
    assert raised.value.code == "database_unavailable"
    assert "s3cret" not in f"{raised.value!r} {raised.value} {raised.value.__cause__!r}"


@pytest.mark.parametrize("kind", PLUGS)
def test_somebody_listens_and_never_answers(kind: str, silent_port: int) -> None:
    plug = at_port(kind, silent_port)
    with pytest.raises(AisubsError) as raised:
        plug.call("startable", concurrency=3)
    plug.close()
    assert raised.value.code == "database_unavailable"


@pytest.mark.parametrize("kind", PLUGS)
def test_wrong_credentials(kind: str, database_url: str) -> None:
    with SupabaseRpc(database_url) as endpoint:
        plug: Any
        if kind == "postgres":
            user_and_secret = database_url.split("//")[1].split("@")[0]
            plug = PostgresDatabase(database_url.replace(user_and_secret, "aisubs:s3cret-but-wrong"))
        else:
            plug = SupabaseDatabase(endpoint.url, "s3cret-but-wrong")
        with pytest.raises(AisubsError) as raised:
            plug.ping()
        plug.close()
    assert raised.value.code == "database_unavailable"
    assert "s3cret-but-wrong" not in f"{raised.value!r} {raised.value} {raised.value.__cause__!r}"
