"""Is there one person on each side of a stereo recording? Told by levels, on the voices of the demo's sample."""

from __future__ import annotations

import numpy as np
import pytest

from aisubs.media.sides import SideLevels, Sides
from tests.two_sides import RATE, leaking, noise, two_sides


def verdict(stereo: np.ndarray, block: int = 10_000) -> Sides:
    levels = SideLevels()
    for start in range(0, len(stereo), block):
        levels.add(stereo[start : start + block].astype(np.float32))
    return levels.verdict()


@pytest.mark.parametrize("leak_db", [-np.inf, -40, -30, -20, -12])
def test_one_person_on_each_side(leak_db: float) -> None:
    assert verdict(leaking(two_sides().samples, leak_db)) is Sides.APART


@pytest.mark.parametrize("block", [1, 7_999, 8_000, 1_000_000])
def test_blocks_of_any_size_give_the_same(block: int) -> None:
    samples = two_sides().samples[: 20 * RATE]
    levels, whole = SideLevels(), SideLevels()
    whole.add(samples)
    step = max(block, 500)
    for start in range(0, len(samples), step):
        levels.add(samples[start : start + step])
    assert levels.verdict() is whole.verdict() is Sides.APART


def test_what_is_no_dialogue() -> None:
    samples = two_sides().samples
    mono = np.repeat(samples.sum(1, keepdims=True), 2, axis=1)
    assert verdict(mono) is Sides.SAME
    assert verdict(mono * [1.0, 0.99]) is Sides.SAME
    assert verdict(mono * [1.0, 0.0]) is Sides.LEFT
    assert verdict(mono * [0.0, 1.0] + noise(len(mono), -80)) is Sides.RIGHT
    assert verdict(mono * [1.0, 0.5] + noise(len(mono), -45)) is Sides.MIXED
    assert verdict(leaking(samples, -3)) is Sides.MIXED
    assert verdict(np.zeros_like(samples)) is Sides.MIXED
    assert verdict(samples[: 5 * RATE]) is Sides.MIXED, "too little to tell"
    assert verdict(np.zeros((0, 2))) is Sides.MIXED
