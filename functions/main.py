"""Every way into the cloud edition, on one screen. `FUNCTION_TARGET` picks the door that a container opens.

    on_upload         Eventarc: an object was finalized in the uploads bucket
    dispatch          Cloud Tasks: something may be startable
    recover_stale     Cloud Scheduler, every 5 minutes: lost workers, lost messages, unfinished uploads
    apply_retention   Cloud Scheduler, hourly: jobs older than 168 hours go
    api               the web page and curl

functions-framework loads this file afresh for each target, so it keeps no state but the App made at the first request.
Answers: 2xx means "do not send this again"; an exception becomes 500, and Eventarc and Cloud Tasks try again.
All but `api` open only to the service accounts in ALLOWED_CALLERS; there, they alone may POST /api/jobs/check-stale.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cache
from threading import Event
from typing import Any

import functions_framework
import functions_framework.aio
from cloudevents.http import CloudEvent
from flask import Request, abort, request

from aisubs.duties import sweep_app, translate_app
from aisubs.log import set_up_logging
from aisubs.model.errors import AisubsError
from aisubs.pipeline.dispatch_job import dispatch_jobs
from aisubs.pipeline.expire_jobs import expire_jobs
from aisubs.pipeline.receive_upload import receive_upload
from aisubs.settings import read_settings
from aisubs.wiring import App, make_app, make_limits
from aisubs.wiring_identity import make_callers

log = logging.getLogger(__name__)

MAX_TOLD_CHARS = 300

TRANSLATING_S = 60.0
"""How long a sweep goes on with translations, where there are any; the next one goes on there."""

SWEEPS_APART_S = 5
"""Two sweeps so close together are one to Cloud Tasks, which remembers the names of wake-ups for an hour."""


@cache
def the_app() -> App:
    """Made at the first request, not at import, and kept for the life of the container."""
    settings = read_settings()
    set_up_logging(settings.log_level)
    return make_app(settings)


@cache
def the_callers() -> Callable[[str | None], bool]:
    return make_callers(read_settings())


def admit() -> None:
    """Cloud Run's IAM has asked before us; this holds when somebody opens that door by mistake."""
    if not the_callers()(request.headers.get("Authorization")):
        abort(403)


@functions_framework.cloud_event
def on_upload(event: CloudEvent) -> None:
    admit()
    app = the_app()
    said = event.get_data()
    data: dict[str, Any] = said if isinstance(said, dict) else {}
    name, generation, bucket = data.get("name"), str(data.get("generation")), data.get("bucket", app.store.bucket)
    if not name or not isinstance(name, str) or bucket != app.store.bucket:
        # Answering 2xx keeps it from coming back; a trigger on the wrong bucket must not go unnoticed.
        log.warning("event.not_ours", extra={"bucket": str(bucket), "object": str(name)[:MAX_TOLD_CHARS]})
        return
    receive_upload(
        name,
        int(generation) if generation.isascii() and generation.isdigit() else None,
        store=app.store,
        jobs=app.jobs,
        queue=app.queue,
        limits=make_limits(app.settings),
        settings=app.settings,
    )


@functions_framework.http
def dispatch(_request: Request) -> dict[str, Any]:
    admit()
    app = the_app()
    started = dispatch_jobs(
        jobs=app.jobs,
        runner=app.runner,
        concurrency=app.settings.concurrency,
        dispatch_deadline_s=app.settings.dispatch_deadline_s,
        overflow=app.overflow,
        gpu_patience_s=app.settings.gpu_patience_minutes * 60,
        daily_gpu_seconds=app.settings.daily_gpu_seconds,
    )
    return {"started": started}


@functions_framework.http
def recover_stale(_request: Request) -> dict[str, Any]:
    admit()
    app = the_app()
    found = sweep_app(app, str(int(time.time() // SWEEPS_APART_S)))
    return found | ({"translated": translated} if (translated := _translate(app)) else {})


def _translate(app: App) -> int:
    """Whoever has set up a translator that cannot be used still wants the sweep, and no alarm for it."""
    try:
        return translate_app(app, Event(), TRANSLATING_S)
    except AisubsError as fault:
        log.error("translations.failed", extra={"error_code": fault.code, "reason": fault.reason or fault.sentence})
        return 0


@functions_framework.http
def apply_retention(_request: Request) -> dict[str, Any]:
    admit()
    app = the_app()
    hours = app.settings.retention_hours
    return {"expired": expire_jobs(jobs=app.jobs, store=app.store, mirror=app.mirror, retention_hours=hours)}


@cache
def _http() -> Any:
    from aisubs.http import create_http

    callers = the_callers()
    return create_http(the_app(), is_internal=lambda asked: callers(asked.headers.get("authorization")))


@functions_framework.aio.http
async def api(_request: Any) -> Any:
    """The whole FastAPI app: an ASGI app is a valid answer of an asynchronous function."""
    return _http()
