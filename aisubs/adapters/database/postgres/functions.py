"""What a function takes and returns, read from the catalogue, and the statement that calls it as PostgREST would.

PostgREST hands the arguments over as one JSON object that the server itself takes apart into the declared types
(`json_to_record`), so a JSON number fits an integer, a bigint and a double alike, and null has the right type. We do
the same, so that a call means the same through both plugs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from aisubs.adapters.database import SCHEMA

_SIGNATURE = """
    select p.proname as name,
        array(
            select name from unnest(p.proargnames, p.proargmodes) as a(name, mode)
            where coalesce(mode in ('i', 'b', 'v'), true)
        ) as names,
        array(select format_type(t, null) from unnest(p.proargtypes) with ordinality as a(t, n) order by n) as types,
        p.pronargs - p.pronargdefaults as required,
        p.proretset as many
    from pg_proc p
    where p.pronamespace = to_regnamespace(%s) and p.proname = %s
"""


@dataclass(frozen=True, slots=True)
class Signature:
    """One function. The first `required` of `names` have no default; `many` says that it returns a set."""

    name: str
    names: list[str]
    types: list[str]
    required: int
    many: bool

    def fits(self, given: Iterable[str]) -> bool:
        """Whether the function can be called with arguments of these names."""
        return set(self.names[: self.required]) <= set(given) <= set(self.names)

    def statement(self, given: Iterable[str]) -> sql.Composed:
        """`select` of each row as JSON, and whether it is void. Its only parameter is the JSON object of arguments."""
        named = [name for name in self.names if name in set(given)]
        types = dict(zip(self.names, self.types, strict=True))
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(types[name])) for name in named
        )
        arguments = sql.SQL(", ").join(sql.SQL("{0} => given.{0}").format(sql.Identifier(name)) for name in named)
        # Names in parentheses are ours: a function's columns may have any other.
        return sql.SQL(
            'select to_json("(row)"), "(kind)".type = \'void\'::regtype '
            'from {given} {function}({arguments}) as "(value)", '
            'lateral (select pg_typeof("(value)") as type) as "(kind)", lateral (select "(value)".*) as "(row)"'
        ).format(
            given=sql.SQL("json_to_record(%s::json) as given({}), lateral").format(columns) if named else sql.SQL(""),
            function=sql.Identifier(SCHEMA, self.name),
            arguments=arguments,
        )

    def body(self, rows: list[tuple[Any, ...]]) -> Any:
        """What PostgREST would answer."""
        # A function that returns values, not rows, has one column, under the name that the statement gives it.
        values = [row.get("(value)", row) for row, void in rows if not void]
        return values if self.many or len(values) != 1 else values[0]


def read_signature(connection: psycopg.Connection[Any], function: str) -> Signature | None:
    """The function of that name in our schema; None if there is none."""
    with connection.cursor(row_factory=class_row(Signature)) as cursor:
        return cursor.execute(_SIGNATURE, [SCHEMA, function]).fetchone()
