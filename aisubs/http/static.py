"""The web page of the local edition: what `make web` has built, with the headers that Netlify sends in the cloud.

Both read security-headers.json, beside the folder `dist`. They lie in aisubs/page where a wheel was installed and in
web/ in a checkout. Where nobody has built the page (the image of the cloud's functions) every address outside the API
is answered as before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INSTALLED, _CHECKOUT = Path(__file__).parents[1] / "page", Path(__file__).parents[2] / "web"
WEB = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
"""Holds `dist` and security-headers.json. hatch_build.py puts them into the wheel."""

_ASSETS = "/assets/"
_DOORS = ("/v1/", "/v2/", "/asr", "/detect-language")
_NOT_THE_PAGE = ("/api/", "/upload/", "/files/", *_DOORS, "/metrics", "/docs", "/openapi.json", _ASSETS)
_NOT_SERVED = {"_headers", "_redirects", "manifest.json"}
"""What the build leaves for others: Netlify's instructions and the list of chunks."""


class Page:
    """Answers GET and HEAD for files of the build, and navigations with its index; hands on everything else.

    The page makes its own addresses (/jobs/...), so a browser that asks for a document gets the index. `connects_to`:
    origins that it may speak to beside ours.
    """

    def __init__(self, app: ASGIApp, web: Path = WEB, connects_to: Sequence[str] = ()) -> None:
        self._app = app
        dist = web / "dist"
        # Listed once: a path of a request is looked up here and never joined to a folder.
        self._files = {f"/{path.relative_to(dist).as_posix()}": path for path in _files(dist)}
        self._index = self._files.get("/index.html")
        self._headers = _headers(web / "security-headers.json", connects_to) if self._index else {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._find(scope)
        if file is None:
            await self._app(scope, receive, send)
            return
        immutable = scope["path"].startswith(_ASSETS)  # their names hold a hash of their content
        cache = "public, max-age=31536000, immutable" if immutable else "no-cache"

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update({**self._headers, "Cache-Control": cache})
            await send(message)

        await FileResponse(file)(scope, receive, with_headers)

    def _find(self, scope: Scope) -> Path | None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        path: str = scope["path"]
        if file := self._files.get(path):
            return file
        wants_document = "text/html" in Headers(scope=scope).get("accept", "")
        return self._index if wants_document and not path.startswith(_NOT_THE_PAGE) else None


def _files(dist: Path) -> list[Path]:
    if not (dist / "index.html").is_file():
        return []
    return [path for path in dist.rglob("*") if path.is_file() and path.name not in _NOT_SERVED]


def _headers(source: Path, connects_to: Sequence[str]) -> dict[str, str]:
    """Without those for https alone: the local edition is reached by plain http. Raises OSError, ValueError."""
    said: dict[str, Any] = json.loads(source.read_text())
    rules = said["csp"] | {"connect-src": [*said["csp"]["connect-src"], *connects_to]}
    policy = "; ".join(" ".join([name, *values]) for name, values in rules.items())
    return {**said["everywhere"], "Content-Security-Policy": policy}
