"""Runs the benches and prints each figure with its goal: `make bench`, or `python -m tests.bench NAME …` for some."""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path

Row = tuple[str, str, str, bool]
"""Name of the figure, as measured, the goal, and whether it holds."""

RUNNER = {"__init__", "__main__", "gpu"}


def benches() -> list[str]:
    """Every module here that has a function rows()."""
    here = Path(__file__).parent
    return sorted(
        path.stem for path in here.glob("*.py") if path.stem not in RUNNER and "def rows(" in path.read_text()
    )


def main(names: list[str]) -> int:
    known = benches()
    if unknown := [name for name in names if name not in known]:
        sys.stderr.write(f"No bench is called {', '.join(unknown)}. There are: {', '.join(known)}\n")
        return 2
    missed = 0
    for name in names or known:
        started_at = time.monotonic()
        print(f"\n{name}")
        for figure, measured, goal, holds in importlib.import_module(f"tests.bench.{name}").rows():
            missed += not holds
            print(f"  {'ok  ' if holds else 'MISS'} {figure:<62} {measured:>24}   goal {goal}", flush=True)
        print(f"  ({time.monotonic() - started_at:.0f} s)")
    print(f"\n{missed} goals missed" if missed else "\nevery goal holds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
