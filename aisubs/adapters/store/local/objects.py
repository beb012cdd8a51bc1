"""Objects on disk: records, generations, and the one way in which an object comes to exist or goes."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from aisubs.adapters.store.local.layout import RECORD, file_of, folder_of
from aisubs.model.errors import error
from aisubs.ports import StoredObject


@dataclass(frozen=True, slots=True)
class NewObject:
    """What is known of an object before it has a generation."""

    name: str
    size_bytes: int
    crc32c: str
    content_type: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    session: str | None = None
    """The upload session it comes from, so that finishing twice is noticed."""


class Objects:
    """The tree of objects below `root`. Safe for any number of threads and processes; kill -9 at any moment leaves
    either the old object or the new one."""

    def __init__(self, root: Path, bucket: str) -> None:
        self.root = root
        self.bucket = bucket
        self.objects = root / "objects"
        self.tmp = root / "tmp"
        for folder in (self.objects, self.tmp):
            folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold this around every change of the tree. Never while waiting for anybody else."""
        with locked(self.root / "lock"):
            yield

    def find(self, name: str) -> StoredObject | None:
        record = self._record(name)
        return self._stored(record) if record else None

    def bytes_of(self, found: StoredObject) -> Path:
        return file_of(self.objects, found.name, str(found.generation))

    def session_of(self, name: str) -> str | None:
        """The upload session that made the present object."""
        record = self._record(name)
        return record["session"] if record else None

    def new_file(self) -> Path:
        """A path for bytes on their way in; on the same file system as the objects, so renaming is atomic."""
        return self.tmp / uuid4().hex

    def next_generation(self) -> int:
        """Larger than any before, also when the clock goes back. Microseconds, as in GCS. Call while changing."""
        file = self.root / "generation"
        last = int(file.read_text()) if file.exists() else 0
        generation = max(time.time_ns() // 1000, last + 1)
        tmp = self.new_file()  # not synced: what a power cut takes of it, the clock makes good
        tmp.write_text(str(generation))
        tmp.replace(file)
        return generation

    def commit(
        self, new: NewObject, data: Path, if_generation_match: int | None, generation: int | None = None
    ) -> StoredObject:
        """Make the object out of the file `data`, which must be synced and moves away. Call while changing.

        With a `generation` the bytes may have moved already, before a crash. Raises `precondition_failed`.
        """
        old = self._record(new.name, for_change=True)
        if if_generation_match is not None and if_generation_match != (old["generation"] if old else 0):
            raise error("precondition_failed", new.name)
        generation = generation or self.next_generation()
        target = file_of(self.objects, new.name, str(generation))
        target.parent.mkdir(parents=True, exist_ok=True)
        if data.exists():
            data.replace(target)
        elif not target.exists():
            raise error("precondition_failed", f"the bytes of {new.name} are gone")
        record = {**asdict(new), "generation": generation, "updated_at": datetime.now(UTC).isoformat()}
        write_file(
            file_of(self.objects, new.name, RECORD), json.dumps(record, ensure_ascii=False).encode(), self.new_file()
        )
        sync_folder(target.parent)
        self._drop_bytes(new.name, keep=generation)
        return self._stored(record)

    def remove(self, name: str, generation: int | None) -> None:
        """Call while changing."""
        record = self._record(name)
        if generation is not None and (record is None or record["generation"] != generation):
            return
        file = file_of(self.objects, name, RECORD)
        if record is not None:
            file.unlink(missing_ok=True)
        self._drop_bytes(name)
        folder = file.parent
        with suppress(OSError):  # not empty, which is where it ends, or already gone
            while folder != self.objects:
                folder.rmdir()
                folder = folder.parent

    def walk(self, prefix: str) -> list[StoredObject]:
        """All objects whose name starts with `prefix`, by name."""
        start = self.objects if {".", ".."} & set(prefix.split("/")) else folder_of(self.objects, prefix)
        found = []
        for folder, _, files in os.walk(start):  # unlike rglob, it does not mind folders that vanish meanwhile
            for file in files:
                record = _read(Path(folder, file)) if file.endswith(f"@{RECORD}") else None
                if record is not None and record["name"].startswith(prefix):
                    found.append(self._stored(record))
        return sorted(found, key=lambda item: item.name)

    def _record(self, name: str, *, for_change: bool = False) -> dict[str, Any] | None:
        record = _read(file_of(self.objects, name, RECORD))
        if record is not None and record["name"] != name:
            # A file system that ignores case or normalises Unicode gave us somebody else's record.
            if for_change:
                raise error("bad_name", f"this file system cannot tell {name!r} from {record['name']!r}")
            return None
        return record

    def _drop_bytes(self, name: str, keep: int | None = None) -> None:
        """Older generations, and what a crash between the bytes and the record left behind."""
        marker = file_of(self.objects, name, "")
        with suppress(FileNotFoundError):
            for file in list(marker.parent.iterdir()):
                kind = file.name.removeprefix(marker.name)
                if file.name.startswith(marker.name) and kind.isdigit() and kind != str(keep):
                    file.unlink(missing_ok=True)

    def _stored(self, record: Mapping[str, Any]) -> StoredObject:
        fields = ("name", "generation", "size_bytes", "content_type", "crc32c", "metadata", "updated_at")
        return StoredObject(bucket=self.bucket, **{key: record[key] for key in fields})


def write_file(target: Path, data: bytes, tmp: Path) -> None:
    """Replace `target` by `data`, whole or not at all."""
    with tmp.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    tmp.replace(target)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold an exclusive lock between threads and processes; it goes with the process that holds it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make renames inside `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(file: Path) -> dict[str, Any] | None:
    try:
        record: dict[str, Any] = json.loads(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    return record
