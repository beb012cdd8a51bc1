"""How often the model was asked again: the same in a file, whatever happened to the worker in between."""

from __future__ import annotations

import json

from aisubs.model.second_passes import SecondPasses


def test_what_took_no_further_pass_is_not_counted() -> None:
    assert SecondPasses().and_one(0, [], 700) == SecondPasses()


def test_reasons_count_windows_and_not_passes() -> None:
    passes = SecondPasses().and_one(2, ["untold"], 700).and_one(1, ["untold", "loop"], 300)
    assert passes == SecondPasses(3, 2, 1_000, {"untold": 2, "loop": 1})


def test_a_database_may_sort_the_reasons_as_it_likes() -> None:
    passes = SecondPasses().and_one(1, ["untold", "empty", "loop"], 100)
    kept = passes.as_json()
    kept["reasons"] = {
        name: kept["reasons"][name] for name in sorted(kept["reasons"], key=lambda name: (len(name), name))
    }
    assert json.dumps(SecondPasses.from_json(kept).lasting) == json.dumps(passes.lasting)
