"""Requests that bring a whole recording in a form and wait for its text: read, taken into line, waited for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import file_digest
from typing import Any, BinaryIO

from anyio import to_thread
from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from aisubs.http.senders import client_address, upload_limits
from aisubs.http.wishes import chosen_options
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Job, Options, Status
from aisubs.pipeline.jobs import Holder
from aisubs.pipeline.offer_upload import Announcement, check_size
from aisubs.pipeline.take_recording import came_to_nothing, take_recording
from aisubs.weights.mark import told_name
from aisubs.wiring import App

log = logging.getLogger(__name__)

REFUSALS = (
    "bad_name", "empty_file", "too_big", "bad_language", "no_model", "queue_full", "too_many_uploads", "day_used_up",
    "bytes_used_up", "minutes_used_up", "origin_refused", "store_unavailable", "too_busy", "bad_request",
    "diarizer_off", "no_diarizer",
)  # fmt: skip
"""What such a request may be answered with, whatever is in it."""
MAX_FIELDS, MAX_FIELD_BYTES = 40, 64 << 10
_FORM_BYTES = 1 << 20
"""What a form may hold beside the recording."""
_LOOK_EVERY_S = (0.1, 0.2, 0.4, 0.8)
"""The last one again and again: a short clip is not kept waiting, a long one costs a question a second."""


def form_with(fields: dict[str, Any], *required: str) -> dict[str, Any]:
    """For `openapi_extra` of a route: a form with these fields, by JSON schema."""
    schema = {"type": "object", "required": list(required), "properties": fields}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


@dataclass(frozen=True, slots=True)
class Brought:
    """A recording on this machine's disk, and what else the form says."""

    file: UploadFile
    size_bytes: int
    fields: FormData

    @property
    def data(self) -> BinaryIO:
        return self.file.file

    def text(self, name: str) -> str:
        """A field's text, empty where it is not there. Raises `bad_request` for a file in its place."""
        value = self.fields.get(name, "")
        if not isinstance(value, str):
            raise error("bad_request", f"{name}: text is wanted, not a file.")
        return value.strip()

    def texts(self, *names: str) -> list[str]:
        """All values of a field that may come several times, under any of its names."""
        found = [value for name in names for value in self.fields.getlist(name)]
        return [value.strip() for value in found if isinstance(value, str) and value.strip()]


@asynccontextmanager
async def brought(request: Request, app: App, field: str) -> AsyncIterator[Brought]:
    """The form of a request, its recording in the field of this name; gone with the block.

    Raises `bad_request`, `empty_file`, `origin_refused`, and `too_big` as soon as more has come than may.
    """
    if "origin" in request.headers and "authorization" not in request.headers:
        # A form is sent by any page without asking; a header of ours is not.
        raise error("origin_refused")
    limit = upload_limits(app).max_upload_bytes
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit + _FORM_BYTES:
        check_size(int(announced), limit)
    counted = Request(request.scope, _counted(request, limit + _FORM_BYTES, limit))
    try:
        fields = await counted.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES)
    except HTTPException as fault:
        raise error("bad_request", f"{fault.detail}") from fault
    try:
        file = fields.get(field)
        if not isinstance(file, UploadFile):
            raise error("bad_request", f"{field}: the recording is missing; send it as a file in multipart/form-data.")
        check_size(file.size or 0, limit)
        yield Brought(file, file.size or 0, fields)
    finally:
        await fields.close()


def taken(
    what: Brought,
    options: Options,
    model: str,
    request: Request,
    app: App,
    holder: Holder,
    *,
    purpose: str = "",
    again: Callable[[Job], bool] = came_to_nothing,
) -> tuple[Job, Holder]:
    """The job of what was brought, and who may see it. `model` is one of ours; empty: the usual one. Requests of
    another `purpose` never meet in one job; `again` as in `take_recording`.

    Raises as `take_recording`, `no_model`, `no_diarizer`, `diarizer_off`.
    """
    options = chosen_options(options, model or None, None, app)
    address = client_address(request)
    what.data.seek(0)
    digest = file_digest(what.data, "sha256").hexdigest()  # type: ignore[arg-type]
    announcement = Announcement(
        what.file.filename or "recording",
        what.size_bytes,
        what.file.content_type or "application/octet-stream",
        options,
        told_name(options.model or app.settings.model),
        digest,
        None,
        address,
    )
    assert app.on_object is not None
    # Strangers are told apart by where they are: nobody gets the text of another for having the same recording. With
    # the secret, nobody else can work out what opens the job.
    sender = f"{request.app.state.doors_secret}\0{holder.owner_id or address}" + (f"\0{purpose}" if purpose else "")
    limits = upload_limits(app)
    return take_recording(
        announcement, sender, what.data, holder, limits, app.on_object, jobs=app.jobs, store=app.store, again=again
    )


async def completed(job: Job, holder: Holder, request: Request, app: App) -> Job:
    """The job once it is completed. Raises `failure_of` it where it came to nothing."""
    async for seen in awaited(job, holder, request, app):
        job = seen
    if job.status is not Status.COMPLETED:
        raise failure_of(job)
    return job


def failure_of(job: Job) -> AisubsError:
    """What a job that came to nothing is answered with: its own code, and the sentence that it was given with its
    details."""
    otherwise = "internal" if job.status is Status.FAILED else "upload_cancelled"
    fault = error(job.error_code or otherwise, f"the job is {job.status}")
    fault.sentence = job.error_message or fault.sentence
    return fault


async def awaited(job: Job, holder: Holder, request: Request, app: App) -> AsyncIterator[Job]:
    """The job, again whenever it may have changed, until it is over; or until nobody listens, then it goes on alone."""
    for number in range(1 << 62):
        yield job
        if job.status.over:
            return
        await asyncio.sleep(_LOOK_EVERY_S[min(number, len(_LOOK_EVERY_S) - 1)])
        if await request.is_disconnected():
            log.info("recording.left_alone", extra={"job_id": job.job_id})
            return
        job = await to_thread.run_sync(app.jobs.get_job, job.job_id, holder)


def _counted(request: Request, most_bytes: int, limit_bytes: int) -> Receive:
    """`request.receive` that raises `too_big` behind so many bytes."""
    come = 0

    async def receive() -> Message:
        nonlocal come
        message = await request.receive()
        come += len(message.get("body", b""))
        if come > most_bytes:
            check_size(come, limit_bytes)
        return message

    return receive
