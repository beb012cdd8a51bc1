"""A link between a client and the web API that loses, delays, refuses and repeats requests, as networks do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

KINDS = ("lost_answer", "not_delivered", "delayed", "refused", "twice", "half_open")
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_DELAY_S, _HALF_OPEN_S = 0.7, 3.0


class _Broken(Response):
    """The connection ends within the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
        raise ConnectionAbortedError


class HttpLink:
    """An app that passes requests on to `target()`. `arm` says what becomes of the next ones, one kind each."""

    def __init__(self, target: Callable[[], str]) -> None:
        self._target = target
        self._armed: list[str] = []
        methods = ["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"]
        self.app = Starlette(routes=[Route("/{path:path}", self._answer, methods=methods)], lifespan=self._life)

    def arm(self, kinds: list[str]) -> None:
        self._armed.extend(kinds)

    def disarm(self) -> None:
        self._armed.clear()

    @asynccontextmanager
    async def _life(self, _: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as self._http:
            yield

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        kind = self._armed.pop(0) if self._armed else ""
        if kind == "delayed":
            await asyncio.sleep(_DELAY_S)
        if kind == "half_open":
            await asyncio.sleep(_HALF_OPEN_S)
        if kind in ("not_delivered", "half_open"):
            return _Broken()
        if kind == "refused":
            return Response("Bad Gateway", 502)
        try:
            if kind == "twice":
                await self._passed_on(request, body)
            reply = await self._passed_on(request, body)
        except httpx.HTTPError:  # the edition is away
            return _Broken()
        if kind == "lost_answer":
            return _Broken()
        headers = {name: value for name, value in reply.headers.items() if name not in _HOP_BY_HOP}
        return Response(reply.content, reply.status_code, headers)

    async def _passed_on(self, request: Request, body: bytes) -> httpx.Response:
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        headers = {name: value for name, value in request.headers.items() if name not in _HOP_BY_HOP}
        headers["accept-encoding"] = "identity"
        return await self._http.request(request.method, self._target() + path, content=body, headers=headers)
