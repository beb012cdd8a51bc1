"""The API of whisper-asr-webservice on our jobs: what Bazarr and media servers speak.

    Bazarr → Settings → Providers → Whisper → http://127.0.0.1:8000

Programs that send with `encode=false` have taken the sound out themselves: 16 kHz, one channel, 16 bits, without a
header. As with OpenAI's API, who hangs up joins the job with the next request.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from aisubs.http.access import AdmittedHolder, Served
from aisubs.http.raw_samples import with_header
from aisubs.http.refusals import refuses
from aisubs.http.whole_recordings import REFUSALS, brought, completed, form_with, taken
from aisubs.model.errors import error
from aisubs.model.job import Options
from aisubs.pipeline.jobs import HolderReads
from aisubs.pipeline.results import read_result

router = APIRouter(tags=["whisper-asr-webservice"])

_FORMATS = {"txt": "txt", "vtt": "vtt", "srt": "srt", "tsv": "tsv", "json": "verbose_json"}
_BODY = form_with({"audio_file": {"type": "string", "format": "binary"}}, "audio_file")
_SAID: dict[int | str, dict[str, Any]] = {
    200: {"description": "The text as a file", "content": {"text/plain": {"schema": {"type": "string"}}}}
}
_REFUSED = refuses(*REFUSALS, "not_media", "no_audio", "damaged")


class Asked(BaseModel):
    """What the address says."""

    model_config = ConfigDict(extra="forbid")

    encode: bool = Field(default=True, description="false: the sound comes as raw samples, 16 kHz, mono, 16 bits.")
    task: Literal["transcribe", "translate"] = "transcribe"
    language: str | None = Field(default=None, max_length=40)
    initial_prompt: str | None = Field(default=None, max_length=800)
    vad_filter: bool = Field(default=True, description="Only true: recordings are always cut where nobody speaks.")
    word_timestamps: bool = Field(default=False, description="With output=json, the list of words.")
    diarize: bool = False
    min_speakers: int | None = Field(default=None, ge=1)
    max_speakers: int | None = Field(default=None, ge=1)
    output: Literal["txt", "vtt", "srt", "tsv", "json"] = "txt"
    video_file: str | None = Field(default=None, max_length=4096, description="Only said for the log of the sender.")

    @field_validator("vad_filter")
    @classmethod
    def _always_cut(cls, value: bool) -> bool:
        if not value:
            raise ValueError("only true; recordings are always cut where nobody speaks")
        return value

    def options(self) -> Options:
        """Raises pydantic's ValidationError."""
        return Options.model_validate(
            {
                "language": self.language or None,
                "task": self.task,
                "initial_prompt": self.initial_prompt or None,
                "diarize": self.diarize or None,
                "min_speakers": self.min_speakers if self.diarize else None,
                "max_speakers": self.max_speakers if self.diarize else None,
            }
        )


@router.post("/asr", summary="whisper-asr-webservice: a transcript", responses=_SAID | _REFUSED, openapi_extra=_BODY)
async def asr(asked: Annotated[Asked, Query()], request: Request, app: Served, holder: AdmittedHolder) -> Response:
    """As `POST /asr` of whisper-asr-webservice."""
    try:
        options = asked.options()
    except ValueError as fault:
        raise error("bad_language", language=asked.language) from fault
    async with brought(request, app, "audio_file") as what:
        sound = what if asked.encode else await to_thread.run_sync(with_header, what)
        try:
            job, seen_by = await to_thread.run_sync(taken, sound, options, "", request, app, holder)
        finally:
            sound.data.close()
    job = await completed(job, seen_by, request, app)

    def read() -> Response:
        reads, words = HolderReads(app.jobs, seen_by), {"words": asked.word_timestamps}
        choices = words if asked.output == "json" else None
        file = read_result(job, _FORMATS[asked.output], jobs=reads, store=app.store, choices=choices)
        headers = {"Asr-Engine": "aisubs", "Content-Disposition": f'attachment; filename="audio.{asked.output}"'}
        return Response(file.data, media_type="text/plain; charset=utf-8", headers=headers)

    return await to_thread.run_sync(read)
