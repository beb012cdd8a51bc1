"""Jobs: submit, list, look, cancel or delete, retry."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal
from urllib.parse import urljoin

from fastapi import APIRouter, Header, Query, Request, Response

from aisubs.http.access import AnyHolder, JobId, Served, SomeHolder, bearer_tokens, check_job_id
from aisubs.http.bodies import MAX_PER_PAGE, JobPage, ListRequest, Parts, Submission, Submitted, Upload
from aisubs.http.facts import choose_model
from aisubs.http.headers import etag_matches
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Job, Status
from aisubs.model.speech_model import shown_model
from aisubs.pipeline.expire_jobs import delete_job
from aisubs.pipeline.jobs import Holder
from aisubs.pipeline.offer_upload import Announcement, UploadLimits, offer_upload, renew_upload, source_name
from aisubs.pipeline.receive_upload import wake
from aisubs.ports import MultipartUpload, UploadSession
from aisubs.wiring import App

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

_OVER = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)


@router.post("/submit", status_code=201, summary="Announce a recording and get an upload URL")
def submit(
    said: Submission,
    request: Request,
    app: Served,
    holder: AnyHolder,
    key: Annotated[str | None, Header(alias="Idempotency-Key", min_length=32, max_length=255)] = None,
) -> Submitted:
    """With an Idempotency-Key (a random secret of your own, such as a UUID) the same answer is given again."""
    model = choose_model(said.model, app.settings)
    announcement = Announcement(
        said.filename,
        said.file_size_bytes,
        said.media_type,
        said.options.model_copy(update={"model": model}),
        shown_model(model or app.settings.model),
        said.video_hash.lower() if said.video_hash else None,
        request.headers.get("origin"),
        key,
    )
    settings = app.settings
    limits = UploadLimits(settings.max_upload_bytes, settings.capacity, settings.upload_deadline_hours * 3600)
    with _when_full(app):
        offer = offer_upload(announcement, holder, limits, jobs=app.jobs, store=app.store)
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


@router.get("", summary="List the jobs of the tokens shown")
def list_jobs(
    app: Served,
    holder: SomeHolder,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    per_page: Annotated[int, Query(ge=1, le=MAX_PER_PAGE)] = 10,
    status: Annotated[list[Status] | None, Query()] = None,
) -> JobPage:
    """Show up to 100 tokens: `Authorization: Bearer t1, Bearer t2`, or the header several times."""
    return _page(app, holder, page, per_page, status)


@router.post("/list", summary="List jobs by tokens in the body, and learn which are gone")
def list_by_body(asked: ListRequest, request: Request, app: Served) -> JobPage:
    """An id is gone only when it is listed in `gone`; absence from a page means nothing."""
    tokens = dict.fromkeys([*bearer_tokens(request), *asked.tokens, *(ref.access_token for ref in asked.jobs)])
    if not tokens:
        raise error("unauthorized")
    holder = Holder.of(tokens)
    found = _page(app, holder, asked.page, asked.per_page, asked.statuses)
    return found.model_copy(update={"gone": _gone(app, [ref.job_id for ref in asked.jobs], holder)})


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


@router.delete("/{job_id}", summary="Cancel a job that waits, delete one that is over", responses={204: {}})
def cancel_or_delete(
    job_id: JobId, response: Response, app: Served, holder: SomeHolder, only: Literal["cancel"] | None = None
) -> Job | None:
    """200 and the job: cancelled (its recording stays, for a retry, unless it was still being uploaded).
    204: deleted with all its files. 409: it is being processed and runs to its end.
    With `only=cancel` nothing is ever deleted: a job that has ended meanwhile is answered with 409, too."""
    job = app.jobs.get_job(job_id, holder)
    if job.status in _OVER and only is None:
        delete_job(job_id, holder, jobs=app.jobs, store=app.store)
        response.status_code = 204
        return None
    cancelled = app.jobs.cancel_job(job_id, holder, app.settings.cancel_running)
    if job.status is Status.UPLOADING:
        _drop_upload(app, job)
    return cancelled


@router.post("/{job_id}/retry", summary="Try a failed or cancelled job again with the same settings")
def retry(job_id: JobId, app: Served, holder: SomeHolder) -> Job:
    with _when_full(app):
        job = app.jobs.retry_job(job_id, holder, app.settings.capacity)
    wake(app.queue, f"{job.job_id}-{job.retry_count}-{job.version}")
    return job


@router.post("/{job_id}/upload", summary="Get another upload URL when the first is lost or has ended")
def renew(job_id: JobId, request: Request, app: Served, holder: SomeHolder) -> Upload:
    """The upload then begins again at its first byte."""
    job = app.jobs.get_own_job(job_id, holder)
    session = renew_upload(job, "application/octet-stream", request.headers.get("origin"), store=app.store)
    return _upload(session, request, app)


def _page(app: App, holder: Holder, page: int, per_page: int, statuses: list[Status] | None) -> JobPage:
    rows = app.jobs.list_jobs(holder, page, per_page, [status.value for status in statuses] if statuses else None)
    total = int(rows[0]["total"]) if rows else 0
    return JobPage(jobs=[Job.model_validate(row) for row in rows], total=total, page=page, per_page=per_page)


def _gone(app: App, job_ids: list[str], holder: Holder) -> list[str]:
    """Which of them are not the holder's own. A client throws their tokens away, so each is asked for by its id."""
    there = {job.job_id for job in _page(app, holder, 1, MAX_PER_PAGE, None).jobs} if job_ids else set()
    gone = []
    for job_id in job_ids:
        try:
            if job_id not in there:
                app.jobs.get_own_job(check_job_id(job_id), holder)
        except AisubsError as fault:
            if fault.code not in ("job_not_found", "read_only", "share_over"):
                raise  # a database that is down makes no job gone
            gone.append(job_id)
    return gone


def _drop_upload(app: App, job: Job) -> None:
    """Forget what has arrived. A store that is down does not undo the cancelling: the session ends by itself."""
    try:
        app.store.delete(source_name(job.job_id, job.filename))
    except AisubsError as fault:
        log.warning("upload.not_dropped", extra={"job_id": job.job_id, "reason": fault.reason})


def _upload(session: UploadSession, request: Request, app: App) -> Upload:
    """Absolute, also when the store does not know how clients reach it."""
    url = urljoin(app.settings.public_url or str(request.base_url), session.url)
    parts = Parts.model_validate(session, from_attributes=True) if isinstance(session, MultipartUpload) else None
    return Upload(url=url, expires_at=session.expires_at, parts=parts)


@contextmanager
def _when_full(app: App) -> Iterator[None]:
    """Say when to come back."""
    try:
        yield
    except AisubsError as fault:
        if fault.code == "queue_full" and fault.retry_after_s is None:
            state = app.jobs.queue_state(app.settings.concurrency, app.settings.capacity)
            fault.retry_after_s = state["retry_after_s"]
        raise
