"""The site of a batch on this machine: the local edition with loops of its own, or the `aisubs up` that runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from aisubs.cli.item import Item
from aisubs.cli.progress import Look
from aisubs.cli.site import READ_ALONG, Site
from aisubs.cli.speech_model import about, get_model
from aisubs.cli.terminal import printable, say, stop_on_signals
from aisubs.local.command_files import Writing, note_output, write_output
from aisubs.local.deposit import CalledOff
from aisubs.local.instance import running_instance
from aisubs.local.submit import submit_file
from aisubs.local.tokens import COMMAND_LINE, own_token
from aisubs.model.errors import Unavailable
from aisubs.model.job import Job, Options
from aisubs.pipeline.jobs import Holder

if TYPE_CHECKING:
    from aisubs.local.edition import Edition
    from aisubs.settings import Settings
    from aisubs.weights.auto import Resolved

log = logging.getLogger(__name__)

PATIENCE_S = 120.0
"""How long the database may be away before we give up waiting for it; the jobs themselves do not mind."""


@contextmanager
def opened_here(settings: Settings, options: Options) -> Iterator[tuple[Site, Event]]:
    """This machine, and the event that Ctrl-C sets. Raises what Edition.open does, `no_model` and the like."""
    from aisubs.local.edition import Edition

    left_to_up = running_instance(settings.data_dir) is not None
    model = None if left_to_up else get_model(settings)
    second = None if left_to_up else _get_second(settings, options)
    edition = Edition(model.settings if model else settings)
    with stop_on_signals(edition.abandon) as stop, edition:
        app = edition.open()
        if options.diarize:
            from aisubs.wiring_workers import insist_on_diarizer

            insist_on_diarizer(app.has_diarizer(), app.settings)
        told = about(model, app) if model else "that of the `aisubs up` that runs here and does the work"
        say(f"Speech model: {told}")
        if second:
            say(f"Second opinion: {about(second, app)}")
        yield Here(edition), stop


def _get_second(settings: Settings, options: Options) -> Resolved | None:
    """The model of the second opinion, fetched if it is not here. Raises `no_model`, `unknown_model`."""
    second = options.second_model(settings.second_opinion)
    return get_model(settings.model_copy(update={"model": second})) if second else None


class Here:
    """The local edition: its own loops, or those of the `aisubs up` that runs."""

    at_once = 1
    look_every_s = 0.2

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._token = own_token(edition.settings.data_dir, COMMAND_LINE)
        self._answered_at = time.monotonic()

    def bring(self, item: Item, options: Options, script: str | None, tell: Callable[[Look], None], stop: Event) -> Job:
        def check() -> None:
            if stop.is_set():
                raise CalledOff

        tell(Look("copying"))
        app, limits = self._edition.app, self._edition.limits
        return submit_file(item.path, options, app=app, limits=limits, token=self._token, check=check, script=script)

    def look(self, job: Job, tell: Callable[[Look], None]) -> Job | None:  # noqa: ARG002  it answers at once
        """Raises `database_unavailable` when the database stays away."""
        try:
            found = self._edition.app.jobs.get_job(job.job_id, Holder.of([self._token]))
        except Unavailable as fault:
            log.warning("jobs.unknown", extra={"error_code": fault.code, "reason": fault.reason})
            if time.monotonic() - self._answered_at > PATIENCE_S:
                raise
            return None
        self._answered_at = time.monotonic()
        return found

    def heard(self, job: Job, since: int) -> str:
        first = max(since, job.windows - READ_ALONG)
        said = [window.segments for window in self._edition.app.jobs.house_windows(job.job_id, first, READ_ALONG)]
        texts = (" ".join(segment.text.strip() for segment in segments) for segments in reversed(said))
        return next(filter(None, texts), "")

    def write(self, path: Path, job: Job, writing: Writing) -> None:
        jobs = self._edition.app.jobs
        data = writing.data(job, jobs=jobs, store=self._edition.app.store)
        write_output(path, data)
        note_output(jobs, path, job, writing, data)

    def keep_going(self) -> None:
        if not self._edition.looping and running_instance(self._edition.settings.data_dir) is None:
            self._edition.start_loops()

    def farewell(self, begun: list[Job]) -> str:
        if not self._edition.looping:
            return "The jobs go on in the running `aisubs up`; the same command shows them again."
        where = ", ".join(f"{printable(job.filename)} at {job.progress} %" for job in begun if job.progress)
        return f"Stopping. Nothing is lost: the same command goes on{f' ({where})' if where else ''}."
