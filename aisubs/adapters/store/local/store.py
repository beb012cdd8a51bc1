"""The local store: the Store port over Objects, and the server's side of uploads and signed reads."""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import google_crc32c

from aisubs.adapters.store.local.layout import RECORD, file_of, make_private
from aisubs.adapters.store.local.links import Link, Signer
from aisubs.adapters.store.local.objects import NewObject, Objects
from aisubs.adapters.store.local.reader import FileReader
from aisubs.adapters.store.local.sessions import Sessions, encode_crc32c
from aisubs.model.errors import error
from aisubs.ports import RangeReader, SessionState, StoredObject, UploadSession

SESSION_TTL_S = 7 * 86_400
"""As long as a session of GCS lives."""

_COPY_BYTES = 1 << 20


class LocalStore:
    """A folder as the bucket, for POSIX file systems that have flock. Any number of processes may use it at once.

    URLs lead to the routes of aisubs/http; they start with `public_url`, or with `/` when that is empty.
    """

    def __init__(
        self, root: Path, public_url: str = "", bucket: str = "local", session_ttl_s: float = SESSION_TTL_S
    ) -> None:
        self.bucket = bucket
        self._public_url = public_url.rstrip("/")
        self._root = root
        with _errors():
            make_private(root)
            self._objects = Objects(root, bucket)
            self._sessions = Sessions(self._objects, session_ttl_s)
        self._signer = Signer(root)

    # ── objects ──────────────────────────────────────────────────────────────────────────────────────────────────

    def stat(self, name: str, generation: int | None = None) -> StoredObject:
        """As aisubs.ports.Store.stat."""
        with _errors():
            found = self._objects.find(name)
        if found is None or generation not in (None, found.generation):
            raise error("object_not_found", name)
        return found

    def open(self, name: str, generation: int | None = None) -> RangeReader:
        """As aisubs.ports.Store.open."""
        while True:
            found = self.stat(name, generation)
            try:
                return FileReader(self._objects.bytes_of(found), found.size_bytes)
            except FileNotFoundError as fault:
                # Overwritten between the record and the bytes: look again. The same record twice: bytes are missing.
                if self.stat(name, generation) == found:
                    raise error("object_not_found", f"the bytes of {name} are missing") from fault
            except OSError as fault:
                raise error("store_unavailable", str(fault)) from fault

    @property
    def folder(self) -> Path:
        """As aisubs.ports.FilesOnDisk.folder."""
        return self._objects.tmp

    def open_file(self, name: str, generation: int | None = None) -> BinaryIO:
        """As aisubs.ports.FilesOnDisk.open_file."""
        try:
            return self._objects.bytes_of(self.stat(name, generation)).open("rb")
        except FileNotFoundError as fault:
            raise error("object_not_found", f"the bytes of {name} are missing") from fault
        except OSError as fault:
            raise error("store_unavailable", str(fault)) from fault

    def free_bytes(self) -> int:
        """As aisubs.ports.FilesOnDisk.free_bytes."""
        with _errors():
            return shutil.disk_usage(self._root).free

    def put(
        self,
        name: str,
        data: bytes | BinaryIO,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        if_generation_match: int | None = None,
    ) -> StoredObject:
        """As aisubs.ports.Store.put."""
        file_of(self._root, name, RECORD)  # a bad name is refused before anything is written
        tmp = self._objects.new_file()
        try:
            with _errors():
                size_bytes, crc32c = _write(tmp, io.BytesIO(data) if isinstance(data, bytes) else data)
                new = NewObject(name, size_bytes, encode_crc32c(crc32c), content_type, dict(metadata or {}))
                with self._objects.changing():
                    return self._objects.commit(new, tmp, if_generation_match)
        finally:
            tmp.unlink(missing_ok=True)

    def delete(self, name: str, generation: int | None = None) -> None:
        """As aisubs.ports.Store.delete. Without a generation the uploads under way to this name end as well."""
        with _errors():
            with self._objects.changing():
                self._objects.remove(name, generation)
            if generation is None:
                self._sessions.cancel_all(name)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """As aisubs.ports.Store.list."""
        with _errors():
            return iter(self._objects.walk(prefix))

    def ping(self) -> str:
        """Raises `store_unavailable` when the folder cannot be written."""
        with _errors(), self._objects.changing():
            return f"folder {self._root}"

    # ── uploads ──────────────────────────────────────────────────────────────────────────────────────────────────

    def start_upload(
        self,
        name: str,
        size_bytes: int,
        content_type: str,
        origin: str | None = None,  # noqa: ARG002  the API's own CORS rules decide
    ) -> UploadSession:
        """As aisubs.ports.Store.start_upload."""
        file_of(self._root, name, RECORD)
        with _errors():
            session_id, expires_s = self._sessions.start(name, size_bytes, content_type)
        return UploadSession(
            f"{self._public_url}/upload/{session_id}", datetime.fromtimestamp(expires_s, UTC).isoformat()
        )

    def append(self, session_id: str, offset_bytes: int, total_bytes: int, chunks: Iterator[bytes]) -> SessionState:
        """As aisubs.ports.UploadSessions.append. What `chunks` itself raises passes through unchanged."""
        with _errors():
            self._sessions.check(session_id, offset_bytes, total_bytes)
        position = offset_bytes
        for chunk in chunks:
            with _errors():
                position = self._sessions.write(session_id, position, chunk)
        return self.status(session_id)

    def status(self, session_id: str) -> SessionState:
        """As aisubs.ports.UploadSessions.status."""
        with _errors():
            return self._sessions.status(session_id)

    def cancel(self, session_id: str) -> None:
        """As aisubs.ports.UploadSessions.cancel."""
        with _errors():
            self._sessions.cancel(session_id)

    # ── signed reads ─────────────────────────────────────────────────────────────────────────────────────────────

    def read_url(self, name: str, filename: str, content_type: str, ttl_s: int, generation: int | None = None) -> str:
        """As aisubs.ports.Store.read_url. Always pinned: without a generation, to the present one."""
        found = self.stat(name, generation)
        with _errors():
            word = self._signer.sign(
                Link(name, found.generation, filename, content_type, int(time.time()) + ttl_s),
            )
        return f"{self._public_url}/files/{word}/{quote(filename, safe='')}"

    def check_read_link(self, word: str) -> tuple[StoredObject, str]:
        """What the link allows to read, with the content type it was signed with, and the file name to offer.

        Raises `link_expired`, and `object_not_found` for a forged link or an object that has changed.
        """
        with _errors():
            link = self._signer.check(word)
        return replace(self.stat(link.name, link.generation), content_type=link.content_type), link.filename


def _write(target: Path, source: BinaryIO) -> tuple[int, int]:
    """Copy and sync; returns size and CRC-32C."""
    size_bytes = crc32c = 0
    with target.open("wb") as file:
        while block := source.read(_COPY_BYTES):
            file.write(block)
            crc32c = google_crc32c.extend(crc32c, block)
            size_bytes += len(block)
        file.flush()
        os.fsync(file.fileno())
    return size_bytes, crc32c


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except OSError as fault:  # disk full, no permission, folder unmounted
        raise error("store_unavailable", str(fault)) from fault
