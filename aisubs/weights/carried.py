"""How many windows a device carries at once with a model, found out by running out of memory. It is noted in the model
folder, so that each worker need not find it out again."""

from __future__ import annotations

import time
from pathlib import Path

from aisubs.weights.notes import note_of, read_note, write_note

_FOLDER = ".carried"

BELIEVED_S = 7 * 24 * 3600.0
"""Then whole batches are tried again, at the cost of one: another program may have had the memory."""


def carried(key: str, model_dir: Path) -> int | None:
    """Windows at once; None: nothing is known. `key` names model, numbers and device."""
    read = read_note(note_of(key, model_dir / _FOLDER))
    at_once, noted_at_s = read.get("at_once"), read.get("noted_at_s")
    if not isinstance(at_once, int) or not isinstance(noted_at_s, float):
        return None
    return max(1, at_once) if 0 <= time.time() - noted_at_s < BELIEVED_S else None


def remember_carried(key: str, model_dir: Path, at_once: int) -> None:
    write_note(note_of(key, model_dir / _FOLDER), {"key": key, "at_once": at_once, "noted_at_s": time.time()})
