"""What several doors have an App do, each with the same parts: said once, so that no door forgets one of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from aisubs.pipeline.sweep import sweep
from aisubs.pipeline.translation.translate_due import translate_due
from aisubs.pipeline.translation.translate_text import Terms
from aisubs.wiring import App, make_limits
from aisubs.wiring_engine import make_engine

if TYPE_CHECKING:
    from aisubs.pipeline.complete import Worker
    from aisubs.ports import Engine
    from aisubs.settings import Settings


LEASE_SPARE_S = 10.0

LOOK_EVERY_S = 3.0
"""How often the local edition looks for texts that are to be translated, and for videos that are to be made."""


def sweep_app(app: App, tick: str, *, compare_bucket: bool = True) -> dict[str, int]:
    """One round of aisubs.pipeline.sweep; returns how much each step found."""
    return sweep(
        jobs=app.jobs,
        store=app.store,
        queue=app.queue,
        runner=app.runner,
        mirror=app.mirror,
        notifier=app.notifier,
        webhooks=app.webhooks,
        limits=make_limits(app.settings),
        settings=app.settings,
        tick=tick,
        compare_bucket=compare_bucket,
    )


def translate_app(app: App, stop: threading.Event, for_s: float | None = None) -> int:
    """Translations that wait, until none does, `stop` is set or so many seconds are over. Where texts are not
    translated nothing is looked at. Raises `translator_unusable`."""
    if app.settings.translator == "none":
        return 0
    terms = translation_terms(app.settings)
    return translate_due(jobs=app.jobs, translator=app.load_translator(), terms=terms, stop=stop, for_s=for_s)


def copy_app(app: App, stop: threading.Event) -> int:
    """Videos with subtitles that wait, until none does or `stop` is set."""
    from aisubs.pipeline.copy_video import Terms as CopyTerms
    from aisubs.pipeline.copy_video import copy_due

    return copy_due(jobs=app.jobs, store=app.store, terms=CopyTerms(make_limits(app.settings)), stop=stop)


def translation_terms(settings: Settings) -> Terms:
    """A claim outlives a request that nothing answers: after each it begins anew. Where it runs out all the same, the
    fence sees to it that only one writes."""
    lease_s = settings.translation_timeout_s + LEASE_SPARE_S
    return Terms(settings.translation_tokens, settings.translation_requests, lease_s)


def with_model(settings: Settings, name: str) -> Settings:
    return settings.model_copy(update={"model": name})


def make_worker(app: App, stop: threading.Event, load: Callable[[str | None], Engine] | None = None) -> Worker:
    """A worker on everything that the app holds. `stop` makes it save and hand over; `load` gives an engine for the
    `model` option of a job."""
    from aisubs.pipeline.complete import EngineCache, Worker  # functions sweep and never work
    from aisubs.weights.auto import resolve

    return Worker(
        jobs=app.jobs,
        store=app.store,
        queue=app.queue,
        mirror=app.mirror,
        limits=make_limits(app.settings),
        settings=app.settings,
        engines=EngineCache(load or partial(make_engine, app.settings)),
        stop=stop,
        notifier=app.notifier,
        load_diarizer=app.load_diarizer,
        ask_for_model=(lambda _: None) if load else (lambda name: resolve(with_model(app.settings, name))),
    )
