"""Errors become JSON here and nowhere else: `{"error": {"code", "message", "retryable"}}` and Retry-After."""

from __future__ import annotations

import json
import logging
import math
import time
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from aisubs.http.rate_limit import rate_limit
from aisubs.model.errors import AisubsError, error

log = logging.getLogger(__name__)

RETRY_AFTER_S = 15
"""For passing faults that do not say how long they last."""

_BY_STATUS = {404: "not_found", 405: "method_not_allowed"}
"""What the router itself refuses."""


def install(http: FastAPI) -> None:
    """Answer every known kind of error in the one shape."""

    @http.exception_handler(AisubsError)
    def known(request: Request, fault: AisubsError) -> JSONResponse:
        if fault.http_status >= 500:
            log.error("http.fault", extra={"error_code": fault.code, "reason": fault.reason}, exc_info=fault)
        return _shaped(request, as_json(fault))

    @http.exception_handler(RequestValidationError)
    def invalid(request: Request, fault: RequestValidationError) -> JSONResponse:
        return _shaped(request, as_json(_invalid(fault)))

    @http.exception_handler(HTTPException)
    def unrouted(_request: Request, fault: HTTPException) -> JSONResponse:
        # (FastAPI's own 400 is for a body in which no character can be made out.)
        refusal = error(_BY_STATUS.get(fault.status_code, "bad_request"), f"{fault.detail}.")
        return as_json(refusal, headers=dict(fault.headers or {}))

    async def nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            raise HTTPException(404)
        await refuse(error("not_found"), scope, receive, send)

    http.router.default = nothing_here


def as_json(fault: AisubsError, status: int | None = None, headers: dict[str, str] | None = None) -> JSONResponse:
    """`status` overrides that of the table, for what the protocol of HTTP itself decides."""
    headers = headers or {}
    if fault.retryable and fault.http_status in (429, 503):
        headers["Retry-After"] = str(math.ceil(fault.retry_after_s or RETRY_AFTER_S))
    if "returns" in fault.details:  # used up
        headers |= rate_limit(fault.code, fault.details["limit"], 0, math.ceil(fault.retry_after_s or 0))
    if fault.http_status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = {"code": fault.code, "message": fault.sentence, "retryable": fault.retryable}
    return JSONResponse({"error": body}, status or fault.http_status, headers)


async def refuse(fault: AisubsError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request, or a WebSocket that is not let in."""
    if scope["type"] == "http":
        await as_json(fault)(scope, receive, send)
    else:
        await WebSocket(scope, receive, send).send_denial_response(as_json(fault))


def _shaped(request: Request, answer: JSONResponse) -> JSONResponse:
    """As whoever asks reads it: AssemblyAI's clients want a sentence where we have an object."""
    if not request.scope["path"].startswith("/v2/"):
        return answer
    said = json.loads(bytes(answer.body))["error"]
    headers = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
    return JSONResponse(said | {"error": said["message"]}, answer.status_code, headers)


def _invalid(fault: RequestValidationError) -> AisubsError:
    """The first complaint, in words; the language has a code of its own."""
    first: dict[str, Any] = fault.errors()[0]
    # loc is ("body", "jobs", 3, "access_token"), or ("body", 17) for JSON that breaks off at character 17.
    place = first["loc"][1:]
    where = [str(part) for part in place] if any(isinstance(part, str) for part in place) else []
    if where[-1:] in (["language"], ["languages"]) and "unknown language" in first["msg"]:
        return error("bad_language", language=first["msg"].rpartition("unknown language ")[2])
    text = first["msg"].removeprefix("Value error, ")
    return error("bad_request", f"{'.'.join(where)}: {text}." if where else f"{text}.")


class Guard:
    """The innermost middleware: logs each request by its route (never its path, which may hold a secret) and turns
    what nobody expected into `internal`, inside the CORS headers, so that a web page can read it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0
        began_s = time.monotonic()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            log.exception("http.crashed", extra=_about(scope))
            if status:
                raise  # half an answer is out: the connection must break, or the half would pass for the whole
            await as_json(error("internal"))(scope, receive, watched)
        finally:
            wall_s = time.monotonic() - began_s
            about = _about(scope) | {"status": status, "wall_s": wall_s}
            scope["app"].state.request_figures.note(scope["method"], about["route"], status, wall_s)
            log.log(_level(scope["method"], status), "http.request", extra=about)


def _level(method: str, status: int) -> int:
    """Pages ask again and again; what is only read and goes well would hide everything else."""
    fine = 200 <= status < 300 or status == 304
    return logging.DEBUG if fine and method in ("GET", "HEAD") else logging.INFO


def _about(scope: Scope) -> dict[str, Any]:
    route = scope.get("route")
    return {"method": scope["method"], "route": getattr(route, "path", "")}
