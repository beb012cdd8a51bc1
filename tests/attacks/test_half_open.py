"""Connections and bodies that are begun and never ended: 300 half bodies once held 1.4 GiB for ever, and 1,200 half
headers took the descriptors of the whole edition."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from aisubs.http.request_bodies import FREE_BYTES, MAX_JSON_BYTES, RequestBodies
from aisubs.http.watchers import Watchers
from aisubs.local.connections import guarded_protocol
from tests.http_server import until


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that reads its body and says how long it was."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(str(size)))]})
    await send({"type": "http.response.body", "body": str(size).encode()})


@contextmanager
def served(**limits: Any) -> Iterator[int]:
    """The port of a server with these limits of connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        config = uvicorn.Config(answer, http=guarded_protocol(**limits), log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until(lambda: server.started)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(30)


def is_hung_up_on(connection: socket.socket) -> bool:
    connection.settimeout(30)
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_what_is_no_http_is_told_in_the_shape_of_all_errors() -> None:
    for nonsense in (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"GET / HTTP/1.1\r\nNo colon\r\n\r\n"):
        with served() as port, socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(nonsense)
            connection.settimeout(30)
            said = b"".join(iter(lambda read=connection.recv: read(65536), b""))
            head, _, body = said.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json"), nonsense
            assert json.loads(body)["error"]["code"] == "bad_request"


BEGINNINGS = [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "]


@pytest.mark.parametrize("begun", BEGINNINGS)
def test_who_does_not_say_what_he_wants_is_hung_up_on(begun: bytes) -> None:
    with served(headers_within_s=0.05) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(begun)
        assert is_hung_up_on(connection)


def test_the_second_request_of_a_connection_has_the_same_limit() -> None:
    with served(headers_within_s=0.05) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /half")
        received = b""
        connection.settimeout(30)
        while block := connection.recv(1000):
            received += block
        assert received.startswith(b"HTTP/1.1 200")
        assert received.count(b"HTTP/1.1") == 1


def test_thousands_that_ask_for_nothing_shut_nobody_out() -> None:
    with served(max_connections=20) as port, ExitStack() as stack:
        for number in range(60):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(BEGINNINGS[number % 3])
        assert httpx.get(f"http://127.0.0.1:{port}/").text == "0"


# ── bodies ───────────────────────────────────────────────────────────────────────────────────────────────────────────


Answer = tuple[int, bytes]


async def ask(bodies: RequestBodies, pieces: list[bytes], *, ends: bool = True, path: str = "/api/x") -> Answer:
    """One request, whose body comes in these pieces, and then nothing more or its end."""
    said: list[Message] = []
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    if ends:
        waiting[-1]["more_body"] = False

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Message) -> None:
        said.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": [(b"transfer-encoding", b"chunked")]}
    await bodies(scope, receive, send)
    return (said[0]["status"], said[1]["body"]) if said else (0, b"")


def test_half_a_body_has_its_time_and_gives_back_what_it_held() -> None:
    async def attack() -> None:
        bodies = RequestBodies(answer, shared_bytes=MAX_JSON_BYTES, grace_s=0.05, slowest_bytes_per_s=1 << 30)
        for _ in range(3):
            status, told = await ask(bodies, [b"x" * 65536] * 4, ends=False)
            assert (status, b"too long" in told) == (422, True)
        assert await ask(bodies, [b"x" * 65536] * 15) == (200, b"%d" % (15 * 65536))

    anyio.run(attack)


def test_bodies_that_are_under_way_share_what_there_is() -> None:
    """And small ones, which nearly all are, go on."""

    async def attack() -> None:
        bodies = RequestBodies(answer, shared_bytes=3 * 65536, grace_s=5)
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(lambda: ask(bodies, [b"x" * (65536 + FREE_BYTES)], ends=False))
            await anyio.wait_all_tasks_blocked()
            status, told = await ask(bodies, [b"x" * 65536])
            assert (status, b"too_busy" in told) == (503, True)
            assert await ask(bodies, [b"x" * FREE_BYTES]) == (200, b"%d" % FREE_BYTES)
            tasks.cancel_scope.cancel()
        assert await ask(bodies, [b"x" * 65536]) == (200, b"65536")

    anyio.run(attack)


def test_a_recording_of_which_nothing_comes_is_given_up() -> None:
    async def attack() -> None:
        bodies = RequestBodies(answer, silence_s=0.05)
        assert await ask(bodies, [b"x" * 1000], ends=False, path="/upload/session") == (0, b"")

    anyio.run(attack)


# ── pages that listen ────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_address_leaves_room_for_others_who_listen() -> None:
    import asyncio

    async def attack() -> None:
        watchers, loop = Watchers(max_connections=5, max_per_address=3), asyncio.get_running_loop()
        joined = [watchers.join(loop, "a") for _ in range(10)]
        assert [watcher is not None for watcher in joined] == [True] * 3 + [False] * 7
        other = watchers.join(loop, "b")
        assert other is not None
        watchers.leave(other)
        assert joined[0] is not None
        watchers.leave(joined[0])
        assert watchers.join(loop, "a") is not None

    anyio.run(attack)
