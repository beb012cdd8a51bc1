"""Where one cue ends and the next begins: the cheapest way to cut a stretch of speech, found by dynamic programming.

The cost of a cutting adds up what a reader minds: many cues, a break in a bad place, uneven lines, too little time to
read, a pause in the middle of a cue. Limits on width and duration are hard, except for a single piece that exceeds them
alone: nothing is ever left out. What every conceivable cue costs is reckoned in arrays (costs.py), some thousand units
at a time; here the cheapest way through them is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import add
from typing import NamedTuple

from aisubs.formats.costs import Costs, Stretch
from aisubs.formats.profiles import Limits

_AT_ONCE = 4096
"""Units whose cues are reckoned together: enough for arrays to pay, few enough for them to be small."""


class Cut(NamedTuple):
    """One cue: units[first:last], the second line from `middle`; middle == last for one line."""

    first: int
    middle: int
    last: int


def cut(stretches: Sequence[Stretch], limits: Limits) -> Iterator[list[Cut]]:
    """Cut each stretch into cues."""
    if not stretches:
        return
    back = _cheapest(Costs(stretches, limits))
    begin = 0
    for stretch in stretches:
        end = begin + len(stretch.units)
        cuts = []
        last = end
        while last > begin:
            first, middle = back[last]
            cuts.append(Cut(first - begin, middle - begin, last - begin))
            last = first
        yield cuts[::-1]
        begin = end


def _cheapest(costs: Costs) -> list[tuple[int, int]]:
    """Of each unit, the cue that ends before it on the cheapest way there: (first unit, start of its second line).

    One way through all stretches: no cue crosses from one into the next. Of equally cheap ways the one whose last cue
    begins earliest is taken.
    """
    best = [0]
    back = [(0, 0)]
    for begin in range(1, costs.count + 1, _AT_ONCE):
        firsts, counts, all_costs, middles = costs.of_cues(begin, min(begin + _AT_ONCE, costs.count + 1))
        position = 0
        for last, (first, count) in enumerate(zip(firsts, counts, strict=True), begin):
            totals = list(map(add, best[first:last], all_costs[position : position + count]))
            least = min(totals)
            best.append(least)
            at = totals.index(least)
            back.append((first + at, int(middles[position + at])))
            position += count
    return back
