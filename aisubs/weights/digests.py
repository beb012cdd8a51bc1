"""SHA-256 of large files, computed once: remembered with the size and time of the file that it was computed from."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path

from aisubs.weights.notes import note_of, read_note, write_note

_REMEMBERED = ".digests"


def digest_of(file: Path, model_dir: Path) -> str:
    """SHA-256 in hex. A file that has changed its size or time is read again; so is every file where nothing can be
    remembered. Raises OSError."""
    status, path = file.stat(), str(file.resolve())
    known = {"path": path, "size_bytes": status.st_size, "mtime_ns": status.st_mtime_ns}
    note = note_of(path, model_dir / _REMEMBERED)
    read = read_note(note)
    if "sha256" in read and {name: read.get(name) for name in known} == known:
        return str(read["sha256"])
    with file.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    write_note(note, {**known, "sha256": digest})
    return digest
