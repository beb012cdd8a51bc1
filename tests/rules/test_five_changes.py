"""What CONTRIBUTING.md says of the five changes names files that there are, and counts them rightly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "CONTRIBUTING.md").read_text().split("## Five changes, tried")[1].split("\n## ")[0]
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")] for line in TABLE.splitlines() if line.startswith("| a")
]


def test_all_five_stand_there() -> None:
    assert len(ROWS) == 5


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_files_are_there_and_as_many_as_said(row: list[str]) -> None:
    _, _, files, count, goal = row
    named = re.findall(r"`([^`]+)`", files)
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert len(named) == int(count)
    assert (int(count) > int(goal.split(",")[0])) == goal.endswith(", missed")
