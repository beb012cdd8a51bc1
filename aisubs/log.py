"""Logs as one JSON object per line, as Cloud Logging reads them: severity, message, time, and our own fields.

Everybody logs through the standard library: `log.info("windows.saved", extra={"job_id": …})`. The message is the name
of an event, what belongs to it stands in `extra`. Stack traces go here and nowhere else, without the secrets in them.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

from aisubs.log_names import without_names
from aisubs.log_secrets import conceal, conceal_all

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_QUIET = ("httpx", "httpcore", "faster_whisper", "urllib3", "huggingface_hub", "filelock")
"""Libraries that tell each request or each window at INFO."""


class JsonFormatter(logging.Formatter):
    """One line per record. `extra` fields keep their names; an exception becomes `stack_trace`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "severity": record.levelname,
            "message": record.getMessage(),
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "logger": record.name,
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            line["stack_trace"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(conceal_all(without_names(line)), ensure_ascii=False, default=lambda one: conceal(str(one)))


def set_up_logging(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send the log of the whole process to `stream` (stderr). Calling it again replaces the earlier set-up."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    for old in list(root.handlers):
        if isinstance(old.formatter, JsonFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
