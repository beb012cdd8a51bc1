"""The files of one `aisubs transcribe`: what is planned for each, where it stands, and what came of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from aisubs.cli.item import Item
from aisubs.cli.outputs import folder_problem, plan_outputs
from aisubs.cli.progress import Look, View
from aisubs.cli.terminal import printable
from aisubs.formats import FORMATS
from aisubs.local.cannot_start import CannotStart
from aisubs.local.command_files import Writing
from aisubs.local.deposit import CalledOff, StillChanging
from aisubs.model.errors import AisubsError, Unavailable
from aisubs.model.job import Job, Options, Status

if TYPE_CHECKING:
    from aisubs.cli.beside import Beside
    from aisubs.cli.site import Site

log = logging.getLogger(__name__)

WAITING_PER_LOOK = 10


class Batch:
    """Made of what the command line says; `carry_out` does the work and may be stopped at any moment."""

    def __init__(
        self,
        files: Sequence[Path],
        formats: Sequence[str],
        output_dir: Path | None,
        options: Options,
        *,
        profile: str | None,
        overwrite: bool,
        unclear: bool | None = None,
        beside: Beside | None = None,
        script: str | None = None,
        mark: str = "",
    ) -> None:
        """With `beside` names depend on what is heard; `script` is that of the one file, `mark` precedes suffixes."""
        self._options = options
        self._beside = beside
        self._profile = profile
        self._overwrite = overwrite
        self._unclear = unclear
        self._script = script
        self._turn = 0
        self._formats, self._output_dir, self._mark = formats, output_dir, mark
        self._planned: dict[str, Path] = {}
        self._arrivals: SimpleQueue[Item | None] = SimpleQueue()
        self._adding = Lock()
        self._ended: Exception | None = None
        self.watching = False
        """Whether more may be added, and nothing is over when all that is there is done."""
        self.items: list[Item] = []
        self.add({path.absolute(): path for path in files}.values())

    def add(self, paths: Iterable[Path]) -> list[Item]:
        """More files, also while others are worked on; what can be said of them at once is in their items."""
        with self._adding:
            added = list(self._planned_items(list(paths)))
            for item in added:
                self._check(item)
            self.items += added
            for item in added:
                self._arrivals.put(item)
        return added

    def _planned_items(self, paths: Sequence[Path]) -> Iterable[Item]:
        if self._beside is not None:
            return (Item(path, {}) for path in paths)
        suffixes = [self._mark + FORMATS[name].suffix for name in self._formats]
        plan = plan_outputs(paths, suffixes, self._output_dir, self._planned)
        return (Item(path, dict(zip(self._formats, plan[path], strict=True))) for path in paths)

    @property
    def needs_work(self) -> bool:
        return any(item.outcome is None for item in self.items)

    @property
    def failed(self) -> bool:
        return any(item.outcome == "failed" for item in self.items)

    @property
    def lost_something(self) -> bool:
        """Whether speech of any recording may be missing or wrong."""
        return any(item.losses.any_speech for item in self.items if item.losses)

    @property
    def differs_from_script(self) -> bool:
        """Whether a script and the sound of its recording are not the same."""
        return any(item.differs_from_script for item in self.items)

    def say_what_is_over(self, view: View) -> None:
        """What could be told without any work."""
        for item in self.items:
            _say_if_over(item, view)

    def carry_out(self, site: Site, view: View, stop: Event) -> None:
        """Bring all files, show how they come along, write what is completed; until all are over or `stop` is set.

        Raises CannotStart and Unavailable where the place that transcribes stays away, or will not.
        """
        threads = [Thread(target=self._bring_all, args=(site, view, stop)) for _ in range(site.at_once)]
        for thread in threads:
            thread.start()
        try:
            while (self.needs_work or self.watching) and not stop.is_set():
                site.keep_going()
                self._look_at_some(site, view)
                stop.wait(site.look_every_s)
        except CalledOff:
            pass
        except BaseException:
            stop.set()
            raise
        finally:
            for _ in threads:
                self._arrivals.put(None)
            for thread in threads:
                thread.join()
        if self._ended is not None:
            raise self._ended

    def farewell(self, site: Site) -> str:
        """What Ctrl-C means for what is not over."""
        return site.farewell([item.job for item in self.items if item.outcome is None and item.job is not None])

    def as_json(self) -> list[dict[str, Any]]:
        return [item.as_json() for item in self.items]

    def _check(self, item: Item) -> None:
        """What can be said before anything is started."""
        try:
            if item.path.is_dir():
                advice = "Name the files in it, or drop it into the inbox of `aisubs up`."
                item.fail("not_media", f"This is a folder. {advice}")
            elif not item.path.exists():
                item.fail("object_not_found", "There is no such file.")
            elif self._beside is not None:
                if reason := self._beside.reason_to_keep(item.path):
                    item.keep(reason)
            elif not self._overwrite and all(path.exists() for path in item.outputs.values()):
                names = ", ".join(path.name for path in item.outputs.values())
                item.keep(f"kept {printable(names)} (--overwrite makes it anew)")
            elif problem := folder_problem(next(iter(item.outputs.values())).parent):
                item.fail("bad_request", problem)
        except OSError as fault:  # one bad name must not be the end of the others
            item.fail("bad_request", f"This file cannot be read: {fault.strerror or fault}.")

    def _bring_all(self, site: Site, view: View, stop: Event) -> None:
        while (item := self._arrivals.get()) is not None:
            if stop.is_set():
                return
            if item.outcome is None:
                self._bring(item, site, view, stop)
                _say_if_over(item, view)

    def _bring(self, item: Item, site: Site, view: View, stop: Event) -> None:
        try:
            item.job = site.bring(item, self._options, self._script, partial(view.show, item.name), stop)
        except CalledOff:
            return
        except StillChanging:
            item.fail("bad_request", "Another program is still writing this file. Try again when it is done.")
        except AisubsError as fault:
            log.warning("submit.failed", extra={"error_code": fault.code, "reason": fault.reason})
            item.fail(fault.code, fault.sentence)
        except OSError as fault:
            item.fail("bad_request", f"This file cannot be read: {fault.strerror or fault}.")
        except CannotStart as fault:
            self._ended = fault
            stop.set()
        except Exception as fault:
            log.exception("submit.crashed")
            item.fail("internal", f"Something went wrong; the log says what ({type(fault).__name__}).")

    def _next_to_look_at(self) -> list[Item]:
        """What is being processed, and in turn some of those that wait, for there may be a thousand."""
        waiting = [item for item in self.items if item.outcome is None and item.job is not None]
        busy = [item for item in waiting if item.job and item.job.status is Status.PROCESSING]
        rest = [item for item in waiting if item not in busy]
        begin = self._turn % max(1, len(rest))
        self._turn += WAITING_PER_LOOK
        return busy + (rest[begin:] + rest[:begin])[:WAITING_PER_LOOK]

    def _look_at_some(self, site: Site, view: View) -> None:
        for item in self._next_to_look_at():
            if item.job is None:
                continue
            try:
                job = site.look(item.job, partial(view.show, item.name))
                if job is None:
                    return
                item.job = job
                if job.windows > item.windows_seen and job.status is Status.PROCESSING:
                    item.text = site.heard(job, item.windows_seen) or item.text
                    item.windows_seen = job.windows
                view.show(item.name, Look.at(job, item.text))
                if job.status is Status.COMPLETED:
                    self._write(item, job, site)
                elif job.status.came_to_nothing:
                    item.fail(job.error_code or "cancelled", job.error_message or "The job was cancelled.")
            except AisubsError as fault:
                if isinstance(fault, Unavailable):
                    raise
                item.fail(fault.code, fault.sentence)
            _say_if_over(item, view)

    def _write(self, item: Item, job: Job, site: Site) -> None:
        try:
            note = self._place(item, job)
            if item.outcome is None:
                self._write_outputs(item, job, site)
        except OSError as fault:
            where = f"{fault.filename} cannot be written: " if fault.filename else ""
            item.fail("bad_request", printable(f"{where}{fault.strerror or fault}."))
            return
        if item.outcome is None:
            item.complete(job, note)

    def _place(self, item: Item, job: Job) -> str:
        """Find out where the files go, where that depends on the language; returns what must be said about it."""
        if self._beside is None:
            return ""
        language = "en" if self._options.task == "translate" else job.language
        if language is None:
            item.keep("nobody speaks in it, so there is nothing to write")
            return ""
        if reason := self._beside.reason_to_keep_after(item.path, language):
            item.keep(reason)
            return ""
        item.outputs, note = self._beside.places(item.path, language)
        return note

    def _write_outputs(self, item: Item, job: Job, site: Site) -> None:
        for name, path in item.outputs.items():
            if path.exists() and not self._overwrite:
                continue
            asked = self._unclear is not None and "unclear" in FORMATS[name].choices
            site.write(path, job, Writing(name, self._profile, {"unclear": self._unclear} if asked else {}))
            item.written.append(path)


def _say_if_over(item: Item, view: View) -> None:
    if item.outcome is not None:
        view.done(item.name, item.sentence)
