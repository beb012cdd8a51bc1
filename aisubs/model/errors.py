"""Errors as exceptions: each is a row of the one table (error_table.py), and its class says how the pipeline reacts.

AisubsError                      everything we raise on purpose
├── BadInput                     the user's file or request is at fault: never retried
├── Refused                      the request is fine, the moment or the right is not
├── LostLease                    this worker no longer owns the job: stop at once, write nothing
└── Unavailable                  something we depend on failed: worth another try
"""

from __future__ import annotations

from typing import Any

from aisubs.model.error_table import ERRORS

__all__ = ["ERRORS", "AisubsError", "BadInput", "LostLease", "Refused", "Unavailable", "error"]


class AisubsError(Exception):
    """An error from the table. `str()` gives the sentence.

    `reason` says more and is for logs only, except where the sentence asks for it (`bad_request`).
    """

    def __init__(self, code: str, reason: str = "", *, retry_after_s: float | None = None, **details: Any) -> None:
        row = ERRORS[code]
        self.code = code
        self.http_status = row.http_status
        self.retryable = row.retryable
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.details = details
        self.sentence = row.filled({"reason": reason, **details})
        super().__init__(self.sentence)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r}, {self.reason!r})"


class BadInput(AisubsError):
    """The recording or the request is at fault; trying again changes nothing."""


class Refused(AisubsError):
    """The request is well formed but may not happen now, or not by this caller."""


class LostLease(AisubsError):
    """The fence of a worker is no longer the job's: whatever it still writes is ignored, so it stops."""


class Unavailable(AisubsError):
    """Something we depend on failed; the same call may work later."""


_KINDS: dict[str, type[AisubsError]] = {kind.__name__: kind for kind in (BadInput, Refused, LostLease, Unavailable)}


def error(code: str, reason: str = "", *, retry_after_s: float | None = None, **details: Any) -> AisubsError:
    """Make the exception that belongs to `code`. An unknown code becomes `internal` with the code as its reason."""
    if code not in ERRORS:
        code, reason = "internal", f"unknown error code {code!r} {reason}"
    return _KINDS[ERRORS[code].kind](code, reason, retry_after_s=retry_after_s, **details)
