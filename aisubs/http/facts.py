"""What this server is, takes and offers, and what a recording would cost: asked before anybody has a token."""

from __future__ import annotations

import logging
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from aisubs import __version__
from aisubs.formats import PROFILES
from aisubs.http.access import Served
from aisubs.http.addresses import Reach, share_address
from aisubs.http.refusals import refuses
from aisubs.http.translation_bodies import TranslatorFacts
from aisubs.http.translations import translator_facts
from aisubs.http.videos import kinds_of
from aisubs.http.ways_in import WaysIn, ways_in
from aisubs.model.errors import Unavailable
from aisubs.model.language import LANGUAGES
from aisubs.model.price import cost_of
from aisubs.model.speech_model import is_toy, translates
from aisubs.pipeline.drop_options import choose_model
from aisubs.pipeline.request_copy import Kind
from aisubs.pipeline.transcribe.progress import DIARIZING_SHARE
from aisubs.settings import Settings
from aisubs.weights.mark import told_name
from aisubs.wiring import App, make_limits

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api", tags=["facts"])

CONFIG_MAX_AGE_S = 60

MAX_ESTIMATED = 100
_MAX_DURATION_MS = 10_000 * 3_600_000


class ServerLimits(BaseModel):
    max_upload_bytes: int
    max_duration_ms: int
    queue_capacity: int
    uploads_per_owner: int
    concurrency: int


class WebSocketLive(BaseModel):
    """`/api/live` of this server."""

    kind: Literal["websocket"] = "websocket"


class SupabaseLive(BaseModel):
    """Realtime of a Supabase project: a private channel for each `watch_topic`, event `job`."""

    kind: Literal["supabase"] = "supabase"
    url: str
    key: str


class NoLive(BaseModel):
    """Ask again from time to time."""

    kind: Literal["none"] = "none"


class ShareBase(BaseModel):
    """What links begin with that are given to others (null: the page's own address), and who can open them: everybody
    on the network, or this machine alone."""

    base_url: str | None
    reach: Reach


class UploadRules(BaseModel):
    """`alive_every_s`: how often to say that bytes are being sent (`/api/jobs/{id}/upload/alive`), as they go past this
    server; null where it sees them itself."""

    alive_every_s: float | None


class Push(BaseModel):
    key: str
    """Public VAPID key, base64url."""


class Config(BaseModel):
    """`toy`: the default model is made for tests, and what it writes is no transcript. `has_model`: false while no
    worker would find it, and nothing can be submitted. `models`: what a submit may name, the default (`model`) first.
    `second_opinions`: whom it may name for a second opinion; `second_opinion` is asked where it names none ("" is
    nobody). `price_per_hour` of a worker, in `currency`: null where no costs are known."""

    edition: Literal["local", "cloud"]
    version: str
    limits: ServerLimits
    upload: UploadRules
    retention_hours: float
    cancel_running: bool
    paused: bool
    """Nothing is started: an administrator has stopped the line."""
    model: str
    toy: bool
    has_model: bool
    models: list[str]
    second_opinion: str
    second_opinions: list[str]
    languages: list[str]
    translate: bool
    videos: list[Kind]
    """What videos with subtitles are made here; none in the cloud."""
    diarize: bool
    """Can speakers be told apart?"""
    diarize_usual: bool
    """Are they, where a submit says nothing about it?"""
    translator: TranslatorFacts | None
    profiles: dict[str, str]
    live: Annotated[WebSocketLive | SupabaseLive | NoLive, Field(discriminator="kind")]
    push: Push | None
    sign_in: WaysIn
    keep: bool
    """May a job be exempt from retention?"""
    share: ShareBase
    media: bool
    price_per_hour: float | None
    currency: str | None


class EstimateRequest(BaseModel):
    """Recordings that might be submitted now. `diarize`: whether speakers are told apart; null: as is usual here."""

    model_config = ConfigDict(extra="forbid")

    durations_ms: list[Annotated[int, Field(ge=0, le=_MAX_DURATION_MS)]] = Field(min_length=1, max_length=MAX_ESTIMATED)
    model: str | None = Field(default=None, max_length=200)
    diarize: bool | None = None


class FileEstimate(BaseModel):
    """`processing_s`: work once it has begun. `cost` in `currency`. Null: not known."""

    processing_s: float | None
    cost: float | None


class Estimate(BaseModel):
    """`wait_s`: until the first would begin; null when that is not known. `beside_s`: where all jobs share one machine,
    the seconds that each of those which run meanwhile still takes: so much longer may it be. Else null."""

    files: list[FileEstimate]
    wait_s: float | None
    beside_s: list[float] | None
    currency: str | None


@router.get("/config", summary="What this server takes and offers")
def config(request: Request, response: Response, app: Served) -> Config:
    settings = app.settings
    address = share_address(request, app)
    told, has_model = told_name(settings.model), app.has_model(settings.model)
    signing_in = ways_in(app)
    is_whole = has_model and not (signing_in.oidc and signing_in.oidc.authorization_endpoint is None)
    response.headers["Cache-Control"] = f"public, max-age={CONFIG_MAX_AGE_S}" if is_whole else "no-store"
    return Config(
        edition=app.edition,
        version=__version__,
        limits=ServerLimits(
            max_upload_bytes=settings.max_upload_bytes,
            max_duration_ms=make_limits(settings).max_duration_ms,
            queue_capacity=app.queue_capacity,
            uploads_per_owner=app.uploads_per_owner,
            concurrency=settings.concurrency,
        ),
        upload=UploadRules(alive_every_s=None if app.sessions else settings.upload_lease_s / 5),
        retention_hours=settings.retention_hours,
        cancel_running=settings.cancel_running,
        paused=_is_paused(app),
        model=told,
        toy=is_toy(told),
        has_model=has_model,
        models=[told_name(name) for name in (settings.model, *settings.chosen_models)],
        second_opinion=told_name(settings.second_opinion) if settings.second_opinion else "",
        second_opinions=[told_name(name) for name in settings.second_opinions],
        languages=sorted(LANGUAGES),
        translate=translates(settings.model),
        videos=kinds_of(app),
        diarize=app.has_diarizer(),
        diarize_usual=settings.diarize,
        translator=translator_facts(app),
        profiles={name: profile.sentence for name, profile in PROFILES.items()},
        live=_live(settings, has_socket=request.app.state.has_live),
        push=Push(key=app.notifier.public_key) if app.notifier else None,
        sign_in=signing_in,
        keep=app.edition == "local",
        share=ShareBase(base_url=address.base_url, reach=address.reach),
        media=True,
        price_per_hour=settings.price_per_hour,
        currency=_currency(settings),
    )


@router.post(
    "/estimate",
    summary="How long recordings would take, and what they would cost",
    responses=refuses("unknown_model", "no_model"),
)
def estimate(asked: EstimateRequest, app: Served) -> Estimate:
    """From what earlier jobs took; the same measure as the `eta_s` of a job."""
    settings = app.settings
    model = choose_model(asked.model, settings) or settings.model
    known = app.jobs.estimate(asked.durations_ms, model, settings.concurrency)
    diarize = settings.diarize if asked.diarize is None else asked.diarize
    later_s = [DIARIZING_SHARE * ms / 1000 if diarize else 0.0 for ms in asked.durations_ms]
    works_s = [_both(work_s, more_s) for work_s, more_s in zip(known["processing_s"], later_s, strict=True)]
    return Estimate(
        files=[FileEstimate(processing_s=work_s, cost=_cost(work_s, settings)) for work_s in works_s],
        wait_s=known["wait_s"],
        beside_s=known["beside_s"] if app.edition == "local" else None,
        currency=_currency(settings),
    )


def _is_paused(app: App) -> bool:
    """What this server takes and offers is told without its database, too."""
    try:
        return app.jobs.paused_since() is not None
    except Unavailable as fault:
        log.warning("line.unknown", extra={"reason": fault.reason})
        return False


def _live(settings: Settings, *, has_socket: bool) -> WebSocketLive | SupabaseLive | NoLive:
    if has_socket:
        return WebSocketLive()
    # With a database of our own, Supabase's Realtime would have nothing to tell.
    if settings.supabase_url and settings.supabase_publishable_key and not settings.database_url:
        return SupabaseLive(url=settings.supabase_url.rstrip("/"), key=settings.supabase_publishable_key)
    return NoLive()


def _both(work_s: float | None, later_s: float) -> float | None:
    return None if work_s is None else work_s + later_s


def _cost(work_s: float | None, settings: Settings) -> float | None:
    if work_s is None or settings.price_per_hour is None:
        return None
    return cost_of(work_s, settings.price_per_hour)


def _currency(settings: Settings) -> str | None:
    return None if settings.price_per_hour is None else settings.price_currency
