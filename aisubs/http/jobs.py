"""Jobs: submit, look, cancel or delete, retry."""

from __future__ import annotations

import logging
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Request, Response

from aisubs.formats.scripts import read_script
from aisubs.http.access import AdmittedHolder, JobId, Served, SomeHolder
from aisubs.http.addresses import absolute_url
from aisubs.http.bodies import Parts, Submission, Submitted, Upload
from aisubs.http.deletions import deletion_path, own_mirror
from aisubs.http.headers import etag_matches
from aisubs.http.refusals import refuses
from aisubs.http.senders import client_address, upload_limits
from aisubs.http.usage import tell_rate_limit, used_by
from aisubs.http.wishes import chosen_options
from aisubs.model.errors import AisubsError
from aisubs.model.job import Job, Status
from aisubs.pipeline.expire_jobs import delete_job
from aisubs.pipeline.jobs import Holder
from aisubs.pipeline.offer_upload import (
    Announcement,
    drop_upload,
    find_upload,
    offer_upload,
    renew_upload,
    touch_upload,
)
from aisubs.pipeline.receive_upload import wake
from aisubs.ports import MultipartUpload, UploadSession
from aisubs.weights.mark import told_name
from aisubs.wiring import App

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


@router.post(
    "/submit",
    status_code=201,
    summary="Announce a recording and get an upload URL",
    responses=refuses(
        "bad_name",
        "empty_file",
        "too_big",
        "bad_language",
        "bad_script",
        "key_reused",
        "no_model",
        "unknown_model",
        "no_diarizer",
        "diarizer_off",
        "diarizer_unusable",
        "queue_full",
        "too_many_uploads",
        "day_used_up",
        "bytes_used_up",
        "minutes_used_up",
        "upload_gone",
        "store_unavailable",
    ),
)
def submit(
    said: Submission,
    request: Request,
    response: Response,
    app: Served,
    holder: AdmittedHolder,
    key: Annotated[str | None, Header(alias="Idempotency-Key", min_length=32, max_length=255)] = None,
) -> Submitted:
    """With an Idempotency-Key (a random secret of your own, such as a UUID) the same answer is given again."""
    options = chosen_options(said.options, said.model, said.second_opinion, app)
    if said.script is not None:
        read_script(said.script)
    announcement = Announcement(
        said.filename,
        said.file_size_bytes,
        said.media_type,
        options,
        told_name(options.model or app.settings.model),
        said.video_hash.lower() if said.video_hash else None,
        request.headers.get("origin"),
        client_address(request),
        key,
        said.script,
    )
    offer = offer_upload(announcement, holder, upload_limits(app), jobs=app.jobs, store=app.store)
    tell_rate_limit(response, used_by(holder, request, app))
    log.info("upload.offered", extra={"job_id": offer.job.job_id, "size_bytes": said.file_size_bytes})
    return Submitted(
        job_id=offer.job.job_id,
        access_token=offer.access_token,
        status=offer.job.status,
        cached=offer.job.cached,
        cached_at=offer.job.cached_at,
        eta_s=offer.job.eta_s,
        upload=_upload(offer.upload, request, app) if offer.upload else None,
    )


@router.get("/{job_id}", summary="Look at a job", response_model=Job, responses={304: {}})
def get_job(job_id: JobId, request: Request, response: Response, app: Served, holder: SomeHolder) -> Job | Response:
    """Has an ETag: with If-None-Match, a job that has not changed is answered with 304."""
    job = app.jobs.get_job(job_id, holder)
    # The place in line and its estimate change without a new version, since others' jobs move them. Half minutes: an
    # estimate that merely ticks down is the client's to count.
    etag = f'"{job.version}-{job.position}-{round((job.eta_s or 0) / 30)}"' if job.position else f'"{job.version}"'
    if etag_matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return job


@router.delete(
    "/{job_id}",
    summary="Cancel a job that waits, delete one that is over",
    responses=refuses("not_cancellable", "already_over", "illegal_move", "store_unavailable") | {204: {}},
)
def cancel_or_delete(
    job_id: JobId, response: Response, app: Served, holder: SomeHolder, only: Literal["cancel"] | None = None
) -> Job | None:
    """200 and the job: cancelled (its recording stays, for a retry, unless it was still being uploaded).
    204: deleted with all its files; `Location` tells what went. 409: it is being processed and runs to its end.
    With `only=cancel` nothing is ever deleted: a job that has ended meanwhile is answered with 409, too."""
    job = app.jobs.get_job(job_id, holder)
    if job.status.over and only is None:
        delete_job(job_id, holder, jobs=app.jobs, store=app.store, mirror=own_mirror(app))
        response.status_code, response.headers["Location"] = 204, deletion_path(job_id)
        return None
    cancelled = app.jobs.cancel_job(job_id, holder, app.settings.cancel_running)
    if job.status is Status.UPLOADING:
        _drop_upload(app, job, holder)
    return cancelled


@router.post(
    "/{job_id}/retry",
    summary="Try a failed or cancelled job again with the same settings",
    responses=refuses("not_retryable", "illegal_move", "queue_full", "day_used_up"),
)
def retry(job_id: JobId, request: Request, app: Served, holder: SomeHolder) -> Job:
    """It counts among the recordings of the day, as a new one does."""
    job = app.jobs.retry_job(
        job_id, holder, app.queue_capacity, address=client_address(request), jobs_per_day=app.jobs_per_day
    )
    wake(app.queue, f"{job.job_id}-{job.retry_count}-{job.version}")
    return job


@router.post(
    "/{job_id}/upload",
    summary="Get another upload URL when the first is lost or has ended",
    responses=refuses("upload_gone", "too_many_uploads", "day_used_up", "illegal_move", "store_unavailable"),
)
def renew(job_id: JobId, request: Request, app: Served, holder: SomeHolder) -> Upload:
    """The upload then begins again at its first byte, and its bytes count once more among those of the day."""
    origin, address = request.headers.get("origin"), client_address(request)
    session = renew_upload(job_id, holder, origin, address, upload_limits(app), jobs=app.jobs, store=app.store)
    return _upload(session, request, app)


@router.post(
    "/{job_id}/upload/alive",
    status_code=204,
    summary="Say that the upload goes on, past this server",
    responses=refuses("upload_gone", "store_unavailable"),
)
def alive(job_id: JobId, app: Served, holder: SomeHolder) -> None:
    """For stores that take the bytes themselves (`upload.alive_every_s` of /api/config). Nothing is lost without it: an
    upload of which nothing is heard only counts no longer as under way, until its deadline."""
    touch_upload(find_upload(job_id, holder, jobs=app.jobs), upload_limits(app), jobs=app.jobs, store=app.store)


def _drop_upload(app: App, job: Job, holder: Holder) -> None:
    """Forget what has arrived. A store that is down does not undo the cancelling: the session ends by itself."""
    try:
        drop_upload(find_upload(job.job_id, holder, jobs=app.jobs), job.job_id, store=app.store)
    except AisubsError as fault:
        log.warning("upload.not_dropped", extra={"job_id": job.job_id, "reason": fault.reason})


def _upload(session: UploadSession, request: Request, app: App) -> Upload:
    parts = Parts.model_validate(session, from_attributes=True) if isinstance(session, MultipartUpload) else None
    return Upload(url=absolute_url(session.url, request, app), expires_at=session.expires_at, parts=parts)
