"""What the terminal says of the speech model, and how a command gets one before it begins."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aisubs.cli.terminal import say, size
from aisubs.model.engine_name import split_engine, with_engine
from aisubs.model.speech_model import shown_model
from aisubs.weights.mark import read_mark

if TYPE_CHECKING:
    from aisubs.settings import Settings
    from aisubs.weights.auto import Resolved
    from aisubs.weights.hub import Progress
    from aisubs.wiring import App

HOUR_MS = 3_600_000


def named(model: str) -> str:
    """The model's name, and its mark's own sentence where it carries one. Raises `model_missing` for a broken mark."""
    mark = read_mark(Path(model))
    return f"{mark.name}. {mark.says}" if mark else shown_model(model)


def model_named(name: str | None) -> str | None:
    """As every worker understands it, wherever it runs on this machine."""
    if name is None:
        return None
    engine, own_name = split_engine(name)
    path = Path(own_name)
    return with_engine(engine, str(path.resolve())) if path.is_dir() or path.suffix == ".bin" else name


def get_model(settings: Settings) -> Resolved:
    """The model of these settings, fetched with a progress bar if it is not here; so that nobody waits for a worker
    that will not find one. Raises `no_model`, `unknown_model`, `model_missing`."""
    from aisubs.weights.auto import resolve

    with fetching(settings.model) as progress:
        return resolve(settings, progress)


def about(model: Resolved, app: App) -> str:
    """One line: which model it is, why, and how long an hour of sound took here, if any was measured."""
    told = named(model.settings.model)
    if model.found.mark:
        return told
    why = f", {model.why}" if model.why else ""
    known_s = hour_s(model.settings.model, app)
    pace = (
        f"An hour of sound takes about {length(known_s)} here."
        if known_s
        else "How long an hour of sound takes here is not measured yet."
    )
    return f"{told} ({model.found.origin}{why}). {pace}"


def hour_s(model: str, app: App) -> float | None:
    """Seconds that an hour of sound takes with this model, as earlier jobs in this database took. Never a guess."""
    [work_s] = app.jobs.estimate([HOUR_MS], shown_model(model), 1)["processing_s"]
    return None if work_s is None else float(work_s)


def length(seconds: float) -> str:
    """50 s, 8 min, 1.5 h: as exact as such a measure is."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


@contextmanager
def fetching(name: str) -> Iterator[Progress]:
    """A bar on a terminal, a line for every ten percent elsewhere; nothing until something is fetched."""
    if not sys.stderr.isatty():
        yield _lines(name)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(f"Fetching {name}", total=None, visible=False)
        yield lambda done, total: bars.update(task, completed=done, total=total, visible=True)


def _lines(name: str) -> Progress:
    said = -1

    def tell(done: int, total: int) -> None:
        nonlocal said
        tenth = 10 * done // max(1, total)
        if tenth > said:
            said = tenth
            say(f"Fetching {name}: {10 * tenth} % of {size(total)}")

    return tell
