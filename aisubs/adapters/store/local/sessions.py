"""Resumable uploads on disk. What has arrived is told by the size of the data file, so nothing can disagree with it.

    sessions/<hash of object name>/<hash of session id>/
        state.json   what was announced, until when, and the object once it is complete
        data, crc32c the bytes so far and their checksum
        lock         held (flock) for one block at a time, never while waiting for a client

Two connections may serve one session (a phone changes networks and its old connection lingers): each block is written
only where the data ends; bytes that are already here are skipped, as GCS does.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from aisubs.adapters.store.local.objects import NewObject, Objects, locked, write_file
from aisubs.adapters.store.local.upload_data import UploadData
from aisubs.model.errors import AisubsError, error
from aisubs.ports import SessionState, StoredObject

ANSWERS_AFTER_FINISH_S = 86_400
DEAD_WRITE_AFTER_S = 86_400
_ID = re.compile(r"(?P<name>[0-9a-f]{32})[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class _State:
    name: str
    total_bytes: int
    content_type: str
    expires_s: float
    generation: int | None = None  # given out; the bytes may have moved to their object already
    finished: dict[str, Any] | None = None


class Sessions:
    """The open uploads of one store."""

    def __init__(self, objects: Objects, ttl_s: float) -> None:
        self._objects = objects
        self._root = objects.root / "sessions"
        self._ttl_s = ttl_s
        self._root.mkdir(exist_ok=True)

    def start(self, name: str, total_bytes: int, content_type: str) -> tuple[str, float]:
        """Returns the id of the session, which is a secret, and when it ends (Unix time). Earlier ones to this name end
        with their bytes, or each would hold as many as were announced once."""
        self._drop_ended()
        self.cancel_all(name)
        session_id = _short(name) + secrets.token_urlsafe(32)
        state = _State(name, total_bytes, content_type, time.time() + self._ttl_s)
        folder = self._folder(session_id)
        folder.mkdir(parents=True, mode=0o700)
        UploadData(folder).create()
        self._save(folder, state)
        return session_id, state.expires_s

    def check(self, session_id: str, offset_bytes: int, total_bytes: int) -> None:
        """Raises `size_mismatch`, `upload_offset` when bytes before `offset_bytes` are missing, `upload_gone`."""
        folder = self._folder(session_id)
        with self._locked(folder) as state:
            if state.total_bytes != total_bytes:
                raise error("size_mismatch", f"{total_bytes} bytes, but {state.total_bytes} were announced")
            if offset_bytes > (stored := _stored_bytes(folder, state)):
                raise error("upload_offset", offset=stored)

    def write(self, session_id: str, position: int, chunk: bytes) -> int:
        """Store what is new of `chunk`, which belongs at `position`; returns where the next one belongs."""
        folder = self._folder(session_id)
        end = position + len(chunk)
        with self._locked(folder) as state:
            if end > state.total_bytes:
                raise error("size_mismatch", f"more than the {state.total_bytes} bytes that were announced")
            if state.generation is None:  # else it is complete: the other connection was faster
                UploadData(folder).write(position, chunk)
        return end

    def status(self, session_id: str) -> SessionState:
        """As aisubs.ports.UploadSessions.status; also finishes what a crash left complete but unfinished."""
        folder = self._folder(session_id)
        with self._locked(folder) as state:
            stored = _stored_bytes(folder, state)
            if stored < state.total_bytes:
                return SessionState(state.name, stored, state.total_bytes)
            if state.finished is None:
                state = self._finish(folder, state)
            return SessionState(state.name, stored, stored, StoredObject(**(state.finished or {})))

    def cancel(self, session_id: str) -> None:
        with suppress(AisubsError):  # already gone
            self._drop(self._folder(session_id))

    def cancel_all(self, name: str) -> None:
        """Forget every upload to this name."""
        for folder in list((self._root / _short(name)).glob("*")):
            self._drop(folder)

    def _finish(self, folder: Path, state: _State) -> _State:
        """The bytes become the object. Every step may have been done before a crash; doing it again is harmless."""
        data = UploadData(folder)
        crc32c = data.seal() if data.file.exists() else data.crc32c()
        new = NewObject(state.name, state.total_bytes, encode_crc32c(crc32c), state.content_type, session=folder.name)
        try:
            with self._objects.changing():
                stored = self._objects.find(state.name)
                if stored is None or self._objects.session_of(state.name) != new.session:
                    if state.generation is None:
                        state = replace(state, generation=self._objects.next_generation())
                        self._save(folder, state)
                    stored = self._objects.commit(new, data.file, 0, state.generation)
        except AisubsError:
            self._drop(folder)  # somebody else's object has the name: this upload can never be finished
            raise
        state = replace(state, finished=asdict(stored), expires_s=time.time() + ANSWERS_AFTER_FINISH_S)
        self._save(folder, state)
        return state

    @contextmanager
    def _locked(self, folder: Path) -> Iterator[_State]:
        try:
            with locked(folder / "lock"):
                state = _State(**json.loads((folder / "state.json").read_bytes()))
                if state.expires_s <= time.time():
                    raise error("upload_gone", "the session has expired")
                yield state
        except FileNotFoundError as fault:
            raise error("upload_gone", "no such session") from fault

    def _folder(self, session_id: str) -> Path:
        match = _ID.fullmatch(session_id)
        if match is None:
            raise error("upload_gone", "not a session id")
        return self._root / match["name"] / sha256(session_id.encode()).hexdigest()

    def _save(self, folder: Path, state: _State) -> None:
        write_file(folder / "state.json", json.dumps(asdict(state)).encode(), folder / "state.tmp")

    def _drop(self, folder: Path) -> None:
        away = self._objects.new_file()
        with suppress(FileNotFoundError):
            folder.rename(away)  # from here on nobody finds it, also when removing it is cut short
            shutil.rmtree(away)
        with suppress(OSError):  # not empty: other uploads to the same name
            folder.parent.rmdir()

    def _drop_ended(self) -> None:
        """Sessions out of date, and what killed processes left behind."""
        for folder in list(self._root.glob("*/*")):
            with suppress(FileNotFoundError):
                state = folder / "state.json"
                ended = json.loads(state.read_bytes())["expires_s"] <= time.time() if state.exists() else _dead(folder)
                if ended:
                    self._drop(folder)
        for left in list(self._objects.tmp.iterdir()):
            with suppress(FileNotFoundError):
                if _dead(left):
                    shutil.rmtree(left) if left.is_dir() else left.unlink()


def _dead(path: Path) -> bool:
    """Nobody has written here for so long that nobody will."""
    return path.stat().st_mtime < time.time() - DEAD_WRITE_AFTER_S


def _stored_bytes(folder: Path, state: _State) -> int:
    return UploadData(folder).size_bytes if state.generation is None else state.total_bytes


def encode_crc32c(crc32c: int) -> str:
    """Base64 of four big-endian bytes, as GCS writes it."""
    return base64.b64encode(crc32c.to_bytes(4, "big")).decode()


def _short(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:32]
