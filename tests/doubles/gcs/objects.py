"""Buckets in memory: generations, preconditions, checksums.

Reference: https://docs.cloud.google.com/storage/docs/json_api/v1/objects and …/docs/request-preconditions.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock
from typing import Any

import google_crc32c


class Failure(Exception):
    """An answer of the API that is an error."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason

    def body(self) -> dict[str, Any]:
        one = {"domain": "global", "reason": self.reason, "message": str(self)}
        return {"error": {"code": self.status, "message": str(self), "errors": [one]}}


def no_such_object(bucket: str, name: str) -> Failure:
    return Failure(404, "notFound", f"No such object: {bucket}/{name}")


def condition_not_met() -> Failure:
    return Failure(412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.")


@dataclass(frozen=True)
class Blob:
    """One generation of one object."""

    bucket: str
    name: str
    generation: int
    data: bytes
    content_type: str
    metadata: Mapping[str, str]
    created_at: datetime
    components: int = 0

    def resource(self) -> dict[str, Any]:
        """As the JSON API shows it; 64 bit numbers are strings. Composite objects have no MD5."""
        at = self.created_at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        checksum = google_crc32c.value(self.data).to_bytes(4, "big")
        shown: dict[str, Any] = {
            "kind": "storage#object",
            "id": f"{self.bucket}/{self.name}/{self.generation}",
            "name": self.name,
            "bucket": self.bucket,
            "generation": str(self.generation),
            "metageneration": "1",
            "contentType": self.content_type,
            "storageClass": "STANDARD",
            "size": str(len(self.data)),
            "crc32c": base64.b64encode(checksum).decode(),
            "etag": base64.b64encode(self.generation.to_bytes(8, "big")).decode(),
            "timeCreated": at,
            "updated": at,
        }
        if self.components:
            shown["componentCount"] = self.components
        else:
            shown["md5Hash"] = base64.b64encode(hashlib.md5(self.data).digest()).decode()
        if self.metadata:
            shown["metadata"] = dict(self.metadata)
        return shown


@dataclass
class Upload:
    """What is about to become an object."""

    bucket: str
    name: str
    content_type: str = "application/octet-stream"
    metadata: Mapping[str, str] = field(default_factory=dict)
    if_generation_match: int | None = None
    crc32c: str | None = None
    components: int = 0


class Buckets:
    """All objects. `on_finalized` is told of each new generation, outside the lock."""

    def __init__(self, names: tuple[str, ...], on_finalized: Callable[[Blob], None]) -> None:
        self._live: dict[str, dict[str, Blob]] = {name: {} for name in names}
        self._last_generation = 0
        self._lock = RLock()
        self._on_finalized = on_finalized

    def names(self, bucket: str, prefix: str = "") -> list[str]:
        """By UTF-8 order."""
        with self._lock:
            return sorted((name for name in self._bucket(bucket) if name.startswith(prefix)), key=str.encode)

    def get(
        self, bucket: str, name: str, generation: int | None = None, if_generation_match: int | None = None
    ) -> Blob:
        """404 for another generation than the live one (no versioning), 412 for a precondition that does not hold."""
        with self._lock:
            blob = self._bucket(bucket).get(name)
            if blob is None or generation not in (None, blob.generation):
                raise no_such_object(bucket, name)
            if if_generation_match not in (None, blob.generation):
                raise condition_not_met()
            return blob

    def check(self, upload: Upload) -> None:
        """The precondition of a write, as it stands now. 0 means: there must be none."""
        with self._lock:
            blob = self._bucket(upload.bucket).get(upload.name)
            if upload.if_generation_match not in (None, blob.generation if blob else 0):
                raise condition_not_met()

    def finish(self, upload: Upload, data: bytes) -> Blob:
        """Write it whole. A checksum that came along must be right."""
        if upload.crc32c not in (None, base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()):
            raise Failure(400, "invalid", f"Provided CRC32C {upload.crc32c} doesn't match calculated CRC32C.")
        with self._lock:
            self.check(upload)
            self._last_generation = max(self._last_generation + 1, time.time_ns() // 1000)
            blob = Blob(
                upload.bucket, upload.name, self._last_generation, data, upload.content_type, upload.metadata,
                datetime.now(UTC), upload.components,
            )  # fmt: skip
            self._bucket(upload.bucket)[upload.name] = blob
        self._on_finalized(blob)
        return blob

    def delete(self, bucket: str, name: str, generation: int | None, if_generation_match: int | None) -> None:
        with self._lock:
            self.get(bucket, name, generation, if_generation_match)
            del self._bucket(bucket)[name]

    def _bucket(self, bucket: str) -> dict[str, Blob]:
        if bucket not in self._live:
            raise Failure(404, "notFound", "The specified bucket does not exist.")
        return self._live[bucket]
