"""The recording itself, for playing: a signed link to one generation of one object."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from pydantic import BaseModel

from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.http.addresses import absolute_url
from aisubs.http.refusals import refuses
from aisubs.model.errors import AisubsError, error
from aisubs.model.media_type import playable_type

router = APIRouter(prefix="/api/jobs", tags=["media"])


class Media(BaseModel):
    """`url` takes GET with Range and needs no token: it is a secret, until `expires_at`."""

    url: str
    expires_at: str
    content_type: str
    size_bytes: int


@router.post(
    "/{job_id}/media",
    summary="Get a link for playing the recording",
    responses=refuses("recording_gone", "recording_not_shared", "store_unavailable"),
)
def media(job_id: JobId, request: Request, app: Served, holder: SomeHolder) -> Media:
    """410 when the recording is not there any more. By a share only if that includes the recording; the link then ends
    with the share at the latest."""
    found = app.jobs.get_recording(job_id, holder)
    ttl_s = app.settings.media_url_ttl_s
    if found["link_ends_in_s"] is not None:
        ttl_s = max(1, min(ttl_s, int(found["link_ends_in_s"])))
    name, generation = found["object_name"], int(found["generation"])
    content_type = playable_type(found["content_type"], found["filename"])
    until = datetime.now(UTC) + timedelta(seconds=ttl_s)
    try:
        if found["bucket"] != app.store.bucket:
            raise error("object_not_found", f"it lies in {found['bucket']}")
        size_bytes = app.store.stat(name, generation).size_bytes
        url = app.store.read_url(name, found["filename"], content_type, ttl_s, generation)
    except AisubsError as fault:
        if fault.code != "object_not_found":
            raise
        raise error("recording_gone", fault.reason) from fault
    url = absolute_url(url, request, app)
    return Media(url=url, expires_at=until.isoformat(), content_type=content_type, size_bytes=size_bytes)
