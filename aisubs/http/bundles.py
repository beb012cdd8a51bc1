"""The texts of many jobs as one download."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from aisubs.formats import FORMATS, Choices
from aisubs.http.access import Served, SomeHolder
from aisubs.http.headers import disposition
from aisubs.http.refusals import refuses
from aisubs.pipeline.bundle_results import Wish, plan_bundle, write_bundle
from aisubs.pipeline.jobs import HolderReads

router = APIRouter(prefix="/api/jobs", tags=["transcripts"])

MAX_JOBS = 500


class BundleRequest(BaseModel):
    """Which jobs, and how each text is wanted: as in the download of one."""

    model_config = ConfigDict(extra="forbid")

    job_ids: list[Annotated[str, Field(pattern=r"^[\x20-\x7e]{1,64}$")]] = Field(min_length=1, max_length=MAX_JOBS)
    format: str = Field(max_length=200)
    """One format, several parted by commas, or `all`: then of each text every format."""
    profile: str | None = Field(default=None, max_length=40)
    choices: Choices = Choices()


@router.post(
    "/download",
    summary="The transcripts of many jobs as a ZIP archive",
    response_class=StreamingResponse,
    responses=refuses("bad_format", "job_not_found", "not_finished")
    | {200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}},
)
def download_many(asked: BundleRequest, app: Served, holder: SomeHolder) -> StreamingResponse:
    """What has no text is named in `NOT INCLUDED.txt`. 409 when none of the jobs has one."""
    bundle = plan_bundle(list(dict.fromkeys(asked.job_ids)), holder, jobs=app.jobs)
    names = tuple(FORMATS) if asked.format == "all" else tuple(dict.fromkeys(asked.format.split(",")))
    wish = Wish(names, asked.profile, asked.choices.model_dump(exclude_unset=True))
    headers = {
        "Content-Disposition": disposition("attachment", f"aisubs {datetime.now(UTC):%Y-%m-%d}.zip"),
        "X-Included": str(len(bundle.jobs)),
        "X-Missing": str(len(bundle.missing)),
    }
    pieces = write_bundle(bundle, wish, jobs=HolderReads(app.jobs, holder), store=app.store)
    return StreamingResponse(pieces, headers=headers, media_type="application/zip")
