"""Signing in, for a session token: as the owner of this machine by the key of a link that it shows, or to an account by
what an identity provider gave the browser."""

from __future__ import annotations

import logging
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from aisubs.http.access import MAX_TOKEN_CHARS, Served, SignedIn
from aisubs.http.addresses import Reach, share_address
from aisubs.model.errors import error
from aisubs.pipeline.link_sign_in import LinkSignIn
from aisubs.ports import AuthorizationCode

log = logging.getLogger(__name__)

MAX_CODE_CHARS = 4096

router = APIRouter(prefix="/api/sign-in", tags=["sign-in"])


Device = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""What this device is called in the list of them."""

Visible = Annotated[str, Field(min_length=1, max_length=MAX_CODE_CHARS, pattern=r"^[\x21-\x7e]+$")]


class SignInRequest(BaseModel):
    """`key`: what stands behind `#key=` in the link."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")
    device: Device = ""


class CodeRequest(BaseModel):
    """`redirect_uri`: where the issuer sent the browser back to, as it was asked. `nonce`, `code_verifier`: what the
    browser kept to itself meanwhile."""

    model_config = ConfigDict(extra="forbid")

    code: Visible
    code_verifier: str = Field(pattern=r"^[A-Za-z0-9._~-]{43,128}$")
    nonce: str = Field(pattern=r"^[A-Za-z0-9._~-]{16,200}$")
    redirect_uri: Visible
    device: Device = ""


class AccessTokenRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    access_token: str = Field(min_length=1, max_length=MAX_TOKEN_CHARS, pattern=r"^[A-Za-z0-9._=-]+$")
    device: Device = ""


class NewSession(BaseModel):
    """`token` is shown this once; it goes into `Authorization: Bearer`. Each use lets the session of a machine's owner
    last longer; that of an account ends at `expires_at`."""

    token: str
    session_id: str
    expires_at: str


class Session(BaseModel):
    """`current`: the one that asks."""

    session_id: str
    device: str
    created_at: str
    last_used_at: str
    expires_at: str
    current: bool


class SessionList(BaseModel):
    session_id: str
    sessions: list[Session]


class SignInLink(BaseModel):
    """For another device of the owner's. Whoever has the link is signed in as the owner."""

    url: str
    reach: Reach


def the_link(app: Served) -> LinkSignIn:
    """Raises `sign_in_unavailable`."""
    if app.identity.link is None:
        raise error("sign_in_unavailable")
    return app.identity.link


Link = Annotated[LinkSignIn, Depends(the_link)]


@router.post("", status_code=201, summary="Sign in with the key of a link")
def sign_in(asked: SignInRequest, link: Link) -> NewSession:
    """403 `sign_in_refused` when the key is not the present one."""
    return _begun(link.begin(asked.key, asked.device))


@router.post("/oidc", status_code=201, summary="Sign in with what an OIDC issuer sent the browser back with")
def sign_in_by_code(asked: CodeRequest, app: Served) -> NewSession:
    """The browser went to `sign_in.oidc.authorization_endpoint` of /api/config with a challenge (PKCE, S256), a state
    and a nonce of its own making. 403 `sign_in_refused` when the issuer says no, `not_allowed` when it lets somebody in
    whom this server does not; 503 `identity_unavailable` when it is silent, 404 `sign_in_unavailable` without one."""
    proof = AuthorizationCode(asked.code, asked.code_verifier, asked.nonce, asked.redirect_uri)
    return _begun(app.identity.by_code(proof, asked.device))


@router.post("/supabase", status_code=201, summary="Sign in with an access token of Supabase Auth")
def sign_in_by_supabase(asked: AccessTokenRequest, app: Served) -> NewSession:
    """Of the project in `sign_in.supabase` of /api/config. The token is looked at this once and not kept.
    403 `sign_in_refused`, `not_allowed`, 503 `identity_unavailable`, 404 `sign_in_unavailable`, as for an issuer."""
    return _begun(app.identity.by_supabase(asked.access_token, asked.device))


@router.get("", summary="The devices that are signed in")
def list_sessions(app: Served, owner: SignedIn) -> SessionList:
    rows = [Session.model_validate(row) for row in app.jobs.list_sessions(owner)]
    current = next((row.session_id for row in rows if row.current), None)
    if current is None:  # ended between the two questions
        raise error("signed_out")
    return SessionList(session_id=current, sessions=rows)


@router.get("/link", summary="The link that signs in another device of the machine's owner")
def show_link(request: Request, app: Served, link: Link, owner: SignedIn) -> SignInLink:
    """404 `sign_in_unavailable` for an account: it is not the machine's owner."""
    if owner.owner_id != link.owner_id:
        raise error("sign_in_unavailable")
    address = share_address(request, app)
    return SignInLink(url=f"{address.base_url}/#key={link.key()}", reach=address.reach)


@router.delete("", status_code=204, summary="Sign out this device, or all of them")
def sign_out(app: Served, owner: SignedIn, all: bool = False) -> None:
    """With `all=true` the machine's link ends, too, if that is who signs out: `aisubs link` shows the new one."""
    link = app.identity.link
    if not all:
        for row in app.jobs.list_sessions(owner):
            if row["current"]:
                app.jobs.end_session(owner, row["session_id"])
    elif link is not None and owner.owner_id == link.owner_id:
        link.end_all()
    else:
        app.jobs.end_session(owner, None)


@router.delete("/{session_id}", status_code=204, summary="Sign out another device")
def end_session(session_id: UUID, app: Served, owner: SignedIn) -> None:
    app.jobs.end_session(owner, str(session_id))


def _begun(made: dict[str, Any]) -> NewSession:
    log.info("session.begun", extra={"session_id": made["session_id"]})
    return NewSession.model_validate(made)
