"""Whether the API answers as it describes itself: thousands of requests at random, by three callers, over every route.

`python -m tests.bench described` starts a Postgres of its own. The short form is tests/doors/test_http_described.py.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from aisubs.local.postgres import EmbeddedPostgres
from aisubs.sql.migrate import migrate
from tests.bench.__main__ import Row
from tests.doors.http_door import open_door
from tests.doors.test_http_described import asker_of

EXAMPLES, SEEDS = 20, (2, 3)


def rows() -> Iterator[Row]:
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "postgres") as server:
            with psycopg.connect(server.url) as connection:
                migrate(connection)
            with open_door(server.url, Path(folder) / "data", edition="local") as door:
                asker = asker_of(door)
                faults = list(asker.faults(EXAMPLES, seed))
        for fault in faults:
            print(f"  {fault}")
        asked = sum(asker.asked.values())
        name = f"answers that the description does not promise, of {asked}, seed {seed}"
        yield name, str(len(faults)), "0", not faults
