"""An edit path between two lists of words: phrases that either has once hold it in place, rapidfuzz fills in the rest.

Without those, the path with the fewest changes would rather change a hundred words than leave out a hundred here and
another hundred there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aisubs.model.rising import longest_rising

Step = tuple[str, int, int, int, int]
"""("equal", "replace", "delete" or "insert", first and behind of the one list, first and behind of the other)"""

PHRASE = 3
"""Words that make a phrase."""
MOST_CELLS = 400_000_000
"""Up to this size the path with the most equal words is looked for, in 50 MB; beyond, the one with the fewest changes,
which needs less."""


def edit_steps(left: Sequence[str], right: Sequence[str]) -> Iterator[Step]:
    """Steps that lead from one end of both lists to the other. Empty strings are equal to nothing."""
    # A number is equal to no string, and to no number of the other side.
    one: list[str | int] = [word or index for index, word in enumerate(left)]
    other: list[str | int] = [word or -1 - index for index, word in enumerate(right)]
    at_left = at_right = 0
    for a, b in _anchors(one, other):
        yield from _between(one, other, at_left, a, at_right, b)
        yield "equal", a, a + 1, b, b + 1
        at_left, at_right = a + 1, b + 1
    yield from _between(one, other, at_left, len(one), at_right, len(other))


def _anchors(left: Sequence[str | int], right: Sequence[str | int]) -> list[tuple[int, int]]:
    """Pairs of equal words that stand in phrases of which either list has one: the longest run that rises in both
    (patience diff, by Bram Cohen)."""
    ours, theirs = _phrases(left), _phrases(right)
    pairs = sorted((place, theirs[phrase]) for phrase, place in ours.items() if phrase in theirs)
    run = longest_rising([b for _, b in pairs])
    anchors: list[tuple[int, int]] = []
    for index in run:
        for step in range(PHRASE):
            a, b = pairs[index][0] + step, pairs[index][1] + step
            if not anchors or (a > anchors[-1][0] and b > anchors[-1][1]):
                anchors.append((a, b))
    return anchors


def _phrases(words: Sequence[str | int]) -> Mapping[tuple[str | int, ...], int]:
    """The phrases that stand there once, with their places."""
    found: dict[tuple[str | int, ...], int] = {}
    for place in range(len(words) - PHRASE + 1):
        phrase = tuple(words[place : place + PHRASE])
        found[phrase] = -1 if phrase in found else place
    return {phrase: place for phrase, place in found.items() if place >= 0}


def _between(
    left: Sequence[str | int], right: Sequence[str | int], first: int, behind: int, begin: int, end: int
) -> Iterator[Step]:
    from rapidfuzz.distance import Indel, Levenshtein

    if first == behind and begin == end:
        return
    method = Indel if (behind - first) * (end - begin) <= MOST_CELLS else Levenshtein
    for name, a, a_end, b, b_end in method.opcodes(left[first:behind], right[begin:end]):
        yield name, a + first, a_end + first, b + begin, b_end + begin
