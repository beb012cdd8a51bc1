"""Resumable uploads: https://docs.cloud.google.com/storage/docs/performing-resumable-uploads.

308 with `Range` while bytes are missing (no `Range` when there are none), chunks in multiples of 256 KiB except the
last, bytes that are there already are ignored, a gap is an error, DELETE answers 499 and so does everything after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from threading import RLock

from tests.doubles.gcs.objects import Blob, Buckets, Failure, Upload

CHUNK_BYTES = 256 * 1024


@dataclass
class Session:
    """One session. `total_bytes` is what was announced, `origin` the web page it is bound to."""

    upload: Upload
    total_bytes: int | None
    origin: str | None
    received: bytearray = field(default_factory=bytearray)
    finished: Blob | None = None
    failed: Failure | None = None
    cancelled: bool = False
    lock: RLock = field(default_factory=RLock)

    def put(self, data: bytes, content_range: str | None, buckets: Buckets) -> Blob | None:
        """Take a chunk or a question; returns the object when it is complete. Raises Failure."""
        with self.lock:
            if self.cancelled:
                raise Failure(499, "uploadCancelled", "Upload has been cancelled.")
            if self.failed:
                raise self.failed
            if self.finished:
                return self.finished
            start, total = self._place(data, content_range)
            if start is not None:
                self._take(data, start, total)
            if total is None or len(self.received) < total:
                return None
            try:
                self.finished = buckets.finish(self.upload, bytes(self.received))
            except Failure as failure:
                self.failed = failure
                raise
            self.received = bytearray()
            return self.finished

    def _place(self, data: bytes, content_range: str | None) -> tuple[int | None, int | None]:
        """Where `data` begins (None: it is a question) and how long the whole is, when that is known."""
        if content_range is None:
            return 0, self._checked(len(data))
        found = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", content_range)
        if found is None:
            raise Failure(400, "badContentRange", f"Failed to parse Content-Range header: {content_range}")
        first, last, total = found.groups()
        known = None if total == "*" else self._checked(int(total))
        if first is None:
            return (None if known is None or known > 0 else 0), (known if len(self.received) == known else None)
        if int(last) - int(first) + 1 != len(data):
            raise Failure(400, "badContentRange", f"{content_range} but {len(data)} bytes.")
        return int(first), known

    def _checked(self, total: int) -> int:
        if self.total_bytes not in (None, total):
            raise Failure(400, "invalid", f"Upload size {total} differs from X-Upload-Content-Length.")
        return total

    def _take(self, data: bytes, start: int, total: int | None) -> None:
        there = len(self.received)
        if start > there:
            raise Failure(503, "backendError", f"Invalid request. There is a gap at {there}.")
        if total is None or start + len(data) < total:
            data = data[: len(data) - (start + len(data)) % CHUNK_BYTES]
        self.received += data[there - start :]

    def cancel(self) -> None:
        with self.lock:
            if self.finished is None:
                self.cancelled = True
                self.received = bytearray()
