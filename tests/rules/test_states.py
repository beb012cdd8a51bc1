"""docs/states.md is what the SQL says, and the SQL uses only functions and errors that there are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from aisubs.cli.progress import STAGES
from aisubs.model.errors import ERRORS
from aisubs.model.events import EVENTS
from aisubs.model.job import Source, Stage, Status
from aisubs.sql.states import deadlines, moves, page

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "aisubs/sql").rglob("*.sql"))
CODE = "\n".join(path.read_text() for path in SCRIPTS if path.parent.name == "code")
FUNCTIONS = set(re.findall(r"create function aisubs_api\.(\w+)", CODE))


def test_the_page_is_current() -> None:
    assert (ROOT / "docs/states.md").read_text() == page(), "run `make docs`"


def test_moves_lead_from_and_to_known_states_by_known_functions() -> None:
    known = {status.value for status in Status}
    assert {move.to_status for move in moves()} == known
    assert {move.from_status for move in moves()} - {None} == known - {"completed"}
    assert {move.by_function for move in moves()} <= FUNCTIONS
    assert {deadline.enforced_by for deadline in deadlines()} <= FUNCTIONS


@pytest.mark.parametrize("words", [Status, Stage, Source])
def test_python_and_the_checks_know_the_same_words(words: type[Status] | type[Stage] | type[Source]) -> None:
    # In the order in which they are applied: a later check of the same column replaces an earlier one.
    table = "".join(file.read_text() for file in sorted((ROOT / "aisubs/sql/migrations").glob("*.sql")))
    checks = re.findall(r"constraint \w+_known check \((\w+) in\s*\(([^)]*)\)\)", table)
    column = {"Status": "status", "Stage": "progress_stage", "Source": "source"}[words.__name__]
    assert set(re.findall(r"'(\w+)'", dict(checks)[column])) == {word.value for word in words}


def test_python_and_the_trigger_know_the_same_events() -> None:
    (said,) = re.findall(r"create function aisubs_core\.event_of\(.*?\$\$;", CODE, re.DOTALL)
    assert set(re.findall(r"'(job\.\w+)'", said)) == set(EVENTS)


def test_a_job_is_over_where_nothing_ends_its_state() -> None:
    assert {status for status in Status if not status.over} == {deadline.status for deadline in deadlines()}


@pytest.mark.parametrize(
    ("words", "name"), [(Status, "STATUSES"), (Stage, "STAGES"), ([one for one in Status if one.over], "OVER")]
)
def test_the_page_knows_the_same_words(words: Iterable[Status | Stage], name: str) -> None:
    (said,) = re.findall(rf"const {name} = \[(.*?)\] as const", (ROOT / "web/src/backend/types.ts").read_text())
    assert re.findall(r"'(\w+)'", said) == [word.value for word in words]


def test_the_terminal_has_words_for_every_stage() -> None:
    assert list(STAGES) == list(Stage)


def test_every_error_that_is_raised_or_stored_is_of_the_table() -> None:
    listed = set(re.findall(r"\('(\w+)', \d{3}, (?:true|false)", CODE))
    used = set(re.findall(r"refuse\('(\w+)'", CODE)) | set(re.findall(r"e\.code = '(\w+)'", CODE))
    assert used <= listed <= set(ERRORS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_short_and_say_what_they_are_for(script: Path) -> None:
    lines = script.read_text().splitlines()
    assert len(lines) <= 250
    assert lines[0].startswith("-- ")
    assert max(map(len, lines)) <= 120


def test_every_function_of_the_api_says_what_it_does() -> None:
    assert re.findall(r"\n(?!--)[^\n]*\ncreate function aisubs_api\.(\w+)", CODE) == []


def test_no_clock_but_the_transactions() -> None:
    assert not re.search(r"clock_timestamp|statement_timestamp|timeofday|current_timestamp|localtime", CODE)
