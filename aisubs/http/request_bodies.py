"""Bodies of requests to /api, read before anything else is done: within limits of size, time and memory.

Whoever sends half a body and stops costs a connection and not more than FREE_BYTES; larger ones share what is set aside
for all, and a correction, which may be the largest, is taken only of somebody whose token opens the job. Recordings go
to the disk and are not held; there only silence has a limit.
"""

from __future__ import annotations

import asyncio
import re
import time

from anyio import to_thread
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aisubs.http.access import bearer_tokens, holder_of
from aisubs.http.faults import as_json
from aisubs.model.errors import AisubsError, error
from aisubs.wiring import App

MAX_JSON_BYTES = 1 << 20
"""Largest body of a request to /api; recordings go to /upload, which has no such limit."""

MAX_EDIT_BYTES = 4 << 20
"""Largest correction of a text: that of a long recording may touch every paragraph."""

FREE_BYTES = 16 << 10
"""What anybody may send without taking of what is set aside: nearly every request is smaller."""

SHARED_BYTES = 32 << 20
"""What all bodies that are under way may hold together beyond that."""

GRACE_S, SLOWEST_BYTES_PER_S = 20.0, 16 << 10
"""A body is given this long, and longer by what has come of it at this pace."""

SILENCE_S = 60.0
"""How long nothing may come of a recording before its connection counts as lost; the upload goes on by another."""

_RECORDINGS = ("/upload/", "/v1/audio/", "/v2/upload", "/asr", "/detect-language")
"""Where recordings are sent."""

_SMALL = ("/api/", "/v2/")
"""Where everything else is said."""

_EDIT = re.compile(r"/api/jobs/([^/]+)/revisions(?:/restore)?")


class RequestBodies:
    """ASGI middleware. `app.state.app` of the scope's app is asked who may send a large correction."""

    def __init__(
        self,
        app: ASGIApp,
        shared_bytes: int = SHARED_BYTES,
        grace_s: float = GRACE_S,
        slowest_bytes_per_s: int = SLOWEST_BYTES_PER_S,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._app = app
        self._slowest_bytes_per_s = slowest_bytes_per_s
        self._left_bytes = shared_bytes
        self._grace_s = grace_s
        self._silence_s = silence_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_RECORDINGS):
            await self._app(scope, self._not_silent(receive), send)
        elif scope["type"] == "http" and scope["path"].startswith(_SMALL) and _has_body(scope):
            await self._whole(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _whole(self, scope: Scope, receive: Receive, send: Send) -> None:
        held, refusal = _Held(), None
        try:
            try:
                body = await self._read(scope, receive, held)
            except AisubsError as fault:
                body, refusal = None, as_json(fault, status=413 if held.too_large else None)
            if refusal is not None:
                await refusal(scope, receive, send)
            elif body is not None:
                await self._app(scope, _replay(body, receive), send)
        finally:
            self._left_bytes += held.shared_bytes

    async def _read(self, scope: Scope, receive: Receive, held: _Held) -> bytes | None:
        """The whole body; None when its sender has gone. Raises AisubsError."""
        edit = _EDIT.fullmatch(scope["path"])
        limit_bytes = MAX_EDIT_BYTES if edit else MAX_JSON_BYTES
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        held.check_size(int(announced) if announced.isdigit() else 0, limit_bytes)
        began_s, body, more = time.monotonic(), bytearray(), True
        while more:
            left_s = self._grace_s + len(body) / self._slowest_bytes_per_s - (time.monotonic() - began_s)
            try:
                async with asyncio.timeout(left_s):
                    message = await receive()
            except TimeoutError:
                raise error("bad_request", "The body took too long.") from None
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
            held.check_size(len(body), limit_bytes)
            if edit and not held.proven and len(body) > FREE_BYTES:
                await to_thread.run_sync(_check_owner, scope, edit[1])
                held.proven = True
            self._share(held, len(body) - FREE_BYTES)
        return bytes(body)

    def _share(self, held: _Held, wanted_bytes: int) -> None:
        """Raises `too_busy`."""
        more = wanted_bytes - held.shared_bytes
        if more <= 0:
            return
        if more > self._left_bytes:
            raise error("too_busy", "too many bodies are under way", retry_after_s=5)
        self._left_bytes -= more
        held.shared_bytes += more

    def _not_silent(self, receive: Receive) -> Receive:
        async def within() -> Message:
            try:
                async with asyncio.timeout(self._silence_s):
                    return await receive()
            except TimeoutError:
                return {"type": "http.disconnect"}

        return within


class _Held:
    """What is known of one body."""

    shared_bytes = 0
    proven = False
    too_large = False

    def check_size(self, size_bytes: int, limit_bytes: int) -> None:
        """Raises `bad_request`."""
        if size_bytes > limit_bytes:
            self.too_large = True
            raise error("bad_request", f"The body is larger than {limit_bytes} bytes.")


def _has_body(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers


def _check_owner(scope: Scope, job_id: str) -> None:
    """Raises what asking for the job does."""
    app: App = scope["app"].state.app
    request = Request(scope)
    app.jobs.get_own_job(job_id, holder_of(request, bearer_tokens(request)))


def _replay(body: bytes, receive: Receive) -> Receive:
    """Say the body once, and then what the connection says."""
    said = False

    async def again() -> Message:
        nonlocal said
        if said:
            return await receive()
        said = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
