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
from aisubs.local.inbox_journal import InboxJournal
from aisubs.model.errors import AisubsError, BadInput, Unavailable

log = logging.getLogger(__name__)

UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".opdownload", ".filepart", ".aria2")
"""What browsers, sync clients and copy programs call a file that is not there yet."""

COMPANIONS = (
    *(".srt", ".vtt", ".ass", ".ssa", ".sub", ".lrc", ".txt", ".json", ".tsv", ".csv", ".nfo", ".md", ".pdf", ".docx"),
    *(".html", ".xml", ".log", ".ini", ".db", ".url", ".lnk"),
    *(".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".heic", ".svg"),
)
"""What lies beside recordings and is none."""

EVENT_PAUSE_S = 0.2
"""A file that is being copied reports many changes a second; this is the least time between two scans."""


class Taker(Protocol):
    """What becomes of the files that the inbox finds. `name` is the path below the inbox, with slashes."""

    def take(self, path: Path, name: str) -> None:
        """Make a job of a whole file. Raises StillChanging, OSError, BadInput (told to the user), Unavailable,
        CalledOff."""
        ...

    def tell(self, name: str, sentence: str) -> None:
        """Say beside the results why a file could not be taken."""
        ...


@dataclass(slots=True)
class Inbox:
    """Looks through `folder` whenever something moves there, and every `scan_every_s` seconds in any case.

    A file is taken when two looks, at least `settle_s` seconds apart, find the same size and time, and nobody has it
    open for writing. An empty file gets `empty_grace_s` seconds to be filled.
    """

    folder: Path
    journal: InboxJournal
    taker: Taker
    settle_s: float = 1.0
    scan_every_s: float = 5.0
    empty_grace_s: float = 60.0
    _first_looks: dict[str, tuple[Signature, float]] = field(default_factory=dict)
    _told: dict[str, str] = field(default_factory=dict)

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
        waiting = False
        seen: set[str] = set()
        for path, name in self._files():
            if stop is not None and stop.is_set():
                break
            seen.add(name)
            waiting |= not self._look(path, name)
        else:
            self._first_looks = {name: look for name, look in self._first_looks.items() if name in seen}
        return waiting

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
        self.journal.record(name, signature)
        self._first_looks.pop(name, None)
        return True

    def _tell(self, name: str, sentence: str) -> None:
        """Once per reason and run, not at every look."""
        if self._told.get(name) == sentence:
            return
        log.warning("inbox.refused", extra={"object": name, "reason": sentence})
        try:
            self.taker.tell(name, sentence)
        except (AisubsError, OSError) as fault:
            log.warning("inbox.not_told", extra={"object": name, "reason": str(fault)})
        else:
            self._told[name] = sentence

    def _files(self) -> Iterator[tuple[Path, str]]:
        """Every file that may be a recording, by name. Links to folders are not followed."""
        for root, folders, files in os.walk(self.folder, onerror=self._complain):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for file in sorted(filter(may_be_recording, files)):
                path = Path(root, file)
                yield path, path.relative_to(self.folder).as_posix()

    def _complain(self, fault: OSError) -> None:
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


def may_be_recording(filename: str) -> bool:
    """False for hidden files, unfinished downloads and what commonly lies beside recordings."""
    lower = filename.lower()
    return not (lower.startswith((".", "~")) or lower.endswith(("~", *UNFINISHED, *COMPANIONS)))
