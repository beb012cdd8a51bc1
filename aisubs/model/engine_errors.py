"""The rows of the one table of errors (error_table.py) that are about engines elsewhere, to which sound is sent."""

from __future__ import annotations

from aisubs.model.error_code import row as _row

ENGINE_ROWS = (
    _row("engine_unusable", 503, False, "Refused", "The model {model} cannot be used here: {why}."),
    _row(
        "engine_key",
        503,
        False,
        "Refused",
        "The speech service at {host} does not take the key of this server. Whoever runs it looks at HEARING_KEY.",
    ),
    _row("engine_refused", 503, False, "Refused", "The speech service at {host} refuses what it is asked: {why}."),
    _row(
        "engine_busy",
        503,
        True,
        "Unavailable",
        "The speech service takes no more at the moment. What is done stays, and it is asked again.",
    ),
    _row(
        "engine_unavailable",
        503,
        True,
        "Unavailable",
        "The speech service gives no answer that can be read. What is done stays, and it is asked again.",
    ),
    _row(
        "engine_budget",
        429,
        False,
        "Refused",
        "This recording has used up what it may take at the speech service: {spent} of {limit} {unit}. What is done "
        "stays, and a retry goes on from there when {setting} is raised.",
    ),
)
