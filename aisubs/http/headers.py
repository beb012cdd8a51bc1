"""What every answer carries, and how names of files and entity tags are written in headers."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aisubs.http.faults import as_json
from aisubs.model.errors import error

MAX_JSON_BYTES = 1 << 20
"""Largest body of a request to /api; recordings go to /upload, which has no such limit."""

MAX_EDIT_BYTES = 4 << 20
"""Largest correction of a text: that of a long recording may touch every paragraph."""

EXPOSED = ["Range", "Location", "ETag", "Date", "Retry-After", "Content-Range", "Content-Disposition", "Accept-Ranges"]
"""What a web page of another origin may read. Without `Range` every resumed upload would begin again at 0."""

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",  # CORS decides who may read
}
_PRIVATE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}
_OURS = ("/api/", "/upload/", "/files/")


class Headers:
    """Adds the security headers, and to answers of the API that they are private, where these say nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = _FIXED | (_PRIVATE if scope["path"].startswith(_OURS) else {})

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in added.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class BodyLimit:
    """Refuses bodies over MAX_JSON_BYTES (MAX_EDIT_BYTES for corrections) under /api before they fill the memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        limit_bytes = MAX_EDIT_BYTES if scope["path"].endswith("/revisions") else MAX_JSON_BYTES
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > limit_bytes:
            await _too_large(limit_bytes)(scope, receive, send)
            return
        received_bytes = 0

        async def counted() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > limit_bytes:  # sent in chunks, without a length
                raise error("bad_request", f"The body is larger than {limit_bytes} bytes.")
            return message

        await self._app(scope, counted, send)


def disposition(kind: str, filename: str) -> str:
    """Content-Disposition with any name: an ASCII stand-in for old clients, the name itself by RFC 8187."""
    plain = "".join(char if " " <= char <= "~" and char not in '"\\%' else "_" for char in filename)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def etag_matches(header: str | None, etag: str) -> bool:
    """If-None-Match of a GET: any of the tags in the list, compared weakly (RFC 9110 §13.1.2)."""
    if header is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags


def _too_large(limit_bytes: int) -> ASGIApp:
    return as_json(error("bad_request", f"The body is larger than {limit_bytes} bytes."), status=413)
