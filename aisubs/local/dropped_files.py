"""What lies in the watched folder: what may be a recording, and what is passed over and why."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aisubs.model.dropped import is_being_fetched, signs_of_fetching, why_folder_passed_over, why_passed_over


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """`name` is the path below the folder, with slashes. With a `why` it is passed over, or the whole folder is."""

    path: Path
    name: str
    why: str | None


def dropped_files(folder: Path, complain: Callable[[OSError], None]) -> Iterator[DroppedFile]:
    """Everything below `folder`, by name; of a folder that is passed over, itself. Links to folders are not followed.

    `complain` hears of folders that cannot be read.
    """
    for root, folders, files in os.walk(folder, onerror=complain):

        def found(name: str, why: str | None, root: str = root) -> DroppedFile:
            path = Path(root, name)
            return DroppedFile(path, path.relative_to(folder).as_posix(), why)

        folders.sort()
        for name in list(folders):
            if why := why_folder_passed_over(name):
                folders.remove(name)
                yield found(name, why)
        signs = signs_of_fetching(files)
        for name in sorted(files):
            yield found(name, why_passed_over(name) or _why_not_yet(Path(root, name), signs))


def _why_not_yet(path: Path, signs: frozenset[str]) -> str | None:
    try:
        waits = bool(signs) and is_being_fetched(path.name, signs, empty=path.stat().st_size == 0)
    except OSError:
        return None  # gone again, or a link to nowhere
    return "not there yet, by what lies beside it" if waits else None
