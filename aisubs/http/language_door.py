"""Which language a recording is in, as whisper-asr-webservice tells it: Bazarr asks before it asks for subtitles.

The question is a job like any other, of the whole recording or of the beginning of what has no header. Six windows in
which somebody speaks elect the language (aisubs/pipeline/transcribe/language.py), wherever they are: films begin with
music. As soon as it is known it is told, and the job is cancelled, as nobody wants its text.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from aisubs.http.access import AdmittedHolder, Served
from aisubs.http.raw_samples import with_header
from aisubs.http.refusals import refuses
from aisubs.http.whole_recordings import REFUSALS, awaited, brought, failure_of, form_with, taken
from aisubs.model.errors import AisubsError
from aisubs.model.job import Job, Options, Status
from aisubs.model.language import LANGUAGES
from aisubs.pipeline.jobs import Holder
from aisubs.wiring import App

log = logging.getLogger(__name__)

router = APIRouter(tags=["whisper-asr-webservice"])

BEGINNING_S = 20 * 60
"""Of samples without a header no more is looked at: somebody speaks by then."""

_BODY = form_with({"audio_file": {"type": "string", "format": "binary"}}, "audio_file")
_ENGLISH = {"detected_language": "english", "language_code": "en", "confidence": None}
_SAID: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The language; an empty object where nobody speaks. `confidence` is not kept, so it is null",
        "content": {"application/json": {"schema": {"type": "object"}, "example": _ENGLISH}},
    }
}
_REFUSED = refuses(*REFUSALS, "not_media", "no_audio", "damaged")


class AskedLanguage(BaseModel):
    """What the address says."""

    model_config = ConfigDict(extra="forbid")

    encode: bool = Field(default=True, description="false: the sound comes as raw samples, 16 kHz, mono, 16 bits.")
    video_file: str | None = Field(default=None, max_length=4096, description="Only said for the log of the sender.")


@router.post(
    "/detect-language",
    summary="whisper-asr-webservice: the language of a recording",
    response_model=None,
    responses=_SAID | _REFUSED,
    openapi_extra=_BODY,
)
async def detect_language(
    asked: Annotated[AskedLanguage, Query()], request: Request, app: Served, holder: AdmittedHolder
) -> dict[str, Any]:
    """As `POST /detect-language` of whisper-asr-webservice."""
    async with brought(request, app, "audio_file") as what:
        sound = what if asked.encode else await to_thread.run_sync(with_header, what, BEGINNING_S)
        take = partial(taken, purpose="language", again=_is_to_be_asked_again)
        try:
            job, seen_by = await to_thread.run_sync(take, sound, Options(diarize=False), "", request, app, holder)
        finally:
            sound.data.close()
    async for seen in awaited(job, seen_by, request, app):
        job = seen
        if job.language is not None:
            break
    if job.status is not Status.COMPLETED and job.language is None:
        raise failure_of(job)
    await to_thread.run_sync(_end, job, seen_by, app)
    name = LANGUAGES.get(job.language or "")
    return {} if name is None else _ENGLISH | {"detected_language": name.lower(), "language_code": job.language}


def _is_to_be_asked_again(job: Job) -> bool:
    """Whether a job of the same question has come to nothing; one that was cancelled here has its answer."""
    return job.language is None and job.status.came_to_nothing


def _end(job: Job, holder: Holder, app: App) -> None:
    """Nobody wants the text. Whoever asked the same at the same time may have ended it already, or it ended itself."""
    if job.status.over:
        return
    with suppress(AisubsError):
        app.jobs.cancel_job(job.job_id, holder, cancel_running=True)
        log.info("language.told", extra={"job_id": job.job_id, "language": job.language})
