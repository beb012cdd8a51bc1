"""Has a stereo recording one person on each side, as telephone systems record them? Told by levels alone.

Where it has, each side leads by 10 dB whenever its person speaks. A mix of a room has both sides about equally loud all
the time; dual mono has them equal. By how much one leads tells how much of it leaks over to the other.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

CELL_SAMPLES = 8_000
"""Half a second at 16 kHz: a word or two, so that nobody interrupts within most of them."""
LEAD_DB = 10.0
LOUD_DB = -50.0
"""Of full scale: below there is nothing to compare."""
SILENT_DB = -65.0
"""A side that is never louder is silent: the noise of 16 bits, or a plug that is not plugged in."""
SAME_DB = -40.0
"""Sides are the same where their difference is so far below their sum."""
_BEYOND_LEAK_DB = 6.0
"""So much louder than what usually leaks over is a voice of its own."""
_LEAST_GUARD_DB, _MOST_GUARD_DB = 6.0, 30.0
_LEAST_CELLS = 20
_LEAST_SHARE, _MOST_TOGETHER = 0.05, 0.35


class Sides(StrEnum):
    """`APART`: one person on each. `SAME`: dual mono. `LEFT`, `RIGHT`: the other side is silent. `MIXED`: a mix, or too
    little to tell."""

    APART = "apart"
    SAME = "same"
    LEFT = "left"
    RIGHT = "right"
    MIXED = "mixed"


class SideLevels:
    """Takes a stereo recording block by block; holds half a second of it, and a number for each half second. Blocks of
    any size give the same verdict."""

    def __init__(self) -> None:
        self._rest: Floats = np.zeros((0, 2), np.float32)
        self._leads: tuple[list[float], list[float]] = ([], [])  # of either side, where it does, in dB
        self._together = 0
        self._loudest = np.full(2, -np.inf)
        self._is_same = True

    def add(self, block: Floats) -> None:
        """Samples of shape (n, 2) at 16 kHz in -1 … 1."""
        joined = np.concatenate([self._rest, block])
        whole = len(joined) // CELL_SAMPLES * CELL_SAMPLES
        self._rest = joined[whole:]
        if not whole:
            return
        cells = joined[:whole].astype(np.float64).reshape(-1, CELL_SAMPLES, 2)
        levels = _db((cells**2).mean(1))
        difference = _db(((cells[..., 0] - cells[..., 1]) ** 2).mean(1))
        total = _db((cells.sum(2) ** 2).mean(1))
        loud = levels.max(1) > LOUD_DB
        lead = levels[:, 0] - levels[:, 1]
        for side, by in zip(self._leads, (lead, -lead), strict=True):
            side += by[loud & (by > LEAD_DB)].tolist()
        self._together += int((loud & (np.abs(lead) <= LEAD_DB)).sum())
        self._loudest = np.maximum(self._loudest, levels.max(0))
        self._is_same &= bool((difference[loud] < total[loud] + SAME_DB).all())

    def verdict(self) -> Sides:
        """Of what was heard so far."""
        silent = self._loudest < SILENT_DB
        if silent.any() and not silent.all():
            return Sides.RIGHT if silent[0] else Sides.LEFT
        lead = [len(side) for side in self._leads]
        said = sum(lead) + self._together
        if said and self._is_same:
            return Sides.SAME
        leads = min(lead) > _LEAST_SHARE * said and self._together < _MOST_TOGETHER * said
        return Sides.APART if said > _LEAST_CELLS and leads else Sides.MIXED

    def guards_db(self) -> tuple[int, int]:
        """By how much the other side may be louder while somebody speaks on the left one, and on the right one: the
        less of it leaks over the more, so that who is quiet and spoken over is heard."""
        left, right = (np.median(leads) if leads else LEAD_DB for leads in self._leads)
        guards = [np.clip(by - _BEYOND_LEAK_DB, _LEAST_GUARD_DB, _MOST_GUARD_DB) for by in (right, left)]
        return round(guards[0]), round(guards[1])


def _db(power: NDArray[np.float64]) -> NDArray[np.float64]:
    decibels: NDArray[np.float64] = 10 * np.log10(power + 1e-12)
    return decibels
