"""Resumable uploads for a store without a server of its own, by the protocol of GCS.

    PUT  Content-Range: bytes 0-1048575/734003200   -> 308 and `Range: bytes=0-1048575`: go on behind that
    PUT  Content-Range: bytes */734003200           -> the same, without sending anything
    PUT  the last chunk, or the whole at once       -> 200 and the object as JSON
    DELETE                                          -> 499: cancelled

The body goes to the disk block by block as it arrives. What came before a cut connection is kept; a chunk that begins
where bytes are missing is answered with 308 and the place to go on at.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from aisubs.http.refusals import refuses
from aisubs.model.errors import AisubsError, error
from aisubs.ports import SessionState, StoredObject, UploadSessions

log = logging.getLogger(__name__)

BLOCK_BYTES = 1 << 20
"""What is held in memory of one upload."""

MAX_DRAINED_BYTES = 64 << 20
"""How much of an unwanted body is read so that its sender gets to see the answer."""

CANCELLED = 499
"""GCS's answer to a cancelled session (nginx's "client closed request")."""

ALIVE_EVERY_S = 30.0
"""How often it is told that the bytes of one request are coming in: a slow one may last for hours."""

_OBJECT = {"type": "object", "required": ["kind", "name", "size"], "properties": {"kind": {"const": "storage#object"}}}
_RANGE_SO_FAR = {"Range": {"description": "What is stored so far, if anything.", "schema": {"type": "string"}}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Complete: the object as the JSON API of GCS shows it",
        "content": {
            "application/json": {
                "schema": _OBJECT,
                "example": {"kind": "storage#object", "name": "uploads/3f9c/talk.mp4", "size": "734003200"},
            }
        },
    },
    308: {"description": "Go on", "headers": _RANGE_SO_FAR},
    CANCELLED: {"description": "Cancelled"},
}

OnObject = Callable[[StoredObject], None]
OnBytes = Callable[[str], None]

_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)")


@dataclass(frozen=True, slots=True)
class _Span:
    """What the headers say of the body. None is unsaid; a question holds no bytes."""

    start: int
    length: int | None
    total: int | None
    question: bool = False


@dataclass(frozen=True, slots=True)
class _Doors:
    """Where uploads go, and who is told of them."""

    sessions: UploadSessions
    on_object: OnObject | None
    on_bytes: OnBytes | None


def upload_routes(sessions: UploadSessions, on_object: OnObject | None, on_bytes: OnBytes | None = None) -> APIRouter:
    """`on_object` is called when an upload is complete, and again when its state is asked for: it must not mind.
    `on_bytes` hears the name of the object while bytes of it arrive; what it raises of ours is logged only."""
    doors = _Doors(sessions, on_object, on_bytes)
    router = APIRouter(prefix="/upload", tags=["uploads"])

    @router.post("/{session_id}", include_in_schema=False)
    @router.put(
        "/{session_id}",
        status_code=308,
        summary="Send bytes of a recording",
        response_class=Response,
        responses=refuses("size_mismatch", "upload_gone", "store_unavailable") | _ANSWERS,
        openapi_extra={"requestBody": {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def send_bytes(session_id: str, request: Request) -> Response:
        """Content-Range as in Google's resumable uploads; answers 308 with Range until the last byte, then 200."""
        return await _receive(session_id, request, doors)

    @router.delete(
        "/{session_id}",
        status_code=CANCELLED,
        summary="Cancel an upload",
        response_class=Response,
        responses=refuses("upload_gone", "store_unavailable") | {CANCELLED: {"description": "Cancelled"}},
    )
    def cancel(session_id: str) -> Response:
        sessions.cancel(session_id)
        return Response(status_code=CANCELLED)

    return router


async def _receive(session_id: str, request: Request, doors: _Doors) -> Response:
    body = request.stream()
    try:
        span = _span(request)
        state = await to_thread.run_sync(doors.sessions.status, session_id)
        if span.total is not None and span.total != state.total_bytes:
            raise error("size_mismatch", f"{span.total} bytes, but {state.total_bytes} were announced")
        if not (span.question or state.finished or span.start > state.stored_bytes):
            state = await _store(session_id, body, span, state, doors)
        await _drain(body)
    except ClientDisconnect:
        return Response(status_code=CANCELLED)  # nobody reads it
    except AisubsError as fault:
        await _drain(body)
        if fault.code != "upload_offset":
            raise
        return _go_on(int(fault.details["offset"]))
    if state.finished is None:
        return _go_on(state.stored_bytes)
    if doors.on_object is not None:
        await to_thread.run_sync(_tell, doors.on_object, state.finished)
    return JSONResponse(_resource(state.finished))


async def _store(
    session_id: str, body: AsyncIterator[bytes], span: _Span, before: SessionState, doors: _Doors
) -> SessionState:
    """Bring the body to the store. Disk work runs in a thread, and only for as long as one block takes."""
    total_bytes, position, told_at = before.total_bytes, span.start, -inf
    end = total_bytes if span.length is None else span.start + span.length
    block = bytearray()

    async def flush() -> SessionState:
        nonlocal position, told_at
        data = bytes(block)
        block.clear()
        state = await to_thread.run_sync(doors.sessions.append, session_id, position, total_bytes, iter([data]))
        position += len(data)
        if doors.on_bytes and state.finished is None and time.monotonic() - told_at >= ALIVE_EVERY_S:
            told_at = time.monotonic()
            await to_thread.run_sync(_tell_alive, doors.on_bytes, state.name)
        return state

    try:
        async for part in body:
            block += part
            if position + len(block) > end:
                raise error("size_mismatch", f"the body is longer than its Content-Range, which ends before {end}")
            if len(block) >= BLOCK_BYTES:
                await flush()
    except ClientDisconnect:
        await flush()
        log.info("upload.cut", extra={"stored_bytes": position, "total_bytes": total_bytes})
        raise
    return await flush()


def _span(request: Request) -> _Span:
    """Raises `bad_request`."""
    length = request.headers.get("content-length")
    length_bytes = int(length) if length and length.isdigit() else None
    header = request.headers.get("content-range")
    if header is None:
        return _Span(0, length_bytes, length_bytes)
    match = _RANGE.fullmatch(header.strip())
    if match is None:
        raise error("bad_request", f"Content-Range: {header!r} is not understood.")
    first, last, total = match.groups()
    total_bytes = None if total == "*" else int(total)
    if first is None:
        return _Span(0, 0, total_bytes, question=True)
    span = _Span(int(first), int(last) - int(first) + 1, total_bytes)
    if span.length is None or span.length < 1 or (length_bytes is not None and length_bytes != span.length):
        raise error("bad_request", f"Content-Range: {header!r} does not fit a body of {length} bytes.")
    if total_bytes is not None and int(last) >= total_bytes:
        raise error("bad_request", f"Content-Range: {header!r} ends behind its own total.")
    return span


async def _drain(body: AsyncIterator[bytes]) -> None:
    """A sender in the middle of its body would take an answer with a closed connection for a network failure."""
    seen_bytes = 0
    with suppress(ClientDisconnect):
        async for part in body:
            seen_bytes += len(part)
            if seen_bytes > MAX_DRAINED_BYTES:
                return


def _go_on(stored_bytes: int) -> Response:
    return Response(status_code=308, headers={"Range": f"bytes=0-{stored_bytes - 1}"} if stored_bytes else None)


def _tell_alive(on_bytes: OnBytes, name: str) -> None:
    try:
        on_bytes(name)
    except AisubsError as fault:  # the bytes are stored, which is what was asked
        log.warning("upload.not_renewed", extra={"object": name, "error_code": fault.code})


def _tell(on_object: OnObject, finished: StoredObject) -> None:
    try:
        on_object(finished)
    except Exception:  # the object is complete, which is what was asked; the sweep finds one without a job
        log.exception("upload.not_told", extra={"object": finished.name})


def _resource(stored: StoredObject) -> dict[str, Any]:
    """The object as the JSON API of GCS shows it: 64-bit numbers are strings."""
    return {
        "kind": "storage#object",
        "bucket": stored.bucket,
        "name": stored.name,
        "generation": str(stored.generation),
        "size": str(stored.size_bytes),
        "contentType": stored.content_type,
        "crc32c": stored.crc32c,
        "metadata": dict(stored.metadata),
        "updated": stored.updated_at,
    }
