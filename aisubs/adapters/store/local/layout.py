"""Object name -> paths. The folder stays readable: `inbox/Talk 1.mp4` lies in `objects/inbox/Talk 1.mp4@<generation>`.

secret                          signs read links
lock                            held (flock) around every change of the tree
generation                      the last one given out
objects/<name>@<generation>     the bytes
objects/<name>@json             the record; renaming it into place is what makes an object exist
sessions/<hash of id>/          uploads under way
tmp/                            writes under way
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from aisubs.model.names import check_object_name

RECORD = "json"

_PRIVATE = 0o700

_MAX_PART_BYTES = 200  # leaves room for "@" and a generation within the 255 of the usual file systems
_KEPT_BYTES = 100
_EMPTY_PART = "%00"  # NUL never occurs in a name, so nothing else is written like this
_HASHED = "%~"  # nor does an escape ever look like this


def make_private(folder: Path) -> None:
    """Make the folder, if need be, and let nobody in but its owner: recordings of strangers lie in it, and everybody
    with an account on this machine could read them."""
    folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
    found = folder.stat()
    if found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) != _PRIVATE:
        folder.chmod(_PRIVATE)


def file_of(objects: Path, name: str, kind: str) -> Path:
    """The path of an object's bytes (`kind` = its generation) or record (`kind` = RECORD).

    "a" and "a/b" may both exist: a file always has its "@", a folder never. Raises `bad_name`.
    """
    *folders, last = (_escape(part) for part in check_object_name(name).split("/"))
    return objects.joinpath(*folders) / f"{last}@{kind}"


def folder_of(objects: Path, prefix: str) -> Path:
    """The deepest folder that holds every name starting with `prefix`."""
    return objects.joinpath(*(_escape(part) for part in prefix.split("/")[:-1]))


def _escape(part: str) -> str:
    if not part:
        return _EMPTY_PART
    escaped = "".join(f"%{ord(char):02X}" if char in "%@" or char < " " or char == "\x7f" else char for char in part)
    raw = escaped.encode()
    if len(raw) <= _MAX_PART_BYTES:
        return escaped
    # The record holds the true name; the path only has to be unique.
    return raw[:_KEPT_BYTES].decode(errors="ignore") + _HASHED + hashlib.sha256(part.encode()).hexdigest()
