"""A finished or growing transcript in the shapes of OpenAI's audio API, as its official clients read them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from anyio import to_thread
from fastapi import Request, Response
from fastapi.responses import JSONResponse

from aisubs.http.whole_recordings import awaited, failure_of
from aisubs.model.errors import AisubsError
from aisubs.model.job import Job, Status
from aisubs.pipeline.jobs import Holder, HolderReads
from aisubs.pipeline.results import read_result
from aisubs.pipeline.transcribe.tracks_in_turn import on_recording
from aisubs.wiring import App

FORMATS = ("json", "text", "srt", "vtt", "verbose_json", "diarized_json")
MEDIA_TYPES = {"srt": "text/plain", "vtt": "text/plain", "text": "text/plain"}
_WINDOWS = 200
_STATUSES = {400, 401, 403, 404, 413, 500}
"""Of what does not pass, those that their clients have a name for."""


def refusal(fault: AisubsError) -> JSONResponse:
    """An error in OpenAI's shape. Clients of theirs try again on 409, 429 and 5xx by themselves, so only what may pass
    has such a status; what the request or the recording is at fault for is a 400, as it is there."""
    status = fault.http_status if fault.retryable or fault.http_status in _STATUSES else 400
    kind = "invalid_request_error" if status < 500 else "server_error"
    body = {"message": fault.sentence, "type": kind, "param": None, "code": fault.code}
    return JSONResponse({"error": body}, status)


async def whole(job: Job, holder: Holder, app: App, response_format: str, granularities: list[str]) -> Response:
    """The answer of a completed job."""
    if response_format in ("json", "diarized_json", "text"):
        verbose = json.loads(await _file(job, holder, app, "verbose_json"))
        if response_format == "text":
            return Response(f"{verbose['text']}\n", media_type="text/plain; charset=utf-8")
        if response_format == "json":
            return JSONResponse({"text": verbose["text"], "usage": verbose["usage"]})
        return JSONResponse(await _by_speakers(job, holder, app, verbose))
    if response_format == "verbose_json":
        words = "word" in granularities
        verbose = json.loads(await _file(job, holder, app, "verbose_json", {"words": words}))
        if granularities and "segment" not in granularities:
            del verbose["segments"]
        return JSONResponse(verbose)
    data = await _file(job, holder, app, response_format)
    return Response(data, media_type=f"{MEDIA_TYPES[response_format]}; charset=utf-8")


async def events(job: Job, holder: Holder, request: Request, app: App) -> AsyncIterator[bytes]:
    """Server-sent events: the text as windows of it are saved, then all of it, as it is in the end."""
    since, last = 0, job
    async for last in awaited(job, holder, request, app):
        if last.windows <= since:
            continue
        windows = await to_thread.run_sync(app.jobs.read_windows, last.job_id, holder, since, _WINDOWS)
        for window in windows:
            since = window.seq + 1
            text = "".join(segment.text for segment in on_recording(window, last.audio_track).segments)
            if text:
                yield _event({"type": "transcript.text.delta", "delta": text})
    if last.status is Status.COMPLETED:
        verbose = json.loads(await _file(last, holder, app, "verbose_json"))
        yield _event({"type": "transcript.text.done", "text": verbose["text"], "usage": verbose["usage"]})
    elif last.status.over:
        yield b"event: error\n" + _event(json.loads(bytes(refusal(failure_of(last)).body)))


async def _by_speakers(job: Job, holder: Holder, app: App, verbose: dict[str, Any]) -> dict[str, Any]:
    ours = json.loads(await _file(job, holder, app, "json"))
    segments = [
        {
            "type": "transcript.text.segment",
            "id": f"seg_{number}",
            "start": segment["start_ms"] / 1000,
            "end": segment["end_ms"] / 1000,
            "text": segment["text"],
            "speaker": segment["speaker"] or "",
        }
        for number, segment in enumerate(ours["segments"])
    ]
    head = {name: verbose[name] for name in ("task", "duration", "text")}
    return {**head, "segments": segments, "usage": verbose["usage"]}


async def _file(
    job: Job, holder: Holder, app: App, format_name: str, choices: dict[str, object] | None = None
) -> bytes:
    def read() -> bytes:
        reads = HolderReads(app.jobs, holder)
        return read_result(job, format_name, jobs=reads, store=app.store, choices=choices).data

    return await to_thread.run_sync(read)


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"
