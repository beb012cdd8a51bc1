"""OpenAI's audio API on our jobs: programs written for it work with their address changed.

    OPENAI_BASE_URL=http://127.0.0.1:8000/v1

The text comes in the answer, however long that takes. Who hangs up loses nothing: the same request again joins the job
(aisubs/pipeline/take_recording.py). What this API can say and we cannot do is refused, never passed over.
"""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from aisubs.http.access import AdmittedHolder, Served
from aisubs.http.openai_answers import FORMATS, events, refusal, whole
from aisubs.http.refusals import refuses
from aisubs.http.whole_recordings import REFUSALS, Brought, brought, completed, form_with, taken
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Options
from aisubs.weights.mark import told_name

router = APIRouter(prefix="/v1", tags=["openai"])

USUAL_MODEL = "whisper-1"
"""What their clients call the one model that there is, if they say nothing else."""
_KNOWN = {
    "file", "model", "language", "prompt", "response_format", "temperature", "stream", "chunking_strategy",
    "timestamp_granularities", "timestamp_granularities[]",
}  # fmt: skip
_GRANULARITIES = {"word", "segment"}
_FIELDS = {
    "file": {"type": "string", "format": "binary"},
    "model": {"type": "string", "examples": [USUAL_MODEL]},
    "language": {"type": "string", "examples": ["en"]},
    "prompt": {"type": "string", "examples": ["Names: Szymborska, Miłosz."]},
    "response_format": {"type": "string", "enum": list(FORMATS), "examples": ["json"]},
    "temperature": {"type": "number", "enum": [0], "examples": [0]},
    "timestamp_granularities[]": {"type": "array", "items": {"enum": sorted(_GRANULARITIES)}, "examples": [["word"]]},
    "stream": {"type": "boolean", "examples": [False]},
}
_BODY = form_with(_FIELDS, "file", "model")
_SAID: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The text, in the shape that was asked for",
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "example": {"text": "Good morning, Tom.", "usage": {"type": "duration", "seconds": 2}},
            },
            "text/plain": {"schema": {"type": "string"}},
            "text/event-stream": {"schema": {"type": "string"}},
        },
    }
}
_REFUSED = refuses(*REFUSALS)


@router.post("/audio/transcriptions", summary="OpenAI: a transcript", responses=_SAID | _REFUSED, openapi_extra=_BODY)
async def transcribe(request: Request, app: Served, holder: AdmittedHolder) -> Response:
    """As OpenAI's `POST /v1/audio/transcriptions`. `temperature` is 0; `stream` tells the text as it is heard."""
    return await _answered("transcribe", request, app, holder)


@router.post("/audio/translations", summary="OpenAI: in English", responses=_SAID | _REFUSED, openapi_extra=_BODY)
async def translate(request: Request, app: Served, holder: AdmittedHolder) -> Response:
    """As OpenAI's `POST /v1/audio/translations`."""
    return await _answered("translate", request, app, holder)


@router.get("/models", summary="OpenAI: the models that may be asked for", responses={200: {"model": dict[str, Any]}})
def models(app: Served) -> JSONResponse:
    """`whisper-1` stands for the usual one."""
    names = [told_name(name) for name in (app.settings.model, *app.settings.chosen_models) if app.has_model(name)]
    rows = [
        {"id": name, "object": "model", "created": 0, "owned_by": "aisubs"}
        for name in dict.fromkeys((USUAL_MODEL, *names))
    ]
    return JSONResponse({"object": "list", "data": rows})


async def _answered(task: str, request: Request, app: Served, holder: AdmittedHolder) -> Response:
    try:
        async with brought(request, app, "file") as what:
            response_format, granularities, stream = _wishes(what)
            options = _options(what, task, response_format)
            model = what.text("model")
            model = "" if model == USUAL_MODEL else model
            job, seen_by = await to_thread.run_sync(taken, what, options, model, request, app, holder)
        if stream:
            return StreamingResponse(events(job, seen_by, request, app), media_type="text/event-stream")
        job = await completed(job, seen_by, request, app)
        return await whole(job, seen_by, app, response_format, granularities)
    except AisubsError as fault:
        return refusal(fault)


def _wishes(what: Brought) -> tuple[str, list[str], bool]:
    """(response format, granularities, stream). Raises `bad_request`."""
    if unknown := sorted(set(what.fields) - _KNOWN):
        raise error("bad_request", f"{unknown[0]}: this is not done here.")
    response_format = what.text("response_format") or "json"
    if response_format not in FORMATS:
        raise error("bad_request", f"response_format: one of {', '.join(FORMATS)}.")
    granularities = what.texts("timestamp_granularities[]", "timestamp_granularities")
    if set(granularities) - _GRANULARITIES:
        raise error("bad_request", "timestamp_granularities: word, segment, or both.")
    if granularities and response_format != "verbose_json":
        raise error("bad_request", "timestamp_granularities: only with response_format verbose_json.")
    if what.text("temperature") not in ("", "0", "0.0"):
        raise error("bad_request", "temperature: only 0; the same recording is to give the same text.")
    if what.text("chunking_strategy") not in ("", "auto"):
        raise error("bad_request", "chunking_strategy: only auto; recordings are always cut where nobody speaks.")
    stream = what.text("stream").lower()
    if stream not in ("", "true", "false", "1", "0"):
        raise error("bad_request", "stream: true or false.")
    if stream in ("true", "1") and response_format not in ("json", "text"):
        raise error("bad_request", "stream: only with response_format json or text.")
    return response_format, granularities, stream in ("true", "1")


def _options(what: Brought, task: str, response_format: str) -> Options:
    """Raises `bad_request`, `bad_language`."""
    from pydantic import ValidationError

    try:
        return Options.model_validate(
            {
                "language": what.text("language") or None,
                "task": task,
                "initial_prompt": what.text("prompt") or None,
                "diarize": True if response_format == "diarized_json" else None,
            }
        )
    except ValidationError as fault:
        first = fault.errors()[0]
        if first["loc"][:1] == ("language",):
            raise error("bad_language", language=what.text("language")) from fault
        raise error("bad_request", f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}.") from fault
