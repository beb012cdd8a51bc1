"""How far recordings are: a live view on a terminal, plain lines elsewhere. Both on stderr."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

from aisubs.cli.terminal import clock, printable, say
from aisubs.model.job import Job, Stage, Status

SHOWN_AT_ONCE = 8
"""Bars on the terminal; what waits behind them is counted in one line."""

NAME_WIDTH, BAR_WIDTH = 32, 24
"""Columns of the terminal; the words heard last get what is left."""

STAGES = {
    Stage.STARTING: "starting",
    Stage.FETCHING: "reading",
    Stage.TRANSCRIBING: "transcribing",
    Stage.SECOND_OPINION: "asking for a second opinion",
    Stage.ALIGNING: "putting the script on the sound",
    Stage.DIARIZING: "telling speakers apart",
    Stage.WRITING: "writing",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What is shown of one recording. `percent` 0..100, `eta_s` seconds, `text` what was said last."""

    doing: str
    percent: float = 0.0
    eta_s: float | None = None
    text: str = ""

    @staticmethod
    def at(job: Job, text: str) -> Look:
        """The job as it stands. Percent is what is transcribed and saved, not a guess."""
        percent = 100.0 * job.progress_ms / job.duration_ms if job.duration_ms else float(job.progress)
        return Look(_doing(job), min(100.0, percent), job.eta_s, text)


def _doing(job: Job) -> str:
    if job.status is Status.PENDING:
        if job.waiting_for == "gpu":
            return "waiting for a machine"
        if job.waiting_for == "budget":
            return f"waiting until {job.waiting_until}: today's machine time is spent"
        if job.waiting_for == "paused":
            return "waiting: whoever runs this server has stopped the line"
        ahead = (job.position or 1) - 1
        return f"waiting, {ahead} ahead" if ahead else "waiting"
    if job.status is Status.PROCESSING:
        if job.waiting_for == "gpu":
            return "waiting for a machine"
        return STAGES[job.progress_stage] if job.progress_stage else "working"
    return job.status.value


class View(Protocol):
    """Used as a context manager; `show` may be called as often as one likes, `done` once for each name."""

    def __enter__(self) -> View: ...
    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None: ...
    def show(self, name: str, look: Look) -> None: ...
    def done(self, name: str, sentence: str) -> None: ...


def make_view(*, quiet: bool = False) -> View:
    if quiet:
        return Silence()
    return Bars() if sys.stderr.isatty() else Lines()


class Silence:
    """Shows nothing while it works; what is done is said all the same."""

    def __enter__(self) -> Silence:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        return None

    def show(self, name: str, look: Look) -> None:  # noqa: ARG002  that is what silence means
        return None

    def done(self, name: str, sentence: str) -> None:
        say(f"{printable(name)}: {sentence}")


class Lines(Silence):
    """A line whenever something else is being done, and every ten percent: for logs and pipes."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[str, int]] = {}

    def show(self, name: str, look: Look) -> None:
        step = (look.doing, int(look.percent // 10))
        if self._said.get(name) != step:
            self._said[name] = step
            left = f", {clock(look.eta_s)} left" if look.eta_s is not None else ""
            percent = f" {look.percent:.0f} %" if look.percent else ""
            say(f"{printable(name)}: {look.doing}{percent}{left}")


class Bars(Silence):
    """One bar for each recording that is being worked on, with the words heard last below it."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.table import Column

        self._progress = Progress(
            TextColumn("{task.fields[name]}", markup=False, table_column=Column(no_wrap=True)),
            BarColumn(bar_width=BAR_WIDTH, table_column=Column(min_width=BAR_WIDTH)),
            TextColumn("{task.percentage:>5.1f} %", table_column=Column(no_wrap=True, min_width=7)),
            TextColumn("{task.fields[note]}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")),
            console=Console(stderr=True, highlight=False),
            transient=True,
        )
        self._bars: dict[str, Any] = {}
        self._waiting: set[str] = set()

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def show(self, name: str, look: Look) -> None:
        bar = self._bars.get(name)
        if bar is None:
            if len(self._bars) >= SHOWN_AT_ONCE:
                self._waiting.add(name)
                return
            self._waiting.discard(name)
            bar = self._bars[name] = self._progress.add_task("", total=100.0, name=_short(name, NAME_WIDTH), note="")
        note = look.doing
        if look.eta_s is not None:
            note += f", {clock(look.eta_s)} left"
        if self._waiting:
            note += f"  (+ {len(self._waiting)} waiting)"
        room = self._progress.console.width - NAME_WIDTH - BAR_WIDTH - len(note) - 16
        if look.text and room > 10:
            note += f"  “{_short(look.text, room)}”"
        self._progress.update(bar, completed=look.percent, note=note)

    def done(self, name: str, sentence: str) -> None:
        self._waiting.discard(name)
        bar = self._bars.pop(name, None)
        if bar is not None:
            self._progress.remove_task(bar)
        self._progress.console.print(f"{printable(name)}: {sentence}", markup=False, soft_wrap=True)


def _short(text: str, width: int) -> str:
    """The end of a text matters more than its beginning: it is what was said last, and where names differ."""
    clean = printable(text).strip()
    return clean if len(clean) <= width else f"…{clean[1 - width :]}"
