"""Runs the benches and prints each figure with its goal: `make bench`, or `python -m tests.bench NAME …` for some.

With `--write` the tables also go into docs/performance.md, each between its own marks.
"""

from __future__ import annotations

import argparse
import importlib
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

Row = tuple[str, str, str, bool]
"""Name of the figure, as measured, the goal, and whether it holds."""

PAGE = Path(__file__).parents[2] / "docs/performance.md"
RUNNER = {"__init__", "__main__", "gpu"}


def benches() -> list[str]:
    """Every module here that has a function rows()."""
    here = Path(__file__).parent
    return sorted(
        path.stem for path in here.glob("*.py") if path.stem not in RUNNER and "def rows(" in path.read_text()
    )


def run(name: str) -> list[Row]:
    """One bench, each figure printed as soon as it is there."""
    began_s = time.monotonic()
    print(f"\n{name}")
    measured: list[Row] = []
    for figure, value, goal, holds in importlib.import_module(f"tests.bench.{name}").rows():
        measured.append((figure, value, goal, holds))
        print(f"  {'ok  ' if holds else 'MISS'} {figure:<62} {value:>24}   goal {goal}", flush=True)
    print(f"  ({time.monotonic() - began_s:.0f} s)")
    return measured


def write(name: str, measured: list[Row]) -> None:
    """Put the table between the marks of this bench."""
    lines = ["| figure | measured | goal | |", "|---|---|---|---|"]
    for row in measured:
        figure, value, goal = (text.replace("|", "\\|") for text in row[:3])
        lines.append(f"| {figure} | {value} | {goal} | {'holds' if row[3] else '**missed**'} |")
    lines += ["", f"Measured {datetime.now(UTC).date()} on {_commit()}."]
    marks = re.compile(rf"(<!-- bench {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    page = PAGE.read_text()
    if not marks.search(page):
        raise SystemExit(f"{PAGE.name} has no place for the bench {name}: <!-- bench {name} --> … <!-- end -->")
    PAGE.write_text(marks.sub(lambda found: found[1] + "\n".join(lines) + "\n" + found[2], page))


def _commit() -> str:
    """The commit that was measured; a plus where files were changed since."""
    told = [
        subprocess.run(["git", *command], cwd=PAGE.parent, capture_output=True, text=True, check=False).stdout.strip()
        for command in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "--", "../aisubs", "../tests"))
    ]
    return f"{told[0] or 'no commit'}{'+' if told[1] else ''}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"which; all without: {', '.join(benches())}")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md as well")
    given = parser.parse_args()
    if unknown := [name for name in given.name if name not in benches()]:
        parser.error(f"no bench is called {', '.join(unknown)}")
    missed = 0
    for name in given.name or benches():
        measured = run(name)
        missed += sum(not row[3] for row in measured)
        if given.write:
            write(name, measured)
    print(f"\n{missed} goals missed" if missed else "\nevery goal holds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
