"""The log of a command that talks to a person: in a file, so that the terminal is left to what the person wants."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from aisubs.log import JsonFormatter, set_up_logging
from aisubs.settings import Settings

MAX_BYTES = 8 << 20
KEPT = 2


def log_to_file(settings: Settings, command: str) -> Path:
    """Send the log of this process to DATA_DIR/logs/<command>.log and return that path. Raises OSError."""
    path = settings.data_dir.absolute() / "logs" / f"{command}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    set_up_logging(settings.log_level)
    handler = RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8", errors="replace")
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    for to_stderr in [old for old in root.handlers if isinstance(old.formatter, JsonFormatter)]:
        root.removeHandler(to_stderr)
    root.addHandler(handler)
    return path
