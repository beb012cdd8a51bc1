"""The store port: objects with generations, ranged reads, resumable uploads; and the mirror for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object in the store. `generation` changes with every overwrite; times are ISO 8601."""

    bucket: str
    name: str
    generation: int
    size_bytes: int
    content_type: str = "application/octet-stream"
    crc32c: str | None = None  # base64 of 4 big-endian bytes, as GCS writes it
    metadata: Mapping[str, str] = field(default_factory=dict)
    updated_at: str | None = None


class RangeReader(Protocol):
    """One generation of one object, readable at any offset. Not shared between threads."""

    size_bytes: int

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return exactly the bytes asked for, fewer only at the end of the object.

        Raises `source_gone` when the generation is no longer there, `truncated` when the store ends early.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class UploadSession:
    """A resumable upload that the client carries out itself, by PUT with Content-Range (the protocol of GCS).

    The URL is a capability: never log it.
    """

    url: str
    expires_at: str | None = None


@dataclass(frozen=True, slots=True)
class MultipartUpload(UploadSession):
    """An upload in parts, each with a URL of its own (S3). `url` is that of the first part.

    `part_urls[n]` takes `part_bytes` bytes, the last one what is left. The `ETag`s of the answers are POSTed to
    `complete_url`; DELETE on `abort_url` forgets the upload.
    """

    part_bytes: int = 0
    part_urls: tuple[str, ...] = ()
    complete_url: str = ""
    abort_url: str = ""


class Store(Protocol):
    """One bucket (or folder). Names use `/`, never start with it and never hold `..` as a part."""

    bucket: str

    def stat(self, name: str, generation: int | None = None) -> StoredObject:
        """Raises `object_not_found`, also when only another generation exists."""
        ...

    def open(self, name: str, generation: int | None = None) -> RangeReader:
        """Open one generation, pinned. Raises `object_not_found`."""
        ...

    def put(
        self,
        name: str,
        data: bytes | BinaryIO,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        if_generation_match: int | None = None,
    ) -> StoredObject:
        """Write the whole object or nothing. `if_generation_match=0` means "only if absent".

        Raises `precondition_failed`.
        """
        ...

    def delete(self, name: str, generation: int | None = None) -> None:
        """Delete the object; one that is not there is fine."""
        ...

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """All objects whose name starts with `prefix`, by name; metadata may be left empty."""
        ...

    def start_upload(self, name: str, size_bytes: int, content_type: str, origin: str | None = None) -> UploadSession:
        """Open a resumable upload of exactly `size_bytes` that fails if the object exists when it is finished.

        A store that keeps the bytes of unfinished uploads at our cost ends earlier ones to the same name.
        """
        ...

    def read_url(self, name: str, filename: str, content_type: str, ttl_s: int, generation: int | None = None) -> str:
        """A URL that reads this one object without other rights for `ttl_s` seconds, with range requests.

        Offered under `filename`; shown in place only if `content_type` is `audio/...` or `video/...`. With `generation`
        the URL reads that one or nothing, where the store has a way to say so in a URL (S3 has none). May raise
        `object_not_found`.
        """
        ...

    def ping(self) -> str: ...


class UploadSessions(Protocol):
    """The server's side of a resumable upload, for a store that has no server of its own (the local one)."""

    def append(self, session_id: str, offset_bytes: int, total_bytes: int, chunks: Iterator[bytes]) -> SessionState:
        """Store `chunks` from `offset_bytes` on; what arrived before a cut connection is kept.

        The last byte finishes the object, atomically. Raises `upload_offset` (its `offset` detail says where to go on),
        `size_mismatch`, `upload_gone`, `precondition_failed`.
        """
        ...

    def status(self, session_id: str) -> SessionState:
        """Raises `upload_gone`. A finished session still answers for a day."""
        ...

    def cancel(self, session_id: str) -> None:
        """Forget the session and its bytes; one that is not there is fine."""
        ...


@dataclass(frozen=True, slots=True)
class SessionState:
    """How far a resumable upload to the object `name` has come; `finished` is the object when it is complete."""

    name: str
    stored_bytes: int
    total_bytes: int
    finished: StoredObject | None = None


@runtime_checkable
class SignedReads(Protocol):
    """A store whose read URLs lead back to our own server."""

    def check_read_link(self, word: str) -> tuple[StoredObject, str]:
        """What the link allows to read, and the file name to offer. Raises `link_expired`, `object_not_found`."""
        ...


@runtime_checkable
class FilesOnDisk(Protocol):
    """A store whose objects are files of this machine, for programs that read nothing else."""

    @property
    def folder(self) -> Path:
        """Where files may grow that become objects."""
        ...

    def open_file(self, name: str, generation: int | None = None) -> BinaryIO:
        """The bytes of an object, to be read only. Raises `object_not_found`."""
        ...

    def free_bytes(self) -> int:
        """What the disk has left."""
        ...


class Mirror(Protocol):
    """Where results of dropped files are put for people: a folder, or a bucket of results."""

    def put(self, name: str, data: bytes, content_type: str = "application/octet-stream") -> object:
        """Write the whole file or nothing, replacing an older one."""
        ...

    def digest(self, name: str) -> str | None:
        """SHA-256 (hex) of the file that lies under this name; None if none does."""
        ...

    def delete(self, name: str) -> None:
        """Delete the file that was put under this name; one that is not there is fine."""
        ...


@runtime_checkable
class BesideRecordings(Protocol):
    """What a Mirror has besides when dropped files are films of a library, whose subtitles belong beside them."""

    @property
    def beside(self) -> Mirror:
        """The folder of the recordings itself; names are those of the dropped files."""
        ...

    def names(self, folder: str) -> list[str]:
        """The names of the files in a folder of recordings ("." is the whole). Raises `store_unavailable`."""
        ...
