"""A bounded run of the machine on every Postgres and through both plugs. Long ones: `python -m tests.bench rules`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.state_machine.machine import machine_for
from tests.state_machine.place import PLUGS, place_behind

BOUNDED = settings(
    max_examples=14,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("plug", PLUGS)
def test_any_moves_in_any_order(plug: str, any_database_url: str) -> None:
    with place_behind(plug, any_database_url) as place:
        machine = machine_for(place)
        run_state_machine_as_test(machine, settings=BOUNDED)
        assert machine.steps > BOUNDED.max_examples, "it did something"
