"""docs/faults.md names every fault once, and only tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/faults.md").read_text()
ROWS = [line.strip("| \n").split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_fault_has_a_row_with_a_test_or_a_reason() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 29))
    assert [row[0] for row in ROWS if "::" not in row[-1] and "Not provoked: " not in row[2]] == []


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_the_named_tests_exist(path: str, name: str) -> None:
    # The suite that runs over the cloud's plugs takes its tests from this one.
    source = path.replace("test_transcribe_job_cloud", "test_transcribe_job")
    assert (ROOT / path).exists()
    assert name in functions_of(ROOT / source)


def test_the_rehearsal_says_which_faults_it_provokes() -> None:
    """The numbers in the docstrings are those of the page."""
    wrong = []
    for path in (ROOT / "tests/rehearsal").glob("test_*.py"):
        for node in ast.parse(path.read_text()).body:
            if (
                isinstance(node, ast.FunctionDef)
                and (told := ast.get_docstring(node) or "").replace(", ", "").isdigit()
            ):
                named = {row[0] for row in ROWS if f"{path.name}::{node.name}`" in row[-1]}
                wrong += [(node.name, number) for number in told.split(", ") if number not in named]
    assert wrong == []


def test_no_time_is_told_to_the_database(database_url: str) -> None:
    """A function that takes a time would take the clock of whoever calls it."""
    with psycopg.connect(database_url) as connection:
        taking = connection.execute("""
            select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = 'aisubs_api' and exists (
                select from unnest(p.proargtypes) as t where t::regtype::text ~ '^(timestamp|time|date)')
        """).fetchall()
        known = connection.execute(
            "select count(*) from pg_proc where pronamespace = 'aisubs_api'::regnamespace"
        ).fetchone()
    assert taking == []
    assert known is not None
    assert known[0] > 20
