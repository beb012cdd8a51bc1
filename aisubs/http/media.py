"""The recording itself, for playing: a signed link to one generation of one object; and for seeing, how loud it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.http.addresses import absolute_url
from aisubs.http.compression import packed, tag, unchanged
from aisubs.http.refusals import refuses
from aisubs.http.rendered import Rendered
from aisubs.model.errors import AisubsError, error
from aisubs.model.media_type import playable_type
from aisubs.pipeline.read_peaks import read_peaks

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


_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.get(
    "/{job_id}/peaks",
    summary="How loud the recording is, for drawing a waveform",
    response_class=Response,
    responses=refuses("recording_not_shared", "too_busy")
    | {
        200: {"content": _BYTES, "description": "255 times the root of the peak of each 16 ms, a byte each"},
        204: {"description": "It was not kept for this job"},
        304: {},
    },
)
def peaks(job_id: JobId, request: Request, app: Served, holder: SomeHolder) -> Response:
    """Of a job that is not completed, as far as it is saved. Has an ETag. By a share only if that includes the
    recording."""
    job = app.jobs.get_job(job_id, holder)
    app.jobs.read_peaks(job_id, holder, 0, 0)  # the right to it, before anything that was made for others
    etag = tag(request, f"{job.windows}-peaks")
    if known := unchanged(request, etag):
        return known

    def make() -> Response:
        found = read_peaks(job, app.jobs, holder)
        return Response(status_code=204) if found is None else packed(request, found, next(iter(_BYTES)), etag)

    rendered: Rendered[Response] = request.app.state.rendered
    return rendered.get(("peaks", job_id, etag), make, lambda made: len(made.body))
