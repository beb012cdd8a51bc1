"""A plain folder for people: the results of dropped files lie in it under the names of the recordings."""

from __future__ import annotations

import os
from hashlib import file_digest
from pathlib import Path
from uuid import uuid4

from aisubs.model.errors import error
from aisubs.model.names import check_object_name, fit_filename


class Folder:
    """The Mirror port over one folder. Missing subfolders are made."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, data: bytes, content_type: str = "application/octet-stream") -> Path:  # noqa: ARG002
        """As aisubs.ports.Mirror.put; returns where the file lies.

        A part that is too long for a file system is shortened (`fit_filename`). Raises `bad_name`, `store_unavailable`.
        """
        target = self._place(name)
        tmp = target.parent / f".{uuid4().hex}.tmp"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with tmp.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                tmp.replace(target)
            finally:
                tmp.unlink(missing_ok=True)
        except OSError as fault:
            raise error("store_unavailable", f"{target}: {fault}") from fault
        return target

    def digest(self, name: str) -> str | None:
        """As aisubs.ports.Mirror.digest. Raises `bad_name`, `store_unavailable`."""
        target = self._place(name)
        try:
            with target.open("rb") as file:
                return file_digest(file, "sha256").hexdigest()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as fault:
            raise error("store_unavailable", f"{target}: {fault}") from fault

    def delete(self, name: str) -> None:
        """As aisubs.ports.Mirror.delete. Raises `bad_name`, `store_unavailable`."""
        target = self._place(name)
        try:
            target.unlink(missing_ok=True)
        except NotADirectoryError:
            return  # one of its folders is a file, so it is not there
        except OSError as fault:
            raise error("store_unavailable", f"{target}: {fault}") from fault

    def _place(self, name: str) -> Path:
        parts = [fit_filename(part) for part in check_object_name(name).split("/") if part]
        return self._root.joinpath(*parts)


class FilmFolder(Folder):
    """A results folder as Folder, for a library of films: their subtitles belong into the folder of the films.

    The ports Mirror and BesideRecordings."""

    def __init__(self, root: Path, films: Path) -> None:
        super().__init__(root)
        self._films = films
        self.beside = Folder(films)

    def names(self, folder: str) -> list[str]:
        """As aisubs.ports.BesideRecordings.names."""
        try:
            return sorted(entry.name for entry in (self._films / folder).iterdir() if entry.is_file())
        except OSError as fault:
            raise error("store_unavailable", f"{self._films / folder}: {fault}") from fault
