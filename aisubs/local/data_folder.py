"""DATA_DIR: recordings of strangers, their texts and the log lie in it, so that it is its user's alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_PRIVATE = 0o700
_PASSED_THROUGH = 0o711
"""As root the database's server is another account, which has to come by. What lies inside is private on its own."""


def make_data_folder(folder: Path) -> None:
    """Make it, if need be, and let nobody else look into it. That of somebody else is left as it is. Raises OSError."""
    mode = _PASSED_THROUGH if os.geteuid() == 0 else _PRIVATE
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    found = folder.stat()
    if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != mode:
        folder.chmod(mode)
    for inside in ("logs", "executions"):
        (folder / inside).mkdir(exist_ok=True, mode=_PRIVATE)
        if (folder / inside).stat().st_uid == os.geteuid():
            (folder / inside).chmod(_PRIVATE)
