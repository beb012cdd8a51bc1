"""Live updates of the local edition: a WebSocket that tells of changes of the jobs whose topics a client knows.

    client    {"watch": ["job:...", ...]}       replaces the set; at most MAX_TOPICS
    server    {"type": "ready"}                 after each, and again when hints may have been lost: ask for the jobs
              {"type": "job", "job_id", "version", "status", "stage", "progress"}

A topic is the right to hear what is said on it: 244 random bits that only holders of the job get to know. Hints may be
lost and are coalesced (of each topic the newest), so a client that reads slowly costs no memory; one that does not read
at all is hung up on. This door is asynchronous, for a thread would do nothing but wait for each open page.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Response, WebSocket
from pydantic import BaseModel, Field, ValidationError
from starlette.websockets import WebSocketDisconnect

from aisubs.http.faults import as_json
from aisubs.http.senders import client_address
from aisubs.http.watchers import MAX_TOPICS, Watcher, Watchers
from aisubs.model.change import Change
from aisubs.model.errors import error

log = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 1 << 16
"""For the server to enforce, before it reads a message to its end. A full watch set has some 36 kB."""

SEND_TIMEOUT_S = 30.0
"""A client that takes nothing for so long is gone, or as good as gone."""

UNSUPPORTED, POLICY, TRY_LATER = 1003, 1008, 1013
"""Close codes (RFC 6455 §7.4.1 and its registry). Reasons have at most 123 bytes."""

_READY = '{"type": "ready"}'


class _Request(BaseModel):
    watch: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=MAX_TOPICS)]


def live_routes(watchers: Watchers, allowed_origins: Sequence[str]) -> APIRouter:
    """`watchers` is told of changes by whoever hears of them. Pages of `allowed_origins` may listen beside our own."""
    router = APIRouter()

    @router.websocket("/api/live")
    async def live(socket: WebSocket) -> None:
        if not _may_ask(socket, allowed_origins):
            await socket.send_denial_response(as_json(error("origin_refused")))
            return
        await socket.accept()
        watcher = watchers.join(asyncio.get_running_loop(), client_address(socket))
        if watcher is None:
            await socket.close(TRY_LATER, "Too many pages are listening. Try again later.")
            return
        try:
            async with asyncio.TaskGroup() as tasks:
                halves = (
                    tasks.create_task(_send(socket, watcher)),
                    tasks.create_task(_receive(socket, watchers, watcher)),
                )
                await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
                for half in halves:
                    half.cancel()
        finally:
            watchers.leave(watcher)

    @router.get("/api/live", include_in_schema=False)
    def not_upgraded() -> Response:
        refusal = error("bad_request", "This address speaks WebSocket only.")
        return as_json(refusal, status=426, headers={"Upgrade": "websocket", "Connection": "Upgrade"})

    return router


async def _receive(socket: WebSocket, watchers: Watchers, watcher: Watcher) -> None:
    """Until the client leaves or is hung up on."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        text = message.get("text")
        if text is None:
            return await socket.close(UNSUPPORTED, "Send JSON as text.")
        try:
            topics = _Request.model_validate_json(text).watch
        except ValidationError:
            return await socket.close(POLICY, f'Send {{"watch": ["topic", ...]}} with at most {MAX_TOPICS} topics.')
        watchers.watch(watcher, frozenset(topics))


async def _send(socket: WebSocket, watcher: Watcher) -> None:
    try:
        while True:
            readies, changes = await watcher.wait()
            texts = [_READY] * readies + [_shown(change) for change in changes]
            for text in texts:
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await socket.send_text(text)
    except (WebSocketDisconnect, TimeoutError):
        log.debug("live.left")


def _shown(change: Change) -> str:
    """Without the topic: a job is known by its id, and the topic is a secret."""
    said = {
        "type": "job",
        "job_id": change.job_id,
        "version": change.version,
        "status": change.status,
        "stage": change.stage,
        "progress": change.progress,
    }
    return json.dumps(said)


def _may_ask(socket: WebSocket, allowed: Sequence[str]) -> bool:
    """Browsers always say which page asks; who says nothing is no browser. CORS does not apply to WebSockets."""
    origin = socket.headers.get("origin")
    if origin is None or "*" in allowed or origin in allowed:
        return True
    # Not the scheme: behind a proxy that ends TLS the page is https and we are not.
    return urlsplit(origin).netloc.lower() == socket.headers.get("host", "").lower() != ""
