"""A run's folders in memory, where the machine has room for them.

Every test has a database or an edition of its own, each some hundreds of files: on a disk that other things keep busy,
making them takes longer than the tests themselves.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

ROOT = "PYTEST_DEBUG_TEMPROOT"  # where pytest makes the folders of a run; its workers inherit it
_NAME = re.compile(r"aisubs-run-(\d+)-\w+")
_MEMORY = Path("/dev/shm")
_FOLDERS_BYTES = 2 << 30  # a whole run holds at most 0.6 GB at once
_LEFT_BYTES = 6 << 30  # for the tests themselves: what would have to be swapped is slower than any disk


def take() -> Path | None:
    """A new folder in memory for this run; None where there is no room, or where somebody has chosen a place."""
    if ROOT in os.environ or not _has_room():
        return None
    for left in _MEMORY.glob("aisubs-run-*"):
        if _is_over(left):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"aisubs-run-{os.getpid()}-", dir=_MEMORY))
    folder.chmod(0o755)  # Postgres 15 walks to its data as another account; what pytest makes below is private
    os.environ[ROOT] = str(folder)
    return folder


def walkable() -> Path | None:
    """The folder of this run, if it is in memory. Other accounts can walk to it."""
    folder = Path(os.environ.get(ROOT, ""))
    return folder if folder.parent == _MEMORY and _NAME.fullmatch(folder.name) else None


def _has_room() -> bool:
    try:
        told = Path("/proc/meminfo").read_text()
        free = shutil.disk_usage(_MEMORY).free
    except OSError:
        return False
    available = re.search(r"^MemAvailable:\s+(\d+) kB", told, re.MULTILINE)
    return free >= _FOLDERS_BYTES and available is not None and int(available[1]) << 10 >= _LEFT_BYTES


def _is_over(folder: Path) -> bool:
    """Whether it is ours and its run has ended: a run that failed leaves its folder to be looked at, until the next."""
    named = _NAME.fullmatch(folder.name)
    return named is not None and folder.stat().st_uid == os.geteuid() and not Path("/proc", named[1]).exists()
