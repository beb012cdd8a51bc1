"""Why a worker could not start, from the end of its log.

Only what is known to be fit for people is taken: the sentence that aisubs/worker.py writes for them, and the name of a
module that Python did not find. Any other line may hold an address with a password in it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from aisubs.ports import LastWords

CANNOT_START = "worker.cannot_start"
"""The event that aisubs/worker.py ends its log with."""

_TAIL_BYTES = 64 << 10
_NO_MEMORY = re.compile(r"MemoryError\b")
_NO_MODULE = re.compile(r"No module named '?([\w.]+)'?$")


def last_words(log: Path) -> LastWords:
    """Of the worker that wrote this log and has ended; empty when it said nothing of the kind."""
    line = _last_line(log)
    if missing := _NO_MODULE.search(line):
        return LastWords(f"Python finds no module named {missing[1]}.", lasting=True)
    if _NO_MEMORY.match(line):
        return LastWords("There was not enough memory to start it.")
    try:
        record = json.loads(line)
    except ValueError:
        return LastWords()
    if not isinstance(record, dict) or record.get("message") != CANNOT_START:
        return LastWords()
    return LastWords(str(record.get("sentence", "")) or None, lasting=True)


def _last_line(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            lines = file.read().decode(errors="replace").split("\n")
    except FileNotFoundError:
        return ""
    return next((line for line in reversed(lines) if line.strip()), "")
