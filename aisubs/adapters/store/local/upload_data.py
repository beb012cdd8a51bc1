"""The bytes of an upload so far, and their checksum as they come, so that finishing need not read 10 GB again."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import google_crc32c

from aisubs.model.errors import error

_READ_BYTES = 1 << 20
_NOTE = struct.Struct(">QI")  # bytes covered, CRC-32C of them


class UploadData:
    """The files `data` and `crc32c` in one session's folder. Every method is called with the session's lock held."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "data"
        self._note = folder / "crc32c"

    def create(self) -> None:
        self.file.touch()
        self._note.write_bytes(_NOTE.pack(0, 0))

    @property
    def size_bytes(self) -> int:
        """Raises FileNotFoundError when the session is gone or its bytes have become an object."""
        return self.file.stat().st_size

    def write(self, position: int, chunk: bytes) -> None:
        """Write the part of `chunk`, which belongs at `position`, that is not here yet. Raises `upload_offset`."""
        with self.file.open("r+b", buffering=0) as file:
            stored = file.seek(0, os.SEEK_END)
            if position > stored:
                raise error("upload_offset", offset=stored)
            fresh = memoryview(chunk)[stored - position :]
            if not fresh:
                return
            crc32c = google_crc32c.extend(self.crc32c(), bytes(fresh))
            while fresh:
                fresh = fresh[file.write(fresh) :]
            self._save(file.tell(), crc32c)

    def seal(self) -> int:
        """Bring the bytes to the disk and return their checksum. Once for the whole upload: what a power cut takes
        before the end, the client sends again."""
        crc32c = self.crc32c()
        with self.file.open("rb") as file:
            os.fsync(file.fileno())
        self._save(self.size_bytes, crc32c)
        return crc32c

    def crc32c(self) -> int:
        """Reads again only what a crash between the bytes and the note left uncovered."""
        covered, crc32c = _NOTE.unpack(self._note.read_bytes())
        if not self.file.exists():
            return int(crc32c)
        with self.file.open("rb", buffering=0) as file:
            if covered > self.size_bytes:
                covered, crc32c = 0, 0
            file.seek(covered)
            while block := file.read(_READ_BYTES):
                crc32c = google_crc32c.extend(crc32c, block)
        return int(crc32c)

    def _save(self, covered: int, crc32c: int) -> None:
        with self._note.open("r+b", buffering=0) as file:  # never truncated, so it is whole also after kill -9
            file.write(_NOTE.pack(covered, crc32c))
