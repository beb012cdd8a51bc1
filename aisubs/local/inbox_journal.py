"""Which files of the inbox were taken already, in which state: one JSON line each, newest last (nulls: forgotten)."""

from __future__ import annotations

import json
import os
from pathlib import Path

from aisubs.local.deposit import Signature


class InboxJournal:
    """Survives kill -9: a line is on the disk before `record` returns, and a torn last line is passed over."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._known = _read(path)
        self._compact()

    def holds(self, name: str, signature: Signature) -> bool:
        return self._known.get(name) == signature

    def names(self) -> set[str]:
        return set(self._known)

    def record(self, name: str, signature: Signature) -> None:
        self._append(_line(name, signature))
        self._known[name] = signature

    def forget(self, name: str) -> None:
        """It was taken back: should it come again, it is taken again."""
        self._append(json.dumps([name, None, None]).encode() + b"\n")
        self._known.pop(name, None)

    def _append(self, line: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def _compact(self) -> None:
        """Rewrite the file without what newer lines replaced, so that it does not grow for ever."""
        beside = self._path.with_suffix(".new")
        with beside.open("wb") as file:
            file.writelines(_line(name, signature) for name, signature in self._known.items())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)


def _line(name: str, signature: Signature) -> bytes:
    # ASCII only, so that any file name of any file system survives, lone surrogates included.
    return json.dumps([name, signature.size_bytes, signature.mtime_ns]).encode() + b"\n"


def _read(path: Path) -> dict[str, Signature]:
    known: dict[str, Signature] = {}
    if not path.exists():
        return known
    for line in path.read_bytes().splitlines():
        try:
            name, size_bytes, mtime_ns = json.loads(line)
            if size_bytes is None:
                known.pop(str(name), None)
            else:
                known[str(name)] = Signature(int(size_bytes), int(mtime_ns))
        except (ValueError, TypeError):
            continue  # torn by a crash: that file is looked at again, and the job book knows it by its generation
    return known
