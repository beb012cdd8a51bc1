"""Errors of who comes in: rows of the one table (error_table.py)."""

from __future__ import annotations

from aisubs.model.error_code import ErrorCode
from aisubs.model.error_code import row as _row

SIGN_IN_ROWS: tuple[ErrorCode, ...] = (
    _row("signed_out", 401, False, "Refused", "This sign-in is over. Sign in again."),
    _row(
        "sign_in_refused",
        403,
        False,
        "Refused",
        "That did not sign you in. Begin again; the link of a machine is shown by `aisubs link` on the machine itself.",
    ),
    _row("sign_in_unavailable", 404, False, "Refused", "Nobody signs in to this server in that way."),
    _row("sign_in_required", 401, False, "Refused", "This server is for people who have signed in."),
    _row("not_allowed", 403, False, "Refused", "You are known, but not among those who may use this server."),
    _row(
        "identity_unavailable",
        503,
        True,
        "Unavailable",
        "The service that says who you are does not answer. Try again shortly.",
    ),
    _row("key_refused", 401, False, "Refused", "This API key opens nothing: it was revoked, is over, or never was."),
    _row("key_scope", 403, False, "Refused", "This API key was not made for that."),
    _row("too_many_keys", 409, False, "Refused", "There are {limit} keys already. Revoke one first."),
)
