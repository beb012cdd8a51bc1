"""The watched folder: what is dropped there is taken once it is whole. The files themselves are never touched."""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

from aisubs.local.deposit import CalledOff, Signature, StillChanging
from aisubs.local.dropped_files import dropped_files
from aisubs.model.errors import AisubsError, BadInput, Unavailable, error
from aisubs.model.names import MAX_OBJECT_NAME_BYTES, readable_filename

log = logging.getLogger(__name__)

_ROOM = ".error.txt.9999"
"""What a name must have room for, to be told of."""

NAMES_PER_QUESTION = 500

EVENT_PAUSE_S = 0.2
"""A file that is being copied reports many changes a second; this is the least time between two scans."""


class Journal(Protocol):
    """Which files were taken already, in which state. `forget`: should it come again, it is taken again."""

    def holds(self, name: str, signature: Signature) -> bool: ...
    def names(self) -> set[str]: ...
    def record(self, name: str, signature: Signature) -> None: ...
    def forget(self, name: str) -> None: ...


class Taker(Protocol):
    """What becomes of the files that the inbox finds. `name` is the path below the inbox, with slashes."""

    def take(self, path: Path, name: str) -> None:
        """Make a job of a whole file. Raises StillChanging, OSError, BadInput (told to the user), Unavailable,
        CalledOff."""
        ...

    def tell(self, name: str, sentence: str) -> None:
        """Say beside the results why a file could not be taken."""
        ...

    def take_back(self, names: list[str]) -> list[str]:
        """These files were taken and are no longer there. Returns those whose job was cancelled, as it still waited."""
        ...


@dataclass(slots=True)
class Inbox:
    """Looks through `folder` whenever something moves there, and every `scan_every_s` seconds in any case.

    A file is taken when two looks, at least `settle_s` seconds apart, find the same size and time, and nobody has it
    open for writing. An empty file gets `empty_grace_s` seconds to be filled. One that is missing at two looks was
    taken back. What is passed over, and why, stands in aisubs/model/dropped.py.
    """

    folder: Path
    journal: Journal
    taker: Taker
    settle_s: float = 1.0
    scan_every_s: float = 5.0
    empty_grace_s: float = 60.0
    _first_looks: dict[str, tuple[Signature, float]] = field(default_factory=dict)
    _told: dict[str, str] = field(default_factory=dict)
    _passed_over: set[str] = field(default_factory=set)
    _missing: dict[str, float] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)
    _unreadable: bool = False

    def watch(self, stop: Event) -> None:
        """Run until `stop` is set."""
        self.folder.mkdir(parents=True, exist_ok=True)
        moved = Event()
        watcher = Thread(target=self._listen, args=(moved, stop), name="inbox-events", daemon=True)
        watcher.start()
        while not stop.is_set():
            try:
                waiting = self.scan(stop)
            except OSError as fault:  # the folder was taken away, or a disk is gone: it may come back
                log.warning("inbox.unreadable", extra={"folder": str(self.folder), "reason": str(fault)})
                waiting = False
            except CalledOff:
                break
            except Exception:
                log.exception("inbox.crashed")
                waiting = False
            stop.wait(min(EVENT_PAUSE_S, self.settle_s))
            moved.wait(self.settle_s if waiting else self.scan_every_s)
            moved.clear()
        watcher.join()

    def scan(self, stop: Event | None = None) -> bool:
        """Look once at every file; True when some are not settled yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        waiting, self._unreadable = False, False
        seen: set[str] = set()
        for path, name in self._files():
            if stop is not None and stop.is_set():
                return waiting
            seen.add(name)
            waiting |= not self._look(path, name)
        self._first_looks = {name: look for name, look in self._first_looks.items() if name in seen}
        return self._look_for_missing(seen) or waiting

    def _look_for_missing(self, seen: set[str]) -> bool:
        """Take back what is no longer here; True when it needs another look soon. Editors and synchronisers take a file
        away for a moment, and a folder that cannot be read says nothing about what is in it."""
        if self._unreadable:
            return False
        self._gone &= (known := self.journal.names()) - seen
        now = time.monotonic()
        self._missing = {name: self._missing.get(name, now) for name in known - seen - self._gone}
        gone = [name for name, since in self._missing.items() if now - since >= self.settle_s]
        try:
            for first in range(0, len(gone), NAMES_PER_QUESTION):
                self._take_back(gone[first : first + NAMES_PER_QUESTION])
        except Unavailable as fault:
            log.warning("inbox.postponed", extra={"error_code": fault.code, "reason": fault.reason})
            return False
        return len(gone) < len(self._missing)

    def _take_back(self, names: list[str]) -> None:
        """Where the job still waited, the file is taken again should it come back; else it was transcribed."""
        for name in self.taker.take_back(names):
            log.info("inbox.taken_back", extra={"object": name})
            self.journal.forget(name)
        self._gone.update(names)

    def _look(self, path: Path, name: str) -> bool:
        """Take the file if it is settled and new; False if it needs another look soon."""
        try:
            status = path.stat()
        except OSError:
            return True  # gone again, or a link to nowhere
        signature = Signature.of(status)
        if not stat.S_ISREG(status.st_mode) or self.journal.holds(name, signature):
            return True
        before, since = self._first_looks.get(name, (None, 0.0))
        if before != signature:
            self._first_looks[name] = (signature, time.monotonic())
            return False
        patience_s = self.settle_s if signature.size_bytes else self.empty_grace_s
        if time.monotonic() - since < patience_s:
            return signature.size_bytes == 0
        return self._take(path, name, signature)

    def _take(self, path: Path, name: str, signature: Signature) -> bool:
        try:
            name.encode()  # a name from another system may not be Unicode
            if signature.size_bytes == 0:
                self._tell(name, "This file is empty.")
            else:
                self.taker.take(path, name)
                log.info("inbox.taken", extra={"object": name, "size_bytes": signature.size_bytes})
        except StillChanging:
            return False
        except UnicodeEncodeError:
            readable = os.fsencode(name).decode(errors="replace")
            self._tell(readable, "The name of this file is not valid Unicode. Rename it and it will be taken.")
        except FileNotFoundError:
            return True
        except OSError as fault:
            self._tell(name, f"This file cannot be read ({fault.strerror or fault}). It is tried again and again.")
            return True
        except BadInput as refusal:
            self._tell(name, refusal.sentence)
        except Unavailable as fault:
            log.warning("inbox.postponed", extra={"object": name, "error_code": fault.code, "reason": fault.reason})
            return True
        except CalledOff:
            raise
        except Exception as fault:  # whatever it is, it is this file's alone
            log.exception("inbox.crashed", extra={"object": name})
            known = fault if isinstance(fault, AisubsError) else error("unreadable")
            self._tell(name, known.sentence)
        self.journal.record(name, signature)
        self._first_looks.pop(name, None)
        return True

    def _tell(self, name: str, sentence: str) -> None:
        """Once per reason and run, not at every look."""
        if self._told.get(name) == sentence:
            return
        log.warning("inbox.refused", extra={"object": name, "reason": sentence})
        shown = readable_filename(name)
        if len(shown.encode()) > MAX_OBJECT_NAME_BYTES - len(_ROOM):
            shown = shown.rpartition("/")[2]  # of too many folders in each other
        try:
            self.taker.tell(shown, sentence)
        except (AisubsError, OSError) as fault:
            log.warning("inbox.not_told", extra={"object": name, "reason": str(fault)})
        else:
            self._told[name] = sentence

    def _files(self) -> Iterator[tuple[Path, str]]:
        """Every file that may be a recording, by name. What is passed over is told in the log, once;
        `aisubs jobs --passed-over` lists it."""
        for found in dropped_files(self.folder, self._complain):
            if found.why is None:
                yield found.path, found.name
            elif found.name not in self._passed_over:
                self._passed_over.add(found.name)
                log.debug("inbox.passed_over", extra={"object": found.name, "reason": found.why})

    def _complain(self, fault: OSError) -> None:
        self._unreadable = True
        if Path(fault.filename) == self.folder:
            raise fault
        name = Path(fault.filename).relative_to(self.folder).as_posix()
        self._tell(name, f"This folder cannot be read ({fault.strerror}). It is tried again and again.")

    def _listen(self, moved: Event, stop: Event) -> None:
        """Shorten the wait when the system reports a change. Without it (no inotify left) the regular scan remains."""
        from watchfiles import watch

        while not stop.is_set():
            try:
                for _ in watch(
                    self.folder, watch_filter=None, stop_event=stop, rust_timeout=500, raise_interrupt=False
                ):
                    moved.set()
            except (OSError, RuntimeError) as fault:
                log.warning("inbox.no_events", extra={"reason": str(fault)})
            stop.wait(self.scan_every_s)
        moved.set()
