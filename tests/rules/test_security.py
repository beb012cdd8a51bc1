"""docs/security.md names only tests that exist, and every attack that is tried."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = set(re.findall(r"\]\(\.\./(tests/[^)]+\.py)\)", (ROOT / "docs/security.md").read_text()))


def test_what_is_said_to_hold_has_a_test() -> None:
    assert {name for name in NAMED if not (ROOT / name).is_file()} == set()


def test_every_attack_is_told() -> None:
    attacks = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/attacks").glob("test_*.py")}
    assert attacks <= NAMED
