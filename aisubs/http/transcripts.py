"""What was said: windows as they are saved, and the whole in any format."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from aisubs.formats import FORMATS, PROFILES
from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.http.bodies import Download, FormatInfo, Formats, WindowPage
from aisubs.http.headers import disposition, etag_matches
from aisubs.model.job import Status
from aisubs.pipeline.results import read_result

router = APIRouter(prefix="/api", tags=["transcripts"])

MAX_WINDOWS = 500

_UNDER_WAY = (Status.UPLOADING, Status.PENDING, Status.PROCESSING)


@router.get("/jobs/{job_id}/windows", summary="The transcript so far, while it grows")
def read_windows(
    job_id: JobId,
    app: Served,
    holder: SomeHolder,
    since: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_WINDOWS)] = 200,
) -> WindowPage:
    """Windows with seq >= `since`, in order, without gaps."""
    job = app.jobs.get_job(job_id, holder)
    windows = app.jobs.read_windows(job_id, since, limit)
    next_seq = windows[-1].seq + 1 if windows else since
    # The job was read first: a window saved in between makes it say "not finished", never the reverse.
    finished = job.status not in _UNDER_WAY and next_seq >= job.windows
    return WindowPage(windows=windows, next_seq=next_seq, finished=finished, status=job.status, version=job.version)


@router.head("/jobs/{job_id}/download/{format_name}", include_in_schema=False)
@router.get("/jobs/{job_id}/download/{format_name}", summary="The transcript as a file", response_class=Response)
def download(
    job_id: JobId,
    format_name: str,
    chosen: Annotated[Download, Query()],
    request: Request,
    app: Served,
    holder: SomeHolder,
) -> Response:
    """Any of GET /api/formats."""
    job = app.jobs.get_job(job_id, holder)
    file = read_result(
        job,
        format_name,
        jobs=app.jobs,
        store=app.store,
        profile=chosen.profile,
        choices=chosen.choices(),
        partial=chosen.partial,
    )
    headers = {"ETag": f'"{file.sha256[:32]}"', "Content-Disposition": disposition("attachment", file.filename)}
    if etag_matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(file.data, headers=headers, media_type=file.media_type)


@router.get("/formats", summary="All formats and subtitle profiles")
def formats() -> Formats:
    return Formats(
        formats=[
            FormatInfo(
                name=row.name,
                suffix=row.suffix,
                media_type=row.media_type,
                description=row.sentence,
                choices=sorted(row.choices),
            )
            for row in FORMATS.values()
        ],
        profiles={name: profile.sentence for name, profile in PROFILES.items()},
    )
