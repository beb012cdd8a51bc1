"""The database port: two ways to call the functions of schema `aisubs_api`, with the same rows and the same errors.

    postgres/      straight, over the Postgres protocol (the local edition, or any DATABASE_URL)
    supabase.py    through PostgREST, as Supabase offers it over HTTPS

What both make of an answer is here.
"""

from __future__ import annotations

import json
import re
from typing import Any

from aisubs.model.errors import AisubsError, error

SCHEMA = "aisubs_api"

# Postgres: connection lost, deadlock, out of resources, lock not to be had, shutting down or out of time, disk trouble,
# wrong credentials, no such database. PostgREST: no database, schema not exposed, key not accepted. See
# https://www.postgresql.org/docs/current/errcodes-appendix.html
# https://docs.postgrest.org/en/stable/references/errors.html
_PASSING = ("08", "40", "53", "55P03", "57", "58", "28", "3D", "PGRST0", "PGRST106", "PGRST3")


def rows_from_body(function: str, body: Any) -> list[dict[str, Any]]:
    """Rows from what PostgREST answers: a list of objects, one object, or values of a scalar function.

    The value of a scalar function stands in a row under the function's name.
    """
    values = body if isinstance(body, list) else [body]
    return [value if isinstance(value, dict) else {function: value} for value in values]


def error_from_sql(function: str, sqlstate: str, message: str, detail: str | None) -> AisubsError:
    """Our error for what a call of `function` raised: SQLSTATE `PTxyz` carries one of our codes as its message."""
    if re.fullmatch(r"PT\d{3}", sqlstate):
        details = _details(detail)
        retry_after_s = details.pop("retry_after_s", None)
        reason = str(details.pop("reason", f"{function} raised {sqlstate}"))
        details.pop("code", None)
        return error(message, reason, retry_after_s=retry_after_s, **details)
    code = "database_unavailable" if sqlstate.startswith(_PASSING) else "internal"
    return error(code, f"{function}: {sqlstate} {message}")


def to_json(function: str, arguments: dict[str, Any]) -> str:
    """The arguments as one JSON object.

    Raises `bad_request` for text that no database holds, and `internal` for what is not JSON: our own mistake.
    """
    try:
        given = json.dumps(arguments, allow_nan=False, ensure_ascii=False)
        given.encode()
    except UnicodeEncodeError as problem:
        raise error("bad_request", "Text holds half of a character (a lone surrogate).") from problem
    except (TypeError, ValueError, RecursionError) as problem:  # ValueError: NaN
        raise error("internal", f"{function}: the arguments are not JSON: {problem}") from problem
    if "\\u0000" in given and _holds_nul(arguments):
        raise error("bad_request", "Text holds a NUL character.")
    return given


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(held) for key, held in value.items())
    return isinstance(value, list | tuple) and any(map(_holds_nul, value))


def _details(detail: str | None) -> dict[str, Any]:
    try:
        parsed = json.loads(detail or "{}")
    except ValueError:  # written for people, by something that is not ours
        return {}
    return parsed if isinstance(parsed, dict) else {}
