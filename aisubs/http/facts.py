"""What this server is, takes and offers, and what a recording would cost: asked before anybody has a token."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from aisubs import __version__
from aisubs.formats import PROFILES
from aisubs.http.access import Served
from aisubs.model.errors import error
from aisubs.model.language import LANGUAGES
from aisubs.model.speech_model import shown_model, translates
from aisubs.settings import Settings
from aisubs.wiring import make_limits

router = APIRouter(prefix="/api", tags=["facts"])

CONFIG_MAX_AGE_S = 60

MAX_ESTIMATED = 100
_MAX_DURATION_MS = 10_000 * 3_600_000


class ServerLimits(BaseModel):
    max_upload_bytes: int
    max_duration_ms: int
    queue_capacity: int
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


class Push(BaseModel):
    key: str
    """Public VAPID key, base64url."""


class Config(BaseModel):
    """`models`: what a submit may name, the default (`model`) first. `currency`: null where no costs are known."""

    edition: Literal["local", "cloud"]
    version: str
    limits: ServerLimits
    retention_hours: float
    cancel_running: bool
    model: str
    models: list[str]
    languages: list[str]
    translate: bool
    diarize: bool
    profiles: dict[str, str]
    live: Annotated[WebSocketLive | SupabaseLive | NoLive, Field(discriminator="kind")]
    push: Push | None
    media: bool
    currency: str | None


class EstimateRequest(BaseModel):
    """Recordings that might be submitted now."""

    model_config = ConfigDict(extra="forbid")

    durations_ms: list[Annotated[int, Field(ge=0, le=_MAX_DURATION_MS)]] = Field(min_length=1, max_length=MAX_ESTIMATED)
    model: str | None = Field(default=None, max_length=200)


class FileEstimate(BaseModel):
    """`processing_s`: work once it has begun. `cost` in `currency`. Null: not known."""

    processing_s: float | None
    cost: float | None


class Estimate(BaseModel):
    """`wait_s`: until the first would begin; null when that is not known."""

    files: list[FileEstimate]
    wait_s: float | None
    currency: str | None


@router.get("/config", summary="What this server takes and offers")
def config(request: Request, response: Response, app: Served) -> Config:
    settings = app.settings
    response.headers["Cache-Control"] = f"public, max-age={CONFIG_MAX_AGE_S}"
    return Config(
        edition=app.edition,
        version=__version__,
        limits=ServerLimits(
            max_upload_bytes=settings.max_upload_bytes,
            max_duration_ms=make_limits(settings).max_duration_ms,
            queue_capacity=settings.capacity,
            concurrency=settings.concurrency,
        ),
        retention_hours=settings.retention_hours,
        cancel_running=settings.cancel_running,
        model=shown_model(settings.model),
        models=[shown_model(name) for name in (settings.model, *settings.chosen_models)],
        languages=sorted(LANGUAGES),
        translate=translates(settings.model),
        diarize=False,  # nothing tells speakers apart yet
        profiles={name: profile.sentence for name, profile in PROFILES.items()},
        live=_live(settings, has_socket=request.app.state.has_live),
        push=Push(key=app.notifier.public_key) if app.notifier else None,
        media=True,
        currency=_currency(settings),
    )


@router.post("/estimate", summary="How long recordings would take, and what they would cost")
def estimate(asked: EstimateRequest, app: Served) -> Estimate:
    """From what earlier jobs took; the same measure as the `eta_s` of a job."""
    settings = app.settings
    model = choose_model(asked.model, settings) or settings.model
    known = app.jobs.estimate(asked.durations_ms, model, settings.concurrency)
    return Estimate(
        files=[FileEstimate(processing_s=work_s, cost=_cost(work_s, settings)) for work_s in known["processing_s"]],
        wait_s=known["wait_s"],
        currency=_currency(settings),
    )


def choose_model(asked: str | None, settings: Settings) -> str | None:
    """What a job's `model` option becomes: None for the default. Takes the names that people are shown, and full ones.

    Raises `bad_request` for a model that is not offered: a worker would load whatever it is told to.
    """
    if asked in (None, settings.model, shown_model(settings.model)):
        return None
    for name in settings.chosen_models:
        if asked in (name, shown_model(name)):
            return name
    offered = ", ".join(shown_model(name) for name in (settings.model, *settings.chosen_models))
    raise error("bad_request", f"model: one of {offered}.")


def _live(settings: Settings, *, has_socket: bool) -> WebSocketLive | SupabaseLive | NoLive:
    if has_socket:
        return WebSocketLive()
    # With a database of our own, Supabase's Realtime would have nothing to tell.
    if settings.supabase_url and settings.supabase_publishable_key and not settings.database_url:
        return SupabaseLive(url=settings.supabase_url.rstrip("/"), key=settings.supabase_publishable_key)
    return NoLive()


def _cost(work_s: float | None, settings: Settings) -> float | None:
    if work_s is None or settings.price_per_hour is None:
        return None
    return work_s / 3600 * settings.price_per_hour


def _currency(settings: Settings) -> str | None:
    return None if settings.price_per_hour is None else settings.price_currency
