"""Read-only links: made, listed and revoked by the owner of a job, opened by whoever has one."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.http.addresses import Reach, share_address
from aisubs.http.refusals import refuses
from aisubs.model.job import Job
from aisubs.pipeline.jobs import hash_token

router = APIRouter(prefix="/api", tags=["shares"])

_TOKEN_BYTES = 32
_SHORTEST_S, _LONGEST_S = 60, 10 * 365 * 86_400


class ShareRequest(BaseModel):
    """`expires_in_s`: null is "as long as the job". `include_media`: whether the recording may be played, too.
    `include_history`: whether what the text was before its corrections may be read, too."""

    model_config = ConfigDict(extra="forbid")

    expires_in_s: Annotated[int, Field(ge=_SHORTEST_S, le=_LONGEST_S)] | None = None
    include_media: bool = False
    include_history: bool = False


class ShareTerms(BaseModel):
    """`expires_at`: when it ends at the latest, which is when the job is deleted."""

    expires_at: str | None
    include_media: bool
    include_history: bool


class NewShare(ShareTerms):
    """`token` is shown this once."""

    share_id: str
    token: str
    created_at: str
    reach: Reach
    """Who can open a link that begins with `share.base_url` of /api/config."""


class Share(ShareTerms):
    share_id: str
    created_at: str
    opened: int
    revoked_at: str | None


class ShareList(BaseModel):
    shares: list[Share]


class Shared(BaseModel):
    """What a link leads to."""

    job: Job
    share: ShareTerms


@router.post(
    "/jobs/{job_id}/share", status_code=201, summary="Make a read-only link", responses=refuses("too_many_shares")
)
def create_share(job_id: JobId, asked: ShareRequest, request: Request, app: Served, holder: SomeHolder) -> NewShare:
    """Its token reads the job wherever the owner's does, and changes nothing. At most 50 links at a time."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    made = app.jobs.create_share(job_id, holder, hash_token(token), **asked.model_dump())
    return NewShare.model_validate(made | {"token": token, "reach": share_address(request, app).reach})


@router.get("/jobs/{job_id}/share", summary="All links to a job, newest first", responses=refuses("read_only"))
def list_shares(job_id: JobId, app: Served, holder: SomeHolder) -> ShareList:
    return ShareList(shares=[Share.model_validate(row) for row in app.jobs.list_shares(job_id, holder)])


@router.delete(
    "/jobs/{job_id}/share/{share_id}", status_code=204, summary="Revoke a link", responses=refuses("not_found")
)
def revoke_share(job_id: JobId, share_id: str, app: Served, holder: SomeHolder) -> None:
    """At once; pages that show the job by it are told."""
    app.jobs.revoke_share(job_id, holder, share_id)


@router.get("/shared", summary="Open a link", responses=refuses("share_over", "job_not_found"))
def open_share(app: Served, holder: SomeHolder) -> Shared:
    """By the share token alone. Counts one opening. 410 when it is over, revoked or never was."""
    opened = app.jobs.open_share(holder)
    return Shared(job=app.jobs.get_job(opened["job_id"], holder), share=ShareTerms.model_validate(opened))
