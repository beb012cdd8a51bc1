"""Writes docs/states.md from the lists in code/10_states.sql: `python -m aisubs.sql.states`."""

from __future__ import annotations

import re
import sys
from importlib.resources import files
from typing import NamedTuple

HEAD = """# The states of a job

Generated from [10_states.sql](../aisubs/sql/code/10_states.sql) by `make docs`; a test compares the two, and another
makes every move on a real database. A trigger refuses every move that is not in this picture, whoever asks.

"""

_LITERAL = r"null|'(?:[^']|'')*'"


class Move(NamedTuple):
    """One row of `aisubs_core.moves()`; `from_status` is None for a new row."""

    from_status: str | None
    to_status: str
    by_function: str
    because: str


class Deadline(NamedTuple):
    """One row of `aisubs_core.deadlines()`."""

    status: str
    stage: str
    deadline: str
    enforced_by: str
    outcome: str


def moves() -> list[Move]:
    return [Move(*row) for row in _rows("moves")]  # type: ignore[arg-type]


def deadlines() -> list[Deadline]:
    return [Deadline(*row) for row in _rows("deadlines")]  # type: ignore[arg-type]


def page() -> str:
    """The whole page as Markdown."""
    return HEAD + _diagram() + _moves_table() + _deadlines_table()


def _rows(table: str) -> list[tuple[str | None, ...]]:
    """The literal rows of the function `aisubs_core.<table>()`."""
    source = (files("aisubs.sql") / "code" / "10_states.sql").read_text(encoding="utf-8")
    statement = re.search(rf"create function aisubs_core\.{table}\(\).*?\$\$ values\n(.*?) \$\$;", source, re.DOTALL)
    if statement is None:
        raise LookupError(f"10_states.sql has no list {table}")
    tuples = re.findall(rf"\(((?:\s*(?:{_LITERAL})\s*,?)+)\)", statement[1])
    return [tuple(_value(literal) for literal in re.findall(_LITERAL, row)) for row in tuples]


def _value(literal: str) -> str | None:
    return None if literal == "null" else literal[1:-1].replace("''", "'")


def _diagram() -> str:
    edges: dict[tuple[str, str], list[str]] = {}
    for move in moves():
        functions = edges.setdefault((move.from_status or "[*]", move.to_status), [])
        if move.by_function not in functions:
            functions.append(move.by_function)
    lines = [f"    {source} --> {target}: {', '.join(names)}" for (source, target), names in edges.items()]
    return "```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```\n"


def _moves_table() -> str:
    head = "\n## Moves\n\n| from | to | function | because |\n|---|---|---|---|\n"
    return head + "".join(
        f"| {m.from_status or ''} | {m.to_status} | `{m.by_function}` | {m.because} |\n" for m in moves()
    )


def _deadlines_table() -> str:
    head = "\n## Nothing waits for ever\n\n| state | deadline | enforced by | then |\n|---|---|---|---|\n"
    return head + "".join(
        f"| {d.status}{', ' if d.stage else ''}{d.stage} | `{d.deadline}` | `{d.enforced_by}` | {d.outcome} |\n"
        for d in deadlines()
    )


if __name__ == "__main__":
    sys.stdout.write(page())
