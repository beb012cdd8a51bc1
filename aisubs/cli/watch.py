"""`aisubs transcribe FOLDER --watch`: what comes into folders is taken once it is whole, by the rule of the inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from aisubs.cli.batch import Batch
from aisubs.cli.progress import View
from aisubs.cli.terminal import printable, say
from aisubs.local.deposit import Signature, steady
from aisubs.local.inbox import Inbox

NotWanted = Callable[[Path, str], "str | None"]
"""Why a file, with its name below its folder, is passed over."""


@contextmanager
def watching(folders: Sequence[Path], batch: Batch, not_wanted: NotWanted, view: View, stop: Event) -> Iterator[None]:
    """Add to the batch what lies in the folders and what comes, until `stop` is set."""
    inboxes = [Inbox(folder, Taken(), IntoBatch(folder, batch, not_wanted, view)) for folder in folders]
    threads = [Thread(target=inbox.watch, args=(stop,), name="watch") for inbox in inboxes]
    say(f"Watching {', '.join(printable(str(folder)) for folder in folders)} until Ctrl-C.")
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


class Taken:
    """Which files were taken, in which state, by this command; what earlier ones did stands beside the recordings."""

    def __init__(self) -> None:
        self._known: dict[str, Signature] = {}

    def holds(self, name: str, signature: Signature) -> bool:
        return self._known.get(name) == signature

    def names(self) -> set[str]:
        return set(self._known)

    def record(self, name: str, signature: Signature) -> None:
        self._known[name] = signature

    def forget(self, name: str) -> None:
        self._known.pop(name, None)


class IntoBatch:
    """The taker of an inbox that is any folder."""

    def __init__(self, folder: Path, batch: Batch, not_wanted: NotWanted, view: View) -> None:
        self._folder, self._batch, self._not_wanted, self._view = folder, batch, not_wanted, view

    def take(self, path: Path, name: str) -> None:
        """Raises StillChanging, OSError."""
        with steady(path):
            pass
        if self._not_wanted(path, name) is None:
            for item in self._batch.add([path]):
                if item.outcome is not None:
                    self._view.done(item.name, item.sentence)

    def tell(self, name: str, sentence: str) -> None:
        say(f"{printable(str(self._folder / name))}: {sentence}")

    def take_back(self, names: list[str]) -> list[str]:  # noqa: ARG002  a job that is begun goes on without its file
        return []
