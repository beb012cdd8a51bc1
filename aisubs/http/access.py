"""Who asks: tokens from the Authorization header, never from the URL; and the App that answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from aisubs.http.scopes import scope_of
from aisubs.model.errors import error
from aisubs.pipeline.jobs import Holder, library_owner
from aisubs.wiring import App

MAX_TOKENS = 100
MAX_TOKEN_CHARS = 8192
"""Of one token: those of identity providers hold claims, and 256 is too little for most."""

_BARE = "/v2/"
"""Where the header may hold the key alone, as AssemblyAI's clients say it."""


def the_app(request: Request) -> App:
    """What create_http was given."""
    return app_of(request)


def app_of(connection: HTTPConnection) -> App:
    """The same of any connection, a WebSocket among them."""
    return cast(App, connection.app.state.app)


def bearer_tokens(request: Request) -> list[str]:
    """All tokens shown, without repeats: the header may come several times, or hold several after commas.

    Raises `bad_request` for more than 100, or one that is too long: passed over, it would look like a wrong one.
    """
    shown: dict[str, None] = {}
    for header in request.headers.getlist("authorization"):
        for credential in header.split(","):
            scheme, _, token = credential.strip().partition(" ")
            if not token and request.scope["path"].startswith(_BARE):
                scheme, token = "bearer", scheme
            if len(token) > MAX_TOKEN_CHARS:
                raise error("bad_request", f"A token has at most {MAX_TOKEN_CHARS} characters.")
            if scheme.lower() == "bearer" and token.strip():
                shown[token.strip()] = None
    if len(shown) > MAX_TOKENS:
        raise error("bad_request", f"At most {MAX_TOKENS} tokens may be shown at once.")
    return list(shown)


Served = Annotated[App, Depends(the_app)]
Shown = Annotated[list[str], Depends(bearer_tokens)]


def holder_of(connection: HTTPConnection, tokens: Sequence[str]) -> Holder:
    """Whoever shows these tokens: a session stands for who is signed in, an API key for its owner within its scopes, a
    library key for its library. Here alone a key becomes somebody, so that no route is open to it by mistake.

    Raises `signed_out` for a session that is over, `key_refused`, `key_scope`.
    """
    identity = app_of(connection).identity
    owner_id = identity.session_owner(tokens)
    if owner_id is not None:
        return Holder.of(tokens, owner_id)
    by_key = identity.key_owner(tokens)
    if by_key is None:
        return Holder.of(tokens, library_owner(tokens))
    owner_id, scopes = by_key
    if scope_of(connection.scope["method"], connection.scope["path"]) not in scopes:
        raise error("key_scope")
    return Holder.of(tokens, owner_id, scopes)


def any_holder(request: Request, tokens: Shown) -> Holder:
    """Whoever asks, also without a token."""
    return holder_of(request, tokens)


def some_holder(request: Request, tokens: Shown) -> Holder:
    """Raises `unauthorized` when no token is shown. A wrong one is told by the database, as a job that is not there."""
    if not tokens:
        raise error("unauthorized")
    return holder_of(request, tokens)


def signed_in_holder(request: Request, tokens: Shown) -> Holder:
    """Raises `unauthorized` for anybody else."""
    holder = holder_of(request, tokens)
    if not holder.is_signed_in:
        raise error("unauthorized")
    return holder


def admitted_holder(request: Request, tokens: Shown) -> Holder:
    """Whoever asks, if they may bring something new. Raises `sign_in_required`."""
    holder = holder_of(request, tokens)
    insist_on_admission(holder, app_of(request))
    return holder


def insist_on_admission(holder: Holder, app: App) -> None:
    """Where strangers are not wanted (`ANONYMOUS`), only who is signed in brings something new.

    Raises `sign_in_required`.
    """
    if not (holder.is_signed_in or app.admits_anonymous):
        raise error("sign_in_required")


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
AnyHolder = Annotated[Holder, Depends(any_holder)]
SomeHolder = Annotated[Holder, Depends(some_holder)]
SignedIn = Annotated[Holder, Depends(signed_in_holder)]
AdmittedHolder = Annotated[Holder, Depends(admitted_holder)]
