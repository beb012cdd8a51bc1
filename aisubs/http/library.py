"""What was made elsewhere, brought together: jobs and libraries of anonymous browsers become those of whoever asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from aisubs.http.access import MAX_TOKENS, AnyHolder, Served
from aisubs.http.bodies import JobRef
from aisubs.http.refusals import refuses
from aisubs.model.errors import error
from aisubs.pipeline.jobs import Holder, library_owner

router = APIRouter(prefix="/api/library", tags=["jobs"])

LibraryKey = Annotated[str, Field(pattern=r"^lib_[0-9a-hjkmnp-tv-z]{26}$")]


class Claim(BaseModel):
    """Jobs by their tokens, libraries by their keys. `revoke`: the jobs' own tokens end, which others may know,
    and with them the Idempotency-Keys that made them and the names of their live channels (`watch_topic`)."""

    model_config = ConfigDict(extra="forbid")

    jobs: list[JobRef] = Field(default=[], max_length=MAX_TOKENS)
    libraries: list[LibraryKey] = Field(default=[], max_length=10)
    revoke: bool = False


class Claimed(BaseModel):
    """How many jobs changed hands."""

    claimed: int


@router.post(
    "/claim", summary="Let jobs belong to who is signed in, or to a library", responses=refuses("unauthorized")
)
def claim(asked: Claim, app: Served, holder: AnyHolder) -> Claimed:
    """By the one session or library key that is shown. Jobs of a signed-in owner are never taken. Repeating is fine."""
    owner_id = holder.owner_id
    if owner_id is None:
        raise error("unauthorized")
    holders = [Holder.of(ref.access_token for ref in asked.jobs)]
    holders += [Holder(owner_id=library_owner([key])) for key in asked.libraries]
    return Claimed(claimed=sum(app.jobs.claim_jobs(holder, owner_id, revoke=asked.revoke) for holder in holders))
