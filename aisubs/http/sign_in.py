"""Signing in as the owner of this machine: by the key of a link that the machine shows, for a session token."""

from __future__ import annotations

import logging
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from aisubs.http.access import Served, Shown, signed_in_owner
from aisubs.http.addresses import Reach, share_address
from aisubs.model.errors import error
from aisubs.pipeline.jobs import Holder
from aisubs.pipeline.sign_in import LinkSignIn

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/sign-in", tags=["sign-in"])


class SignInRequest(BaseModel):
    """`key`: what stands behind `#key=` in the link. `device`: what this device is called in the list of them."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")
    device: str = Field(default="", max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")


class NewSession(BaseModel):
    """`token` is shown this once; it goes into `Authorization: Bearer`. Each use lets the session last longer."""

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
    if not isinstance(app.identity, LinkSignIn):
        raise error("sign_in_unavailable")
    return app.identity


def the_owner(tokens: Shown, app: Served) -> Holder:
    """Raises `unauthorized`, `signed_out`."""
    owner_id = signed_in_owner(tokens, app)
    if owner_id is None:
        raise error("unauthorized")
    return Holder.of(tokens, owner_id)


Link = Annotated[LinkSignIn, Depends(the_link)]
SignedIn = Annotated[Holder, Depends(the_owner)]


@router.post("", status_code=201, summary="Sign in with the key of a link")
def sign_in(asked: SignInRequest, link: Link) -> NewSession:
    """403 `sign_in_refused` when the key is not the present one."""
    made = link.begin(asked.key, asked.device)
    log.info("session.begun", extra={"session_id": made["session_id"]})
    return NewSession.model_validate(made)


@router.get("", summary="The devices that are signed in")
def list_sessions(app: Served, link: Link, owner: SignedIn) -> SessionList:  # noqa: ARG001
    rows = [Session.model_validate(row) for row in app.jobs.list_sessions(owner)]
    current = next((row.session_id for row in rows if row.current), None)
    if current is None:  # ended between the two questions
        raise error("signed_out")
    return SessionList(session_id=current, sessions=rows)


@router.get("/link", summary="The link that signs in another device")
def show_link(request: Request, app: Served, link: Link, owner: SignedIn) -> SignInLink:  # noqa: ARG001
    address = share_address(request, app)
    return SignInLink(url=f"{address.base_url}/#key={link.key()}", reach=address.reach)


@router.delete("", status_code=204, summary="Sign out this device, or all of them")
def sign_out(app: Served, link: Link, owner: SignedIn, all: bool = False) -> None:
    """With `all=true` the link ends, too: `aisubs link` shows the new one."""
    if all:
        link.end_all()
        return
    for row in app.jobs.list_sessions(owner):
        if row["current"]:
            app.jobs.end_session(owner, row["session_id"])


@router.delete("/{session_id}", status_code=204, summary="Sign out another device")
def end_session(session_id: UUID, app: Served, link: Link, owner: SignedIn) -> None:  # noqa: ARG001
    app.jobs.end_session(owner, str(session_id))
