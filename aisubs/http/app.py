"""Puts the HTTP API together. No thread, no connection and no file is opened here: the App has them all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fastapi import FastAPI, Request

from aisubs import __version__
from aisubs.http import (
    account,
    admin,
    asr_door,
    assemblyai_door,
    bundles,
    deletions,
    docs_page,
    facts,
    faults,
    health,
    jobs,
    language_door,
    library,
    lists,
    media,
    metrics,
    openai_door,
    push,
    receipts,
    revisions,
    search,
    shares,
    sign_in,
    speakers,
    transcripts,
    translations,
    usage,
    videos,
    voices,
    webhooks,
)
from aisubs.http.addresses import KnownHosts, NetworkUrls
from aisubs.http.described import describe
from aisubs.http.files import file_routes
from aisubs.http.headers import EXPOSED, Cors, Headers
from aisubs.http.held_uploads import held_in
from aisubs.http.live import live_routes
from aisubs.http.rendered import Rendered
from aisubs.http.request_bodies import RequestBodies
from aisubs.http.senders import upload_limits
from aisubs.http.static import Page
from aisubs.http.uploads import upload_routes
from aisubs.http.watchers import Watchers
from aisubs.pipeline.offer_upload import touch_upload
from aisubs.ports import SignedReads
from aisubs.wiring import App

_ABOUT = (
    "Recordings in, subtitles out. Submit a recording, PUT its bytes to the upload URL, then follow the job. "
    "Tokens go into the header `Authorization: Bearer ...`, never into a URL. "
    'Every error is {"error": {"code", "message", "retryable"}}.'
)

_ACCEPTED = ["Authorization", "Content-Type", "Content-Range", "Idempotency-Key", "If-Match", "If-None-Match"]
_ACCEPTED += ["If-Range", "Range"]

# check-stale comes before /api/jobs/{job_id}, which would take its name for an id.
_ROUTERS = (
    health.router,
    facts.router,
    lists.router,
    bundles.router,
    jobs.router,
    deletions.router,
    usage.router,
    admin.router,
    metrics.router,
    library.router,
    search.router,
    sign_in.router,
    account.router,
    media.router,
    receipts.router,
    shares.router,
    push.router,
    webhooks.router,
    voices.router,
    videos.router,
    transcripts.router,
    revisions.router,
    speakers.router,
    translations.router,
    docs_page.router,
)


def create_http(
    app: App,
    *,
    is_internal: Callable[[Request], bool] | None = None,
    watchers: Watchers | None = None,
    network_urls: NetworkUrls = tuple,
    doors_secret: str | None = None,
) -> FastAPI:
    """The API of `app`, as an ASGI app without a lifespan.

    `is_internal` says which requests may run POST /api/jobs/check-stale; without it nobody's may.
    Where the store serves uploads and reads itself (GCS, S3), /upload and /files are not there; without `watchers`,
    which somebody has to tell of changes, neither is /api/live. `network_urls` says where other machines reach it.
    With `doors_secret`, by which jobs of equal requests are known, programs written for other servers are answered.
    """
    http = FastAPI(title="aisubs", version=__version__, description=_ABOUT, docs_url=None, redoc_url=None)
    http.state.app = app
    http.state.rendered = Rendered()
    http.state.request_figures = metrics.RequestFigures()
    http.state.is_internal = is_internal
    http.state.has_live = watchers is not None
    http.state.network_urls = network_urls
    http.state.doors_secret = doors_secret
    http.state.held_uploads = held_in(app.settings.data_dir)
    faults.install(http)
    routers = [*_ROUTERS]
    if app.sessions is not None:
        renew = partial(touch_upload, limits=upload_limits(app), jobs=app.jobs, store=app.store)
        routers.append(upload_routes(app.sessions, app.on_object, renew))
    if isinstance(app.store, SignedReads):
        routers.append(file_routes(app.store, app.store))
    if doors_secret is not None and app.on_object is not None:
        routers += [openai_door.router, asr_door.router, language_door.router, assemblyai_door.router]
    origins = [origin.strip().rstrip("/") for origin in app.settings.allowed_origins.split(",") if origin]
    if watchers is not None:
        routers.append(live_routes(watchers, origins))
    for router in routers:
        http.include_router(router)
    http.openapi = describe(http, routers)  # type: ignore[method-assign]
    # The last one added is the outermost.
    supabase = app.identity.supabase
    http.add_middleware(Page, connects_to=[supabase.facts().url] if supabase else [])
    http.add_middleware(RequestBodies)
    http.add_middleware(faults.Guard)
    http.add_middleware(Headers)
    http.add_middleware(
        Cors,
        allow_origins=origins,
        allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=_ACCEPTED,
        expose_headers=EXPOSED,
        max_age=3600,
    )
    if app.edition == "local":
        http.add_middleware(KnownHosts, settings=app.settings)
    return http
