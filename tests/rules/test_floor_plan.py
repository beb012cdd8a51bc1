"""The floor plan keeps its measures: small files, short functions, rooms named for what they hold."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = sorted(path for room in ("aisubs", "functions", "gpu_job") for path in (ROOT / room).rglob("*.py"))
LINES_OF_A_FILE = 260
LINES_OF_A_FUNCTION = 45
BANNED = {"utils", "helpers", "common", "manager", "service", "misc", "base"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", HOUSE, ids=name_of)
def test_files_and_functions_are_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LINES_OF_A_FILE
    long = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if length > LINES_OF_A_FUNCTION:
                long.append(f"{node.name}: {length} lines")
    assert long == []


def test_rooms_have_names_of_their_own() -> None:
    assert [name_of(path) for path in HOUSE if BANNED & {*path.relative_to(ROOT).with_suffix("").parts}] == []


@pytest.mark.parametrize("path", HOUSE, ids=name_of)
def test_every_file_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())) is not None
