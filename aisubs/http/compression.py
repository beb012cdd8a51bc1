"""Answers that are worth packing: a whole transcript is megabytes of JSON, a tenth of that as gzip."""

from __future__ import annotations

import gzip

from fastapi import Request, Response

from aisubs.http.headers import etag_matches

_WORTH_BYTES = 8 << 10
_LEVEL = 4
"""Of 9. The last levels take several times as long for a few percent."""


def tag(request: Request, version: str) -> str:
    """A strong ETag for this version as this client gets it: packed or not, which are different bytes."""
    return f'"{version}-gzip"' if _accepts_gzip(request) else f'"{version}"'


def unchanged(request: Request, etag: str) -> Response | None:
    """304 for a client that has this version already."""
    if etag_matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers={"ETag": etag, "Vary": "Accept-Encoding"})
    return None


def packed(request: Request, data: bytes, media_type: str, etag: str) -> Response:
    """The answer, packed if the client takes that and it is worth it. Call it in a thread: it takes its time."""
    headers = {"ETag": etag, "Vary": "Accept-Encoding"}
    if len(data) >= _WORTH_BYTES and _accepts_gzip(request):
        data = gzip.compress(data, _LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(data, headers=headers, media_type=media_type)


def _accepts_gzip(request: Request) -> bool:
    for coding in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
