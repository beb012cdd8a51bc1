"""Who is signed in, and the keys of their programs."""

from __future__ import annotations

import logging
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from aisubs.http.access import Served, SignedIn
from aisubs.http.deletions import Deletion, own_mirror
from aisubs.model.errors import error
from aisubs.pipeline.expire_jobs import delete_owner
from aisubs.pipeline.jobs import MACHINE, Holder
from aisubs.pipeline.sign_in import make_key

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api", tags=["account"])

Scope = Literal["read", "write", "admin"]
MAX_DAYS = 3660


class Account(BaseModel):
    """`name` and `email` as the provider told them last. `sessions`: how many devices are signed in."""

    owner: Literal["machine", "account"]
    account_id: str | None
    name: str | None
    email: str | None
    admin: bool
    created_at: str | None
    sessions: int


class KeyRequest(BaseModel):
    """`scopes`: read (what only looks), write (the rest of what an owner may do), admin (of administrators only).
    `expires_in_days`: null is until it is revoked."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
    scopes: list[Scope] = Field(min_length=1, max_length=3)
    expires_in_days: Annotated[int, Field(ge=1, le=MAX_DAYS)] | None = None


class ApiKey(BaseModel):
    """`last_used_at`: to the minute; null: never."""

    key_id: str
    name: str
    scopes: list[Scope]
    created_at: str
    last_used_at: str | None
    expires_at: str | None


class NewApiKey(ApiKey):
    """`token` is shown this once; it goes into `Authorization: Bearer`."""

    token: str


class KeyList(BaseModel):
    keys: list[ApiKey]


class Goodbye(BaseModel):
    """Says that it is meant."""

    model_config = ConfigDict(extra="forbid")

    delete: Literal["everything of mine"]


class Deletions(BaseModel):
    """Of each job what went, and what stays somewhere for how long."""

    deletions: list[Deletion]


@router.get("/account", summary="Who is signed in")
def show_account(app: Served, owner: SignedIn) -> Account:
    row = app.jobs.get_account(owner)
    if row is None:  # deleted between the two questions
        raise error("signed_out")
    return Account.model_validate(row | {"owner": "account" if row["account_id"] else "machine"})


@router.delete("/account", summary="Delete the account and everything of yours")
def delete_account(asked: Goodbye, app: Served, owner: SignedIn) -> Deletions:  # noqa: ARG001
    """Jobs, those at work too, with recordings and texts; links, keys, webhooks, voices, sessions, and the account.
    What the answer tells of each job is told this once. Signing in again makes another account."""
    job_ids = delete_owner(owner, jobs=app.jobs, store=app.store, mirror=own_mirror(app))
    log.info("account.deleted", extra={"jobs": len(job_ids)})
    # Nobody owns these figures any more, so it is the house that reads them out.
    rows = [app.jobs.get_deletion(job_id, Holder(owner_id=MACHINE)) for job_id in job_ids]
    return Deletions(deletions=[Deletion.model_validate(row) for row in rows])


@router.get("/keys", summary="The keys of your programs")
def list_keys(app: Served, owner: SignedIn) -> KeyList:
    return KeyList(keys=[ApiKey.model_validate(row) for row in app.jobs.list_keys(owner)])


@router.post("/keys", status_code=201, summary="Make a key for a program")
def create_key(asked: KeyRequest, app: Served, owner: SignedIn) -> NewApiKey:
    """It opens what its scopes say of what is yours, and never sign-in, keys or the account itself. 403 `not_admin`
    for a scope that is not yours to give; 409 `too_many_keys`: at most 50."""
    made = make_key(app.jobs, owner, asked.name, asked.scopes, asked.expires_in_days)
    log.info("key.made", extra={"key_id": made["key_id"]})
    return NewApiKey.model_validate(made)


@router.delete("/keys/{key_id}", status_code=204, summary="End a key, at once")
def revoke_key(key_id: UUID, app: Served, owner: SignedIn) -> None:
    app.jobs.revoke_key(owner, str(key_id))
