"""What every conceivable cue of a text would cost its readers, in arrays over all (first, last) pairs of its units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aisubs.formats.breaks import FREE
from aisubs.formats.profiles import Limits
from aisubs.formats.units import Unit

_CUE = 100  # every cue costs this, so that few are made
_CUE_BREAK = 2  # a bad break between cues is worse than one between lines
_SENTENCE_INSIDE = 60  # a sentence that ends inside a cue
_HASTE = 600  # a cue with no time at all to be read
_SHORT_PAUSE_MS = 300  # pauses up to this length mean nothing; a break costs half at one of this length
_MS_PER_COST = 5  # a longer pause inside a cue costs 1 per this many ms
_UNEVEN = 2  # per column that the lines differ
_TOP_HEAVY = 1  # more per column that the upper line is longer

_INFINITE = 1 << 60

_Ints = NDArray[np.int64]


class Stretch(NamedTuple):
    """Units (not empty) that no cue leaves. `next_start_ms`: when the speech after them begins. `labelled`: the first
    one is the speaker's label, which stays in one cue with the unit after it."""

    units: Sequence[Unit]
    next_start_ms: int
    labelled: bool = False


class Costs:
    """The units of all stretches, with the sums that make a cue's cost a matter of subtraction. `count` is of units."""

    def __init__(self, stretches: Sequence[Stretch], limits: Limits) -> None:
        units = [unit for stretch in stretches for unit in stretch.units]
        self._limits = limits
        self.count = len(units)
        self._starts = _ints([unit.start_ms for unit in units])
        self._ends = _ints([unit.end_ms for unit in units])
        self._breaks = _ints([unit.cost for unit in units])
        self._spaces = _ints([int(unit.spaced) for unit in units])
        # Columns up to each unit, the spaces before units included; `left` without the one before the unit itself.
        self._edges = _summed(_ints([unit.columns for unit in units]) + self._spaces)
        self._left = self._edges[:-1] + self._spaces
        sizes = [len(stretch.units) for stretch in stretches]
        outer = np.cumsum(sizes)
        # What comes behind each unit: the next one, or the speech after the stretch.
        self._follows = np.append(self._starts[1:], 0)
        self._follows[outer - 1] = [stretch.next_start_ms for stretch in stretches]
        self._joints = self._between_units()
        self._after = self._behind_cues(outer)
        self._least = np.arange(1, self.count + 1)
        labels = [stretch.labelled for stretch in stretches]
        self._least[(outer - sizes)[labels]] += 1
        self._nearest = np.searchsorted(self._farthest(np.repeat(outer, sizes)), np.arange(self.count + 1))

    def of_cues(self, begin: int, end: int) -> tuple[list[int], list[int], list[int], _Ints]:
        """Of all cues that end before the units begin <= last < end, each from the first unit it can begin with on:
        that unit and how many cues there are, for each last; then of all the cues, in this order, what each costs and
        where its second line begins (its end, if it has none)."""
        lasts = np.arange(begin, end)
        counts = lasts - self._nearest[begin:end]
        last = np.repeat(lasts, counts)
        first = np.arange(len(last)) - np.repeat(np.cumsum(counts) - counts - self._nearest[begin:end], counts)
        middle, cost = self._lines(first, last)
        least = self._least[first]
        alone = (last == least) & (middle < 0)  # too wide alone: exceed, and be reported
        middle[alone] = np.where(last - first == 1, last, first + 1)[alone]
        cost += _CUE + self._joints[last] - self._joints[first + 1] + self._after[last] + self._haste(first, last)
        cost[(middle < 0) | (last < least)] = _INFINITE
        return self._nearest[begin:end].tolist(), counts.tolist(), cost.tolist(), middle

    def _between_units(self) -> _Ints:
        """[k]: cost of the joints before unit k, were they all inside one cue."""
        pauses = self._starts[1:] - self._ends[:-1] - _SHORT_PAUSE_MS
        inside = np.maximum(0, pauses) // _MS_PER_COST + (self._breaks[:-1] == FREE) * _SENTENCE_INSIDE
        return np.concatenate(([0, 0], np.cumsum(inside)))

    def _behind_cues(self, outer: _Ints) -> _Ints:
        """[k]: cost of a cue's end before unit k, which is nothing where a stretch ends."""
        pauses = np.maximum(0, self._follows - self._ends)
        costs = self._breaks * _CUE_BREAK * _SHORT_PAUSE_MS // (_SHORT_PAUSE_MS + pauses)
        costs[outer - 1] = 0
        return np.concatenate(([0], costs))

    def _farthest(self, ends_of_stretches: _Ints) -> _Ints:
        """Where a cue from each unit on ends at the latest, by its width, its duration and its stretch; never before
        the least it can hold. It never falls."""
        limits = self._limits
        columns = 2 * limits.columns + 1 if limits.lines > 1 else limits.columns
        farthest = np.searchsorted(self._edges, self._left + columns, side="right") - 1
        if limits.max_ms > 0:
            farthest = np.minimum(farthest, np.searchsorted(self._ends, self._starts + limits.max_ms, side="right"))
        return np.maximum(np.minimum(farthest, ends_of_stretches), self._least)

    def _lines(self, first: _Ints, last: _Ints) -> tuple[_Ints, _Ints]:
        """(start of the second line, cost of the lines); (-1, 0) where two lines do not hold the units.

        Of equally good places for the second line the last one is taken.
        """
        widest = self._limits.columns
        found, lowest = last.copy(), np.zeros(len(last), np.int64)
        two = np.flatnonzero(self._edges[last] - self._left[first] > widest)
        found[two] = -1
        if self._limits.lines < 2:
            return found, lowest
        left, right, cost = self._left[first[two]], self._edges[last[two]], np.full(len(two), _INFINITE)
        # Between these both lines are narrow enough.
        middle = np.minimum(np.searchsorted(self._edges, left + widest, side="right") - 1, last[two] - 1)
        lowest_middle = np.maximum(np.searchsorted(self._left, right - widest), first[two] + 1)
        while len(two):
            fits = middle >= lowest_middle
            if not fits.all():
                two, left, right, middle, lowest_middle, cost = (
                    column[fits] for column in (two, left, right, middle, lowest_middle, cost)
                )
            found_here = self._uneven(left, middle, right)
            better = found_here < cost
            cost = np.where(better, found_here, cost)
            found[two[better]] = middle[better]
            lowest[two[better]] = found_here[better]
            middle = middle - 1
        return found, lowest

    def _uneven(self, left: _Ints, middle: _Ints, right: _Ints) -> _Ints:
        """What it costs that a line ends before each `middle`, and that it is longer or shorter than the next."""
        uneven = (self._edges[middle] - left) - (right - self._left[middle])
        cost = self._breaks[middle - 1]
        shape = np.where(uneven > 0, uneven * (_UNEVEN + _TOP_HEAVY), -uneven * _UNEVEN)
        # Two sentences may well differ in length.
        total: _Ints = cost + np.where(cost == FREE, np.abs(uneven), shape)
        return total

    def _haste(self, first: _Ints, last: _Ints) -> _Ints:
        """What it costs that a cue of units[first:last] can be shown for a shorter time than reading it takes."""
        limits = self._limits
        until = np.minimum(self._ends + max(limits.linger_ms, limits.chain_ms), self._follows - limits.gap_ms)
        shown_ms = until[last - 1] - self._starts[first]
        width = self._edges[last] - self._left[first]
        needed_ms = np.maximum(limits.min_ms, width * 1000 // limits.columns_per_s)
        haste: _Ints = np.maximum(0, (needed_ms - np.maximum(shown_ms, 0)) * _HASTE // needed_ms)
        return haste


def _ints(values: list[int]) -> _Ints:
    return np.array(values, np.int64)


def _summed(values: _Ints) -> _Ints:
    return np.concatenate(([0], np.cumsum(values)))
