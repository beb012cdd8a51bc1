"""Where one cue ends and the next begins: the cheapest way to cut a stretch of speech, found by dynamic programming.

The cost of a cutting adds up what a reader minds: many cues, a break in a bad place, uneven lines, too little time to
read, a pause in the middle of a cue. Limits on width and duration are hard, except for a single piece that exceeds them
alone: nothing is ever left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

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


class Cut(NamedTuple):
    """One cue: units[first:last], the second line from `middle`; middle == last for one line."""

    first: int
    middle: int
    last: int


def cut(units: Sequence[Unit], limits: Limits, next_start_ms: int, labelled: bool = False) -> list[Cut]:
    """Cut `units` (not empty) into cues. `next_start_ms`: when the speech after them begins.

    With `labelled`, the first unit is the speaker's label: it stays in one cue with the unit after it.
    """
    stretch = _Stretch(units, limits, next_start_ms)
    count = len(units)
    best = [0] + [_INFINITE] * count
    back: list[Cut] = [Cut(0, 0, 0)] * (count + 1)
    for first in range(count):
        least = first + 2 if labelled and first == 0 else first + 1
        if best[first] >= _INFINITE:
            continue
        farthest = stretch.farthest(first, least)
        for last in range(least, farthest + 1):
            # Most cues are dearer than another way there before their lines are even looked at.
            dear = best[first] + stretch.least_cost(first, last)
            if dear < best[last]:
                dear += stretch.haste(first, last)
            if dear >= best[last] and last > least:
                continue
            middle, cost = stretch.layout(first, last)
            if middle < 0:
                if last > least:
                    break
                middle = last if last - first == 1 else first + 1  # too wide alone: exceed, and be reported
            total = dear + cost
            if total < best[last]:
                best[last] = total
                back[last] = Cut(first, middle, last)
    cuts = []
    last = count
    while last > 0:
        cuts.append(back[last])
        last = back[last].first
    return cuts[::-1]


class _Stretch:
    """The units of one stretch with the sums that make a cue's cost a matter of subtraction."""

    def __init__(self, units: Sequence[Unit], limits: Limits, next_start_ms: int) -> None:
        self.units = units
        self.limits = limits
        self.starts = [unit.start_ms for unit in units] + [next_start_ms]
        self.ends = [unit.end_ms for unit in units]
        self.costs = [unit.cost for unit in units]
        self.spaces = [int(unit.spaced) for unit in units]
        self.edges = [0]  # columns up to each unit, the spaces before units included
        self.inside = [0, 0]  # inside[k]: cost of the joints before unit k, were they all inside one cue
        for unit in units:
            self.edges.append(self.edges[-1] + unit.columns + unit.spaced)
        for left, right in pairwise(units):
            pause = max(0, right.start_ms - left.end_ms - _SHORT_PAUSE_MS) // _MS_PER_COST
            self.inside.append(self.inside[-1] + pause + (_SENTENCE_INSIDE if left.cost == FREE else 0))

    def width(self, first: int, last: int) -> int:
        return self.edges[last] - self.edges[first] - self.spaces[first]

    def farthest(self, first: int, least: int) -> int:
        """Where a cue from `first` on ends at the latest, by its width and its duration; never before `least`."""
        limits, edges, ends = self.limits, self.edges, self.ends
        widest = edges[first] + self.spaces[first] + (2 * limits.columns + 1 if limits.lines > 1 else limits.columns)
        latest_ms = self.starts[first] + limits.max_ms if limits.max_ms > 0 else _INFINITE
        last, count = least, len(ends)
        while last < count and edges[last + 1] <= widest and ends[last] <= latest_ms:
            last += 1
        return last

    def layout(self, first: int, last: int) -> tuple[int, int]:
        """(start of the second line, cost of the lines); (-1, 0) where two lines do not hold the units."""
        widest = self.limits.columns
        width = self.width(first, last)
        if width <= widest:
            return last, 0
        if self.limits.lines < 2 or width > 2 * widest + 1:
            return -1, 0
        found, lowest = -1, _INFINITE
        edges, spaces, costs = self.edges, self.spaces, self.costs
        left, right = edges[first] + spaces[first], edges[last]
        for middle in range(last - 1, first, -1):
            lower = right - edges[middle] - spaces[middle]
            if lower > widest:
                break
            upper = edges[middle] - left
            if upper > widest:
                continue
            uneven = upper - lower
            cost = costs[middle - 1]
            if cost == FREE:
                cost += abs(uneven)  # two sentences may well differ in length
            else:
                cost += uneven * (_UNEVEN + _TOP_HEAVY) if uneven > 0 else -uneven * _UNEVEN
            if cost < lowest:
                found, lowest = middle, cost
        return found, lowest if found >= 0 else 0

    def least_cost(self, first: int, last: int) -> int:
        """Cost of a cue of units[first:last], its lines and its haste apart."""
        cost = _CUE + self.inside[last] - self.inside[first + 1]
        if last < len(self.units):
            pause = max(0, self.starts[last] - self.ends[last - 1])
            cost += self.costs[last - 1] * _CUE_BREAK * _SHORT_PAUSE_MS // (_SHORT_PAUSE_MS + pause)
        return cost

    def haste(self, first: int, last: int) -> int:
        """What it costs that a cue of units[first:last] can be shown for a shorter time than reading it takes."""
        limits = self.limits
        free_until = self.starts[last] - limits.gap_ms
        shown_ms = min(self.ends[last - 1] + max(limits.linger_ms, limits.chain_ms), free_until) - self.starts[first]
        needed_ms = max(limits.min_ms, self.width(first, last) * 1000 // limits.columns_per_s)
        return (needed_ms - max(shown_ms, 0)) * _HASTE // needed_ms if shown_ms < needed_ms else 0
