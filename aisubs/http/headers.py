"""What every answer carries, and how names of files and entity tags are written in headers."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import Headers as RequestHeaders
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aisubs.http.faults import as_json
from aisubs.model.errors import error

EXPOSED = ["Range", "Location", "ETag", "Date", "Retry-After", "Content-Range", "Content-Disposition", "Accept-Ranges"]
EXPOSED += ["X-Included", "X-Missing", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy"]
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


class Cors(CORSMiddleware):
    """Starlette's, with refusals in the shape of all errors."""

    def preflight_response(self, request_headers: RequestHeaders) -> Response:
        answer = super().preflight_response(request_headers)
        if answer.status_code < 400:
            return answer
        if not self.is_allowed_origin(request_headers["origin"]):
            return as_json(error("origin_refused"), headers={"Vary": "Origin"})
        return as_json(error("bad_request", f"{bytes(answer.body).decode()}."), headers={"Vary": "Origin"})


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
