"""The longest part of a row of numbers that rises: what two orders have in common."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def longest_rising(numbers: Sequence[int]) -> list[int]:
    """The positions, in order, of a longest strictly rising part. Takes n log n."""
    ends: list[int] = []  # ends[n]: the smallest number in which a part of n + 1 ends
    lengths: list[int] = []
    for number in numbers:
        length = bisect_left(ends, number)
        ends[length : length + 1] = [number]
        lengths.append(length)
    kept: list[int] = []
    wanted, limit = len(ends) - 1, 1 << 62
    for position in range(len(numbers) - 1, -1, -1):
        if lengths[position] == wanted and numbers[position] < limit:
            kept.append(position)
            wanted, limit = wanted - 1, numbers[position]
    return kept[::-1]
