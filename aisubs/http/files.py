"""Signed reads for a store without a server of its own: whole files and byte ranges, as media players ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from aisubs.http.faults import as_json
from aisubs.http.headers import disposition, etag_matches
from aisubs.http.refusals import refuses
from aisubs.model.errors import error
from aisubs.model.media_type import disposition_kind
from aisubs.ports import RangeReader, SignedReads, Store, StoredObject

_BLOCK_BYTES = 256 << 10
_BYTES = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: _BYTES | {"description": "The file"},
    206: _BYTES | {"description": "The range asked for"},
    304: {},
}
"""Of whatever gives the bytes of an object."""
_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE)


def file_routes(store: Store, links: SignedReads) -> APIRouter:
    """GET and HEAD of links made by `store.read_url`."""
    router = APIRouter(prefix="/files", tags=["files"])

    @router.head("/{word}/{filename}", include_in_schema=False)
    @router.get(
        "/{word}/{filename}",
        summary="Read a file by its signed link",
        response_class=Response,
        responses=refuses("object_not_found", "link_expired", "no_such_range", "store_unavailable") | ANSWERS,
    )
    def read(word: str, filename: str, request: Request) -> Response:  # noqa: ARG001  the name is for the reader's eyes
        """Takes Range and If-Range, and If-None-Match."""
        return bytes_of(store, *links.check_read_link(word), request)

    return router


def bytes_of(store: Store, found: StoredObject, name: str, request: Request, kind: str | None = None) -> Response:
    """An object or a range of it, offered as `name`: in place or as a download, as `kind` says or else its type.

    Raises `object_not_found`, `store_unavailable`.
    """
    headers = _headers(found, name, kind or disposition_kind(found.content_type))
    if etag_matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    part = _range(request, found.size_bytes, headers)
    start, end = part or (0, found.size_bytes)
    if start >= end and part:
        refusal = error("no_such_range", size=found.size_bytes)
        return as_json(refusal, headers={"Content-Range": f"bytes */{found.size_bytes}"})
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size_bytes}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=found.content_type)
    reader = store.open(found.name, found.generation)
    return StreamingResponse(_blocks(reader, start, end), status, headers, found.content_type)


def _headers(found: StoredObject, name: str, kind: str) -> dict[str, str]:
    # Only what a player plays is shown in place: a page that somebody uploaded must never run at our address.
    headers = {
        "ETag": f'"{found.generation}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=3600, immutable",  # a link is bound to one generation
        "Content-Disposition": disposition(kind, name),
    }
    if found.updated_at:
        headers["Last-Modified"] = format_datetime(datetime.fromisoformat(found.updated_at), usegmt=True)
    return headers


def _range(request: Request, size_bytes: int, headers: dict[str, str]) -> tuple[int, int] | None:
    """The bytes [start, end) asked for (start >= end: they do not exist), or None for the whole file: that is also
    the answer to anything but a single range that is understood, as RFC 9110 §14.2 allows."""
    match = _ONE_RANGE.fullmatch(request.headers.get("range", ""))
    condition = request.headers.get("if-range")
    if match is None or (condition is not None and condition not in (headers["ETag"], headers.get("Last-Modified"))):
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None  # an invalid range is no range
    if first:
        return int(first), min(size_bytes, int(last) + 1) if last else size_bytes
    return (max(0, size_bytes - int(last)), size_bytes) if last else None


def _blocks(reader: RangeReader, start: int, end: int) -> Iterator[bytes]:
    try:
        while start < end:
            block = reader.read_at(start, min(_BLOCK_BYTES, end - start))
            yield block
            start += len(block)
    finally:
        reader.close()
