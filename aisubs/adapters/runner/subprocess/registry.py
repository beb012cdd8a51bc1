"""What was started, on disk: one small file per dispatch, beside its log, so that a restart of ours forgets nothing."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

KEPT_ENDED = 100
"""Ended executions whose note and log are kept."""

MAX_LOG_BYTES = 8 << 20
_KEPT_LOG_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Execution:
    """One worker that was started. `returncode` is as in subprocess.Popen, None until somebody has seen its end."""

    dispatch_id: str
    job_id: str
    name: str
    started_s: float
    returncode: int | None = None


class Registry:
    """The folder of notes. Several processes may use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Held while a worker is started, so that whoever asks meanwhile waits for the answer."""
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def find(self, dispatch_id: str) -> Execution | None:
        return _read(self._note(dispatch_id))

    def all(self) -> list[Execution]:
        """Oldest first."""
        notes = (_read(file) for file in self.folder.glob("*.json"))
        return sorted((note for note in notes if note is not None), key=lambda note: note.started_s)

    def save(self, execution: Execution) -> None:
        note = self._note(execution.dispatch_id)
        tmp = note.with_suffix(".tmp")
        tmp.write_text(json.dumps(asdict(execution)))
        tmp.replace(note)

    def log(self, dispatch_id: str) -> Path:
        """The file that takes what the worker prints."""
        return self._note(dispatch_id).with_suffix(".log")

    def trim_log(self, dispatch_id: str) -> None:
        """Keep the end of a log that has grown too large. The worker appends, so cutting the file under it is safe."""
        log = self.log(dispatch_id)
        if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
            with log.open("r+b") as file:
                file.seek(-_KEPT_LOG_BYTES, os.SEEK_END)
                log.with_suffix(".log.1").write_bytes(file.read())
                file.truncate(0)

    def prune(self, ended: list[Execution]) -> None:
        """Forget the oldest of `ended` (oldest first) beyond KEPT_ENDED."""
        for execution in ended[:-KEPT_ENDED]:
            note = self._note(execution.dispatch_id)
            for file in (note, note.with_suffix(".log"), note.with_suffix(".log.1")):
                file.unlink(missing_ok=True)

    def _note(self, dispatch_id: str) -> Path:
        plain = dispatch_id.replace("-", "").isalnum() and dispatch_id.isascii() and len(dispatch_id) <= 64
        return self.folder / f"{dispatch_id if plain else sha256(dispatch_id.encode()).hexdigest()}.json"


def new_execution(dispatch_id: str, job_id: str, name: str) -> Execution:
    return Execution(dispatch_id, job_id, name, time.time())


def _read(file: Path) -> Execution | None:
    try:
        return Execution(**json.loads(file.read_bytes()))
    except FileNotFoundError:
        return None
