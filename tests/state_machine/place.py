"""A database behind one of the plugs: emptied for each run of the machine; answers get lost in it, and time passes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from aisubs.adapters.database.postgres import PostgresDatabase
from aisubs.adapters.database.supabase import SupabaseDatabase
from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Jobs
from aisubs.ports import Database
from tests.doubles.supabase_rpc import SupabaseRpc
from tests.state_machine.known import DAY_S

PLUGS = ("postgres", "supabase")
_STAYS = ("schema_migrations", "limits")
_FAR_DAYS = 100_000


class LostAnswers:
    """A plug whose caller lost the line after the call was carried out, and calls again: as the plugs do themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.lost: set[str] = set()

    def call(self, function: str, /, **arguments: Any) -> list[dict[str, Any]]:
        if function in self.lost:
            self.lost.discard(function)
            with contextlib.suppress(AisubsError):
                self._database.call(function, **arguments)
        return self._database.call(function, **arguments)

    def ping(self) -> str:
        return self._database.ping()


class Place:
    """`jobs` is the book; `lost` names functions whose next answer does not arrive; `sql` looks at the tables."""

    def __init__(self, url: str, database: Database, lost: set[str]) -> None:
        self.jobs, self.lost = Jobs(database), lost
        self._connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)
        # Triggers and foreign keys are for those who change jobs; this one turns the clock.
        self._connection.execute("set session_replication_role = replica")
        self.tables = [row["name"] for row in self.sql(
            "select table_name as name from information_schema.tables where table_schema = 'aisubs'"
        ) if row["name"] not in _STAYS]  # fmt: skip
        self._times = self.sql(
            "select table_name as name, data_type as kind, array_agg(column_name::text) as columns "
            "from information_schema.columns where table_schema = 'aisubs' and is_generated = 'NEVER' "
            "and data_type in ('date', 'timestamp with time zone') and table_name <> 'schema_migrations' group by 1, 2"
        )
        self._limits = json.dumps(self.sql("select to_jsonb(l) as row from aisubs.limits l")[0]["row"])
        self._passed_s = 0

    def close(self) -> None:
        self._connection.close()

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        cursor = self._connection.execute(statement, values or None)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []

    def clear(self) -> None:
        """As it was after the migration."""
        self.lost.clear()
        self._passed_s = 0
        emptied = [f"delete from aisubs.{name}" for name in [*self.tables, "limits"]]
        again = sql.SQL("insert into aisubs.limits select * from jsonb_populate_record(null::aisubs.limits, {})")
        with self._connection.transaction():
            self._connection.execute(sql.SQL(";".join(emptied)))
            self._connection.execute(again.format(sql.Literal(self._limits)))

    def passes(self, seconds: int) -> None:
        """Every time in every table was so much longer ago. Dates move whenever another whole day has gone by."""
        days = (self._passed_s + seconds) // DAY_S - self._passed_s // DAY_S
        self._passed_s += seconds
        with self._connection.transaction():
            for table in self._times:
                if table["kind"] != "date":
                    self._shift(table, f"- interval '{seconds} seconds'")
                elif days:  # in two leaps, for two rows must not have one key meanwhile
                    self._shift(table, f"+ {_FAR_DAYS}")
                    self._shift(table, f"- {_FAR_DAYS + days}")

    def _shift(self, table: dict[str, Any], by: str) -> None:
        moved = ", ".join(f'"{column}" = "{column}" {by}' for column in table["columns"])
        self._connection.execute(sql.SQL(f"update aisubs.{table['name']} set {moved}"))

    @property
    def day(self) -> int:
        """Days since 1970 (UTC) by this place's clock."""
        today = self.sql("select (now() at time zone 'utc')::date - date '1970-01-01' as day")[0]["day"]
        return int(today) + self._passed_s // DAY_S

    def sender(self, of: str | None) -> str | None:
        """As the tables have it: of an address there is a salted hash."""
        if of is None or not of.startswith("address:"):
            return of
        salted = json.loads(self._limits)["address_salt"] + of.removeprefix("address:")
        return f"address:{sha256(salted.encode()).hexdigest()}"

    def left(self) -> dict[str, int]:
        """How many rows are in each table that is not empty."""
        counts = ", ".join(f"(select count(*) from aisubs.{name}) as {name}" for name in self.tables)
        return {name: count for name, count in self.sql(f"select {counts}")[0].items() if count}


@contextmanager
def place_behind(plug: str, url: str) -> Iterator[Place]:
    """On this migrated database, which becomes the machine's own."""
    with contextlib.ExitStack() as stack:
        if plug == "postgres":
            direct = PostgresDatabase(url, connections=2)
            stack.callback(direct.close)
            losing = LostAnswers(direct)
            place = Place(url, losing, losing.lost)
        else:
            endpoint = stack.enter_context(SupabaseRpc(url))
            through = SupabaseDatabase(endpoint.url, endpoint.keys.service)
            stack.callback(through.close)
            place = Place(url, through, endpoint.lost)
        stack.callback(place.close)
        yield place
