"""Small files in the model folder about what was costly to find out; where nothing can be written, it is found anew."""

from __future__ import annotations

import json
import logging
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


def note_of(key: str, folder: Path) -> Path:
    """Where the note about `key` lies."""
    return folder / f"{sha256(key.encode()).hexdigest()[:32]}.json"


def read_note(note: Path) -> dict[str, Any]:
    """Empty where there is none, or one that cannot be read."""
    try:
        read = json.loads(note.read_bytes())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def write_note(note: Path, what: dict[str, object]) -> None:
    waiting = note.with_name(f"{note.stem}.{os.getpid()}.part")
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        waiting.write_text(json.dumps(what))
        waiting.replace(note)
    except OSError as fault:  # a folder that may only be read, or a full disk
        log.debug("note.not_written", extra={"reason": str(fault)})
        with suppress(OSError):
            waiting.unlink(missing_ok=True)
