"""The files of one `aisubs transcribe`: what is planned for each, where it stands, and what came of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from aisubs.cli.item import Item
from aisubs.cli.outputs import folder_problem, plan_outputs
from aisubs.cli.progress import Look, View
from aisubs.cli.terminal import printable
from aisubs.formats import FORMATS
from aisubs.local.command_files import Writing, note_output, write_output
from aisubs.local.deposit import CalledOff, StillChanging
from aisubs.local.instance import running_instance
from aisubs.local.submit import submit_file
from aisubs.local.tokens import COMMAND_LINE, own_token
from aisubs.model.errors import AisubsError, Unavailable
from aisubs.model.job import Job, Options, Status
from aisubs.pipeline.jobs import Holder

if TYPE_CHECKING:
    from aisubs.cli.beside import Beside
    from aisubs.local.edition import Edition

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2
WAITING_PER_LOOK = 10
PATIENCE_S = 120.0
"""How long the database may be away before we give up waiting for it; the jobs themselves do not mind."""


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
        paths = list({path.absolute(): path for path in files}.values())
        if beside is not None:
            self.items = [Item(path, {}) for path in paths]
        else:
            plan = plan_outputs(paths, [mark + FORMATS[name].suffix for name in formats], output_dir)
            self.items = [Item(path, dict(zip(formats, plan[path], strict=True))) for path in paths]
        for item in self.items:
            self._check(item)

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

    def carry_out(self, edition: Edition, view: View, stop: Event) -> None:
        """Submit all files, show how they come along, write what is completed; until all are over or `stop` is set.

        Raises `database_unavailable` when the database stays away.
        """
        token = own_token(edition.settings.data_dir, COMMAND_LINE)
        submitter = Thread(target=self._submit_all, args=(edition, token, view, stop), name="submit")
        submitter.start()
        answered_at = time.monotonic()
        try:
            while self.needs_work and not stop.is_set():
                if not edition.looping and running_instance(edition.settings.data_dir) is None:
                    edition.start_loops()
                try:
                    self._look_at_some(edition, Holder.of([token]), view)
                    answered_at = time.monotonic()
                except Unavailable as fault:
                    log.warning("jobs.unknown", extra={"error_code": fault.code, "reason": fault.reason})
                    if time.monotonic() - answered_at > PATIENCE_S:
                        raise
                stop.wait(LOOK_EVERY_S)
        except BaseException:
            stop.set()
            raise
        finally:
            submitter.join()

    def farewell(self, edition: Edition) -> str:
        """What Ctrl-C means for what is not over."""
        if not edition.looping:
            return "The jobs go on in the running `aisubs up`; the same command shows them again."
        begun = [item.job for item in self.items if item.outcome is None and item.job is not None]
        where = ", ".join(f"{printable(job.filename)} at {job.progress} %" for job in begun if job.progress)
        return f"Stopping. Nothing is lost: the same command goes on{f' ({where})' if where else ''}."

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

    def _submit_all(self, edition: Edition, token: str, view: View, stop: Event) -> None:
        def check() -> None:
            if stop.is_set():
                raise CalledOff

        for item in self.items:
            if item.outcome is not None or stop.is_set():
                continue
            view.show(item.name, Look("copying"))
            try:
                item.job = submit_file(
                    item.path,
                    self._options,
                    app=edition.app,
                    limits=edition.limits,
                    token=token,
                    check=check,
                    script=self._script,
                )
            except CalledOff:
                return
            except StillChanging:
                item.fail("bad_request", "Another program is still writing this file. Try again when it is done.")
            except AisubsError as fault:
                log.warning("submit.failed", extra={"error_code": fault.code, "reason": fault.reason})
                item.fail(fault.code, fault.sentence)
            except OSError as fault:
                item.fail("bad_request", f"This file cannot be read: {fault.strerror or fault}.")
            except Exception as fault:
                log.exception("submit.crashed")
                item.fail("internal", f"Something went wrong; the log says what ({type(fault).__name__}).")
            _say_if_over(item, view)

    def _next_to_look_at(self) -> list[Item]:
        """What is being processed, and in turn some of those that wait, for there may be a thousand."""
        waiting = [item for item in self.items if item.outcome is None and item.job is not None]
        busy = [item for item in waiting if item.job and item.job.status is Status.PROCESSING]
        rest = [item for item in waiting if item not in busy]
        begin = self._turn % max(1, len(rest))
        self._turn += WAITING_PER_LOOK
        return busy + (rest[begin:] + rest[:begin])[:WAITING_PER_LOOK]

    def _look_at_some(self, edition: Edition, holder: Holder, view: View) -> None:
        for item in self._next_to_look_at():
            if item.job is None:
                continue
            try:
                item.job = edition.app.jobs.get_job(item.job.job_id, holder)
                self._read_along(item, item.job, edition)
                view.show(item.name, Look.at(item.job, item.text))
                if item.job.status is Status.COMPLETED:
                    self._write(item, item.job, edition)
                elif item.job.status in (Status.FAILED, Status.CANCELLED):
                    item.fail(item.job.error_code or "cancelled", item.job.error_message or "The job was cancelled.")
            except AisubsError as fault:
                if isinstance(fault, Unavailable):
                    raise
                item.fail(fault.code, fault.sentence)
            _say_if_over(item, view)

    def _read_along(self, item: Item, job: Job, edition: Edition) -> None:
        if job.windows <= item.windows_seen or job.status is not Status.PROCESSING:
            return
        for window in edition.app.jobs.house_windows(job.job_id, max(item.windows_seen, job.windows - 8), 8):
            item.text = " ".join(segment.text.strip() for segment in window.segments) or item.text
        item.windows_seen = job.windows

    def _write(self, item: Item, job: Job, edition: Edition) -> None:
        try:
            note = self._place(item, job)
            if item.outcome is None:
                self._write_outputs(item, job, edition)
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

    def _write_outputs(self, item: Item, job: Job, edition: Edition) -> None:
        jobs, store = edition.app.jobs, edition.app.store
        for name, path in item.outputs.items():
            if path.exists() and not self._overwrite:
                continue
            asked = self._unclear is not None and "unclear" in FORMATS[name].choices
            writing = Writing(name, self._profile, {"unclear": self._unclear} if asked else {})
            data = writing.data(job, jobs=jobs, store=store)
            write_output(path, data)
            note_output(jobs, path, job, writing, data)
            item.written.append(path)


def _say_if_over(item: Item, view: View) -> None:
    if item.outcome is not None:
        view.done(item.name, item.sentence)
