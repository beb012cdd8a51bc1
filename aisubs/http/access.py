"""Who asks: tokens from the Authorization header, never from the URL; and the App that answers."""

from __future__ import annotations

from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Request

from aisubs.model.errors import error
from aisubs.pipeline.jobs import Holder
from aisubs.wiring import App

MAX_TOKENS = 100
_MAX_TOKEN_CHARS = 256


def the_app(request: Request) -> App:
    """What create_http was given."""
    return cast(App, request.app.state.app)


def bearer_tokens(request: Request) -> list[str]:
    """All tokens shown, without repeats: the header may come several times, or hold several after commas.

    Raises `bad_request` for more than 100.
    """
    shown: dict[str, None] = {}
    for header in request.headers.getlist("authorization"):
        for credential in header.split(","):
            scheme, _, token = credential.strip().partition(" ")
            if scheme.lower() == "bearer" and 0 < len(token.strip()) <= _MAX_TOKEN_CHARS:
                shown[token.strip()] = None
    if len(shown) > MAX_TOKENS:
        raise error("bad_request", f"At most {MAX_TOKENS} tokens may be shown at once.")
    return list(shown)


def any_holder(tokens: Annotated[list[str], Depends(bearer_tokens)]) -> Holder:
    """Whoever asks, also without a token."""
    return Holder.of(tokens)


def some_holder(tokens: Annotated[list[str], Depends(bearer_tokens)]) -> Holder:
    """Raises `unauthorized` when no token is shown. A wrong one is told by the database, as a job that is not there."""
    if not tokens:
        raise error("unauthorized")
    return Holder.of(tokens)


def job_in_path(job_id: str) -> str:
    """Raises `job_not_found` for what cannot be an id, before a database has to make sense of it."""
    return check_job_id(job_id)


def check_job_id(text: str) -> str:
    """The usual spelling of an id. Raises `job_not_found`."""
    try:
        return str(UUID(text))
    except ValueError as fault:
        raise error("job_not_found", "not an id") from fault


JobId = Annotated[str, Depends(job_in_path)]
Served = Annotated[App, Depends(the_app)]
AnyHolder = Annotated[Holder, Depends(any_holder)]
SomeHolder = Annotated[Holder, Depends(some_holder)]
