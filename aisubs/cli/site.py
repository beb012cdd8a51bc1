"""Where the files of an `aisubs transcribe` become texts: on this machine (here.py), or at another server (remote/)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Protocol

from aisubs.cli.item import Item
from aisubs.cli.progress import Look
from aisubs.local.command_files import Writing
from aisubs.model.job import Job, Options

READ_ALONG = 8
"""Windows that are asked for to show what was said last."""


class Site(Protocol):
    """What a batch needs of a place that transcribes. `at_once` files are brought there at a time; the state of jobs is
    asked for every `look_every_s` seconds."""

    at_once: int
    look_every_s: float

    def bring(self, item: Item, options: Options, script: str | None, tell: Callable[[Look], None], stop: Event) -> Job:
        """The job of this content with these options, new or found. Raises CalledOff once `stop` is set, StillChanging,
        AisubsError of this one file, OSError of it; CannotStart where nothing can be brought any more."""
        ...

    def look(self, job: Job, tell: Callable[[Look], None]) -> Job | None:
        """As it stands now; None while nobody can tell. Raises AisubsError of this job; Unavailable or CannotStart
        where there is no more waiting; CalledOff."""
        ...

    def heard(self, job: Job, since: int) -> str:
        """What was said last, of the windows from `since` on; "" where nothing was."""
        ...

    def write(self, path: Path, job: Job, writing: Writing) -> None:
        """The finished text, whole or not at all. Raises AisubsError, OSError."""
        ...

    def keep_going(self) -> None:
        """Called again and again while there is work."""
        ...

    def farewell(self, begun: list[Job]) -> str:
        """What Ctrl-C means for what is not over."""
        ...
