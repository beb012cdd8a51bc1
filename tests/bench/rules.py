"""The rules machine for long: any moves in any order on the real SQL, on each Postgres and through each plug."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.left_behind import MARK
from tests.postgres import VERSIONS, Servers
from tests.state_machine.machine import machine_for
from tests.state_machine.place import PLUGS, Place, place_behind

Row = tuple[str, str, str, bool]
STEPS = 10_000
_ROUND = settings(
    max_examples=25,
    stateful_step_count=50,
    derandomize=False,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def rows() -> Iterator[Row]:
    """One for each combination; what the machine finds is printed, shrunk, as hypothesis tells it."""
    os.environ.setdefault(MARK, "bench")
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, Servers(Path(folder)) as servers:
        for version in VERSIONS:
            for plug in PLUGS:
                with servers.clone(version) as url, place_behind(plug, url) as place:
                    yield _row(f"rules machine, {version}, {plug}", place)


def _row(figure: str, place: Place) -> Row:
    machine, number = machine_for(place), 0
    try:
        while machine.steps < STEPS:
            number += 1
            run_state_machine_as_test(seed(number)(machine), settings=_ROUND)
    except AssertionError as found:
        print("\n".join([str(found), *getattr(found, "__notes__", [])]))
        return figure, f"broken after {machine.steps:,} calls, seed {number}", "0 broken", False
    return figure, f"0 broken in {machine.steps:,} calls", f"0 broken in {STEPS:,}", True
