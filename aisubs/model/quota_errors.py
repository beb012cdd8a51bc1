"""The rows of the one table of errors (error_table.py) that are about what is used up, and about the line."""

from __future__ import annotations

from aisubs.model.error_code import row as _row

QUOTA_ROWS = (
    _row(
        "queue_full",
        429,
        True,
        "Refused",
        "The system is busy: {active} of {limit} jobs are in line. Try again in a few minutes.",
    ),
    _row(
        "too_many_uploads",
        429,
        True,
        "Refused",
        "{active} uploads are under way, and no more than {limit} may be. Try again when one of them is done.",
    ),
    _row(
        "day_used_up",
        429,
        True,
        "Refused",
        "The recordings of today are used up: {used} of {limit}. More may be sent from {returns} on.",
    ),
    _row(
        "bytes_used_up",
        429,
        True,
        "Refused",
        "The bytes of today are used up, or too few are left: {used} of {limit}. They return {returns}.",
    ),
    _row(
        "minutes_used_up",
        429,
        True,
        "Refused",
        "The audio minutes of this month are used up, or too few are left: {used} of {limit}. They return {returns}.",
    ),
    _row("not_admin", 403, False, "Refused", "This is for administrators of this server."),
    _row("stopped", 403, False, "Refused", "Whoever runs this server has stopped this job."),
)
