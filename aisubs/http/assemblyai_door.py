"""AssemblyAI's API on our jobs: programs written for it work with their address changed.

    aai.settings.base_url, aai.settings.api_key = "http://127.0.0.1:8000", "key_…"

A recording is sent first, and then it is said what is to be done with it. The same recording with the same wishes is
the same transcript, whenever it is asked for again. All jobs of who asks are transcripts here, however they came; so
the key is one that stands for somebody. What this API can say and we cannot do is refused, never passed over.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect

from aisubs.http.access import AdmittedHolder, JobId, Served, SomeHolder
from aisubs.http.addresses import absolute_url
from aisubs.http.assemblyai_answers import UPLOAD, digest_of, paragraphs_of, sentences, told
from aisubs.http.assemblyai_bodies import USUAL_MODELS, TranscriptRequest
from aisubs.http.assemblyai_pages import EXAMPLE_PAGE, ListQuery, page_of
from aisubs.http.deletions import own_mirror
from aisubs.http.held_uploads import HeldUploads
from aisubs.http.refusals import refuses
from aisubs.http.senders import upload_limits
from aisubs.http.whole_recordings import REFUSALS, Brought, taken
from aisubs.model.errors import error
from aisubs.model.job import Job, Status
from aisubs.model.transcript import Transcript
from aisubs.pipeline.expire_jobs import delete_job
from aisubs.pipeline.jobs import Holder, HolderReads
from aisubs.pipeline.read_transcript import read_text
from aisubs.pipeline.results import read_result
from aisubs.settings import Settings
from aisubs.weights.mark import told_name
from aisubs.wiring import App

router = APIRouter(prefix="/v2", tags=["assemblyai"])

_UPLOADS = "/v2/upload/"
_NO_KEY = "The API key is one of this server's (aisubs key, or the page), or the key of a library (lib_…)."
_EXAMPLE = {"id": "0b9c1f4e-7d0a-4c55-9a86-2f1f6f0f3f21", "status": "queued", "text": None, "language_code": None}
_REFUSED = refuses(*(code for code in REFUSALS if code != "origin_refused"), "unauthorized")
_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
_BYTES = {"requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}


def _example(value: Any) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {"application/json": {"schema": {"type": "object"}, "example": value}}}}


def owning(holder: AdmittedHolder) -> Holder:
    """Raises `unauthorized`, `sign_in_required` for who is nobody, or may bring nothing."""
    return _insist_on_owner(holder)


def reading(holder: SomeHolder) -> Holder:
    """Raises `unauthorized`."""
    return _insist_on_owner(holder)


def _insist_on_owner(holder: Holder) -> Holder:
    if holder.owner_id is None:
        fault = error("unauthorized")
        fault.sentence = _NO_KEY
        raise fault
    return holder


Owning = Annotated[Holder, Depends(owning)]
Reading = Annotated[Holder, Depends(reading)]


@router.post(
    "/upload",
    summary="AssemblyAI: send a recording",
    responses=_example({"upload_url": "https://subtitles.example/v2/upload/9f86d081"})
    | refuses("too_big", "empty_file", "too_many_uploads", "bad_request"),
    openapi_extra=_BYTES,
)
async def upload(request: Request, app: Served, holder: Owning) -> JSONResponse:
    """As AssemblyAI's `POST /v2/upload`. Kept for an hour, for whoever has sent it."""
    held, owner_id = _held(request), holder.owner_id or ""
    digest = await held.keep(owner_id, _body(request), upload_limits(app))
    return JSONResponse({"upload_url": absolute_url(f"{_UPLOADS}{digest}", request, app)})


@router.post("/transcript", summary="AssemblyAI: a transcript", responses=_example(_EXAMPLE) | _REFUSED)
def create(asked: TranscriptRequest, request: Request, app: Served, holder: Owning) -> JSONResponse:
    """As AssemblyAI's `POST /v2/transcript`. Who asks for the same again gets the transcript that is there."""
    digest = urlsplit(asked.audio_url).path.removeprefix(_UPLOADS)
    path = _held(request).find(holder.owner_id or "", digest) if len(digest) == 64 and digest.isalnum() else None
    if path is None:
        raise error(
            "bad_request", "audio_url: only what POST /v2/upload has answered within the hour; nothing is fetched here."
        )
    options, model = asked.options(), _model(asked, app.settings)
    with path.open("rb") as file:
        sent = Brought(UploadFile(file, filename=f"{UPLOAD}{digest}"), path.stat().st_size, FormData())
        job, _ = taken(sent, options, model, request, app, holder)
    return _transcript(job, request, app, holder)


@router.get("/transcript", summary="AssemblyAI: your transcripts", responses=_example(EXAMPLE_PAGE))
def listed(asked: Annotated[ListQuery, Query()], request: Request, app: Served, holder: Reading) -> JSONResponse:
    """As AssemblyAI's `GET /v2/transcript`, newest first."""
    return JSONResponse(page_of(asked, _base(request, app), holder, app.jobs))


@router.get("/transcript/{job_id}", summary="AssemblyAI: how far it is, and its text", responses=_example(_EXAMPLE))
def get(job_id: JobId, request: Request, app: Served, holder: Reading) -> JSONResponse:
    """As AssemblyAI's `GET /v2/transcript/{id}`: `queued`, `processing`, `completed` with all words, or `error`."""
    return _transcript(app.jobs.get_job(job_id, holder), request, app, holder)


@router.delete(
    "/transcript/{job_id}",
    summary="AssemblyAI: delete a transcript, and its recording",
    responses=_example(_EXAMPLE) | refuses("not_cancellable", "illegal_move", "store_unavailable"),
)
def delete(job_id: JobId, request: Request, app: Served, holder: Reading) -> JSONResponse:
    """As AssemblyAI's `DELETE /v2/transcript/{id}`. One that waits is cancelled first, and one that is being made where
    that is allowed (`CANCEL_RUNNING`)."""
    job = app.jobs.get_own_job(job_id, holder)
    if not job.status.over:
        job = app.jobs.cancel_job(job_id, holder, app.settings.cancel_running)
    said = told(job, _base(request, app), app.settings.model)
    delete_job(job_id, holder, jobs=app.jobs, store=app.store, mirror=own_mirror(app))
    if (digest := digest_of(job)) is not None:
        _held(request).forget(holder.owner_id or "", digest)
    return JSONResponse(said)


@router.get(
    "/transcript/{job_id}/srt",
    summary="AssemblyAI: subtitles as SRT",
    response_class=Response,
    responses=_FILE | refuses("not_finished"),
)
def srt(job_id: JobId, app: Served, holder: Reading, chars_per_caption: int | None = None) -> Response:
    """As AssemblyAI's. Their shape is that of the profile of the job, so `chars_per_caption` is refused."""
    return _subtitles(job_id, "srt", chars_per_caption, app, holder)


@router.get(
    "/transcript/{job_id}/vtt",
    summary="AssemblyAI: subtitles as WebVTT",
    response_class=Response,
    responses=_FILE | refuses("not_finished"),
)
def vtt(job_id: JobId, app: Served, holder: Reading, chars_per_caption: int | None = None) -> Response:
    """As for SRT."""
    return _subtitles(job_id, "vtt", chars_per_caption, app, holder)


@router.get(
    "/transcript/{job_id}/sentences",
    summary="AssemblyAI: the text by sentences",
    responses=_example({"sentences": []}) | refuses("not_finished"),
)
def by_sentences(job_id: JobId, app: Served, holder: Reading) -> JSONResponse:
    """As AssemblyAI's."""
    return JSONResponse(sentences(_text(app.jobs.get_job(job_id, holder), app, holder)))


@router.get(
    "/transcript/{job_id}/paragraphs",
    summary="AssemblyAI: the text by paragraphs",
    responses=_example({"paragraphs": []}) | refuses("not_finished"),
)
def by_paragraphs(job_id: JobId, app: Served, holder: Reading) -> JSONResponse:
    """As AssemblyAI's; they are those of the page."""
    return JSONResponse(paragraphs_of(_text(app.jobs.get_job(job_id, holder), app, holder)))


def _transcript(job: Job, request: Request, app: App, holder: Holder) -> JSONResponse:
    text = _text(job, app, holder) if job.status is Status.COMPLETED else None
    return JSONResponse(told(job, _base(request, app), app.settings.model, text))


def _text(job: Job, app: App, holder: Holder) -> Transcript:
    """The newest text. Raises `not_finished`."""
    return read_text(job, jobs=HolderReads(app.jobs, holder)).transcript


def _subtitles(job_id: str, format_name: str, chars: int | None, app: App, holder: Holder) -> Response:
    if chars is not None:
        raise error("bad_request", "chars_per_caption: subtitles are shaped by a profile here; leave it out.")
    job = app.jobs.get_job(job_id, holder)
    file = read_result(job, format_name, jobs=HolderReads(app.jobs, holder), store=app.store)
    return Response(file.data, media_type="text/plain; charset=utf-8")


def _model(asked: TranscriptRequest, settings: Settings) -> str:
    """The first of those named that is here, as `taken` wants it. Raises `bad_request`."""
    ours = [told_name(name) for name in (settings.model, *settings.chosen_models)]
    if not asked.models:
        return ""
    for name in asked.models:
        if name in USUAL_MODELS or name in ours:
            return "" if name in USUAL_MODELS else name
    raise error("bad_request", f"speech_models: one of {', '.join((*USUAL_MODELS, *ours))}.")


async def _body(request: Request) -> AsyncIterator[bytes]:
    """Raises `bad_request` where its sender has gone: nobody reads that."""
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect as gone:
        raise error("bad_request", "the recording broke off.") from gone


def _held(request: Request) -> HeldUploads:
    held: HeldUploads = request.app.state.held_uploads
    return held


def _base(request: Request, app: App) -> str:
    return absolute_url("", request, app).rstrip("/")
