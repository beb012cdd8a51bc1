"""Which words of a script are those that were heard: an alignment of two word lists that tolerates wrong scripts.

An edit path (`edits`) pairs words even where two texts have nothing to do with each other: "the" is in both. So only
those parts of the path count in which pairs are dense (X-drop, as in BLAST: Altschul et al. 1990). What is left over of
both is compared again, as paragraphs may have been read in another order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from unicodedata import numeric

from aisubs.formats.measure import is_cjk
from aisubs.model.folding import fold
from aisubs.pipeline.alignment.edits import Step, edit_steps

CHANGED_COST = 0.7
"""What a changed word costs, in words that agree: a model that mishears half of them is still followed."""
LEFT_OUT_COST, MOST_LEFT_OUT_COST = 0.35, 3.0
"""What words cost that only one side has. A long passage costs no more: both its sides speak for themselves."""
DROP = 8.0
"""A part ends where it has lost so much since its best place."""
LEAST, LEAST_ELSEWHERE = 4.0, 10.0
"""So much a part must be worth in order and, so that no common phrase is torn out of its place, out of order."""
ROUNDS = 4
"""How often what is left over is compared again."""
EDGE = 8
"""So many words beside a part, that agree with nothing, are its own, misheard, if about as many were heard there."""
LONG, LEAST_PAIRS = 12, 2
"""A passage of more words than that, which only one side has, divides a part; so many pairs are a part then."""

Pairs = tuple[tuple[int, int], ...]
"""Words that agree: (script, heard), rising in both."""


@dataclass(frozen=True, slots=True)
class Part:
    """Words [script_from, script_to) that were heard as units [heard_from, heard_to). `moved`: the script has them in
    another order."""

    script_from: int
    script_to: int
    heard_from: int
    heard_to: int
    pairs: Pairs
    moved: bool = False


def key_of(text: str) -> str:
    """A word as it is compared: letters and digits, whatever their case and accents; empty where it has none. A Chinese
    numeral alone is its digits: models write either."""
    kept = "".join(character for character in fold(text) if character.isalnum())
    number = numeric(kept, None) if len(kept) == 1 and is_cjk(kept) else None
    return kept if number is None else f"{number:g}"


def match(script: Sequence[str], heard: Sequence[str]) -> list[Part]:
    """Parts in the order in which they were heard; no word is in two. Empty strings agree with nothing."""
    parts: list[Part] = []
    short = min(sum(map(bool, script)), sum(map(bool, heard)))
    for number in range(ROUNDS):
        least = LEAST_ELSEWHERE if number else min(LEAST, short / 2)
        left = _left(len(script), [(part.script_from, part.script_to) for part in parts])
        said = _left(len(heard), [(part.heard_from, part.heard_to) for part in parts])
        found = _compare([script[i] for i in left], [heard[i] for i in said], least)
        fresh = [one for pairs in found for one in _unbroken(pairs, left, said)]
        if not fresh:
            break
        parts += fresh
    parts.sort(key=lambda part: part.heard_from)
    return _with_edges(_with_moved(parts), len(script), len(heard))


def _left(count: int, taken: Sequence[tuple[int, int]]) -> list[int]:
    gone = [False] * count
    for first, behind in taken:
        gone[first:behind] = [True] * (behind - first)
    return [index for index in range(count) if not gone[index]]


def _compare(script: Sequence[str], heard: Sequence[str], least: float) -> Iterator[Pairs]:
    steps = list(edit_steps(script, heard))
    at = 0
    while at < len(steps):
        if steps[at][0] != "equal":
            at += 1
            continue
        score = best = 0.0
        best_at = at
        for index in range(at, len(steps)):
            score += _worth(steps[index])
            if score > best:
                best, best_at = score, index
            if score <= 0 or best - score > DROP:
                break
        if best >= least:
            yield from (piece for piece in _pieces(steps[at : best_at + 1]) if len(piece) >= min(least, LEAST_PAIRS))
        at = best_at + 1


def _worth(step: Step) -> float:
    name, script_from, script_to, heard_from, heard_to = step
    said, written = heard_to - heard_from, script_to - script_from
    if name == "equal":
        return written
    if name == "replace":
        return -CHANGED_COST * max(said, written)
    return -min(LEFT_OUT_COST * (said + written), MOST_LEFT_OUT_COST)


def _pieces(steps: Sequence[Step]) -> Iterator[tuple[tuple[int, int], ...]]:
    """The pairs of steps, divided where one side has a long passage that the other has not: it may be elsewhere."""
    pairs: list[tuple[int, int]] = []
    for name, a, a_end, b, b_end in steps:
        if name == "equal":
            pairs += ((a + n, b + n) for n in range(a_end - a))
        elif max(a_end - a, b_end - b) > LONG and name != "replace":
            yield tuple(pairs)
            pairs = []
    yield tuple(pairs)


def _unbroken(pairs: Pairs, left: Sequence[int], said: Sequence[int]) -> Iterator[Part]:
    """The part in places of the whole texts, divided where something between its words was taken by another part."""
    run: list[tuple[int, int]] = []
    for a, b in ((left[a], said[b]) for a, b in pairs):
        if run and (_is_taken(run[-1][0], a, left) or _is_taken(run[-1][1], b, said)):
            yield _of_pairs(run)
            run = []
        run.append((a, b))
    if run:
        yield _of_pairs(run)


def _is_taken(first: int, last: int, free: Sequence[int]) -> bool:
    return bisect_left(free, last) - bisect_left(free, first) != last - first


def _of_pairs(pairs: Sequence[tuple[int, int]]) -> Part:
    (first, heard_first), (last, heard_last) = pairs[0], pairs[-1]
    return Part(first, last + 1, heard_first, heard_last + 1, tuple(pairs))


def _with_moved(parts: Sequence[Part]) -> list[Part]:
    """Parts are moved that are not of the longest run, in words, which the script has in the order of the sound."""
    totals: list[int] = []
    before: list[int] = []
    for index, part in enumerate(parts):
        earlier = [at for at in range(index) if parts[at].script_from < part.script_from]
        best = max(earlier, key=lambda at: totals[at], default=-1)
        totals.append(len(part.pairs) + (totals[best] if best >= 0 else 0))
        before.append(best)
    at = max(range(len(parts)), key=lambda index: totals[index], default=-1)
    in_order = set()
    while at >= 0:
        in_order.add(at)
        at = before[at]
    return [replace(part, moved=index not in in_order) for index, part in enumerate(parts)]


def _with_edges(parts: Sequence[Part], script: int, heard: int) -> list[Part]:
    """With the few words beside each part that nobody else claims, where something was heard in their place."""
    gone_script = {i for part in parts for i in range(part.script_from, part.script_to)}
    gone_heard = {i for part in parts for i in range(part.heard_from, part.heard_to)}
    widened = []
    for part in parts:
        before = _free(part.script_from - 1, -1, -1, gone_script), _free(part.heard_from - 1, -1, -1, gone_heard)
        behind = _free(part.script_to, 1, script, gone_script), _free(part.heard_to, 1, heard, gone_heard)
        a, b = _misheard(*before)
        c, d = _misheard(*behind)
        wide = Part(
            part.script_from - a, part.script_to + c, part.heard_from - b, part.heard_to + d, part.pairs, part.moved
        )
        gone_script |= set(range(wide.script_from, wide.script_to))
        gone_heard |= set(range(wide.heard_from, wide.heard_to))
        widened.append(wide)
    return widened


def _misheard(written: int, heard: int) -> tuple[int, int]:
    return (written, min(heard, EDGE)) if 0 < written <= min(EDGE, 2 * heard) else (0, 0)


def _free(begin: int, step: int, end: int, gone: set[int]) -> int:
    """How many places from `begin` on nobody claims; one more than EDGE is enough to know."""
    count = 0
    while begin != end and begin not in gone and count <= EDGE:
        count, begin = count + 1, begin + step
    return count
