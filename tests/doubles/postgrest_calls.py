"""How PostgREST carries out one function call, and what it makes of an error. Used by supabase_rpc.py."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

# SQLSTATE, or its first characters, to HTTP status; the longest match counts.
_STATUS = {
    "08": 503, "09": 500, "0L": 403, "0P": 403, "23503": 409, "23505": 409, "25": 500, "25006": 405, "28": 403,
    "2D": 500, "38": 500, "39": 500, "3B": 500, "40": 500, "53": 503, "53400": 500, "54": 500, "55": 500, "57": 500,
    "58": 500, "F0": 500, "HV": 500, "P0": 500, "P0001": 400, "XX": 500, "42883": 404, "42P01": 404, "42P17": 500,
}  # fmt: skip

_FUNCTIONS = """
    select p.oid::regproc, p.provolatile = 'v' as writes, p.prorettype = 'void'::regtype as void, p.proretset as many,
        not (t.typtype = 'c' or coalesce(p.proargmodes && '{o,b,t}'::"char"[], false)) as scalar,
        p.pronargs - p.pronargdefaults as required,
        (select json_agg(json_build_array(coalesce(p.proargnames[n], ''), format_type(p.proargtypes[n - 1], null)))
            from generate_series(1, p.pronargs) as n) as arguments
    from pg_proc p join pg_namespace s on s.oid = p.pronamespace join pg_type t on t.oid = p.prorettype
    where s.nspname = %s and p.proname = %s
"""


@dataclass(frozen=True)
class Call:
    """One request: `names` are the keys of the JSON object `body`."""

    schema: str
    function: str
    body: str
    names: frozenset[str]


class Failure(Exception):
    """An answer that is not 2xx. Without a code it comes from the gateway, which has a shape of its own."""

    def __init__(
        self, status: int, code: str | None, message: str, details: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self._code, self._message, self._details, self._hint = code, message, details, hint

    def body(self) -> dict[str, str | None]:
        if self._code is None:
            return {"message": self._message, "hint": self._hint}
        return {"code": self._code, "details": self._details, "hint": self._hint, "message": self._message}


def answer_to(
    connection: psycopg.Connection,
    call: Call,
    role: str,
    claims: dict[str, Any],
    statement_timeout_s: float,
    max_rows: int,
) -> tuple[int, bytes]:
    """Status and body. One transaction, as `role`, read only if the function does not say that it writes."""
    found = connection.execute(_FUNCTIONS, [call.schema, call.function]).fetchall()
    fitting = [row for row in found if _fits(row, call)]
    if not fitting:
        raise _unknown(call)
    _, writes, void, many, scalar, _, arguments = fitting[0]
    with connection.transaction():
        if not writes:
            connection.execute("set transaction read only")
        connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
        connection.execute(
            "select set_config('request.jwt.claims', %s, true), set_config('request.method', 'POST', true), "
            "set_config('search_path', %s, true), set_config('statement_timeout', %s, true)",
            [json.dumps(claims), f'"{call.schema}"', f"{round(statement_timeout_s * 1000)}ms"],
        )
        rows = connection.execute(_select(call, dict(arguments or []), scalar), [call.body, max_rows]).fetchall()
    if void:
        return 204, b""
    texts = [row[0] if row[0] is not None else "null" for row in rows]
    return 200, ("[" + ", ".join(texts) + "]" if many else texts[0]).encode()


def failure_of(problem: psycopg.Error, role: str) -> Failure:
    """The answer that a database error becomes."""
    state = problem.sqlstate
    if state is None or state.startswith("57P"):
        return Failure(503, "PGRST001", "Database client error. Retrying the connection.", str(problem))
    diagnosis = problem.diag
    return Failure(
        _status_of(state, role), state, diagnosis.message_primary or "", diagnosis.message_detail,
        diagnosis.message_hint,
    )  # fmt: skip


def _status_of(state: str, role: str) -> int:
    if re.fullmatch(r"PT\d{3}", state):
        return int(state[2:])
    if state == "42501":
        return 401 if role == "anon" else 403
    return next((_STATUS[state[:length]] for length in (5, 2) if state[:length] in _STATUS), 400)


def _fits(row: tuple[Any, ...], call: Call) -> bool:
    names = [name for name, _ in row[6] or []]
    return set(names[: row[5]]) <= call.names <= set(names)


def _unknown(call: Call) -> Failure:
    given = ", ".join(sorted(call.names))
    called = f"{call.schema}.{call.function}({given})" if given else f"{call.schema}.{call.function} without parameters"
    searched = f"with parameters {given}" if given else "without parameters"
    return Failure(
        404,
        "PGRST202",
        f"Could not find the function {called} in the schema cache",
        f"Searched for the function {call.schema}.{call.function} {searched} or with a single unnamed json/jsonb "
        "parameter, but no matches were found in the schema cache.",
    )


def _select(call: Call, types: dict[str, str], scalar: bool) -> sql.Composed:
    """One text column: each value as JSON."""
    given = [name for name in types if name in call.names]
    function = sql.Identifier(call.schema, call.function)
    payload = sql.SQL("(select %s::json as json_data) as pgrst_payload")
    source, arguments = payload, sql.SQL("")
    if given:
        columns = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(types[name])) for name in given]
        source = payload + sql.SQL(", lateral json_to_record(pgrst_payload.json_data) as pgrst_body({})").format(
            sql.SQL(", ").join(columns)
        )
        arguments = sql.SQL(", ").join(sql.SQL("{0} := pgrst_body.{0}").format(sql.Identifier(name)) for name in given)
    called = sql.SQL("{}({})").format(function, arguments)
    if scalar:
        inner = sql.SQL("select {} as pgrst_scalar from {}").format(called, source)
        return sql.SQL("select to_json(pgrst_scalar)::text from ({}) as pgrst_source limit %s").format(inner)
    inner = sql.SQL("select pgrst_call.* from {}, lateral {} as pgrst_call").format(source, called)
    return sql.SQL("select row_to_json(pgrst_source)::text from ({}) as pgrst_source limit %s").format(inner)
