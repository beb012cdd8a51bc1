"""Which overrides a word keeps when the paragraphs around it are written anew.

A word is the same that it was if it begins at the same millisecond: whoever changes a text leaves the times of the
words that stay. What took the place of words takes over what was decided about them; what was put between words of one
cue is in that cue; a cue that loses its first word begins with the next.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from aisubs.model.captions.overrides import FLOWING, Override, normal
from aisubs.model.document import Paragraph
from aisubs.model.rising import longest_rising


def carry(removed: Sequence[Paragraph], inserted: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """`inserted`, which take the place of `removed`, with the overrides of those; who brings overrides keeps them."""
    if not any(paragraph.overrides for paragraph in removed):
        return tuple(replace(one, overrides=normal(one.overrides)) for one in inserted)
    old = [override for paragraph in removed for override in _by_word(paragraph)]
    old_starts = [start_ms for paragraph in removed for start_ms in paragraph.starts]
    kept = _Carried(old, old_starts, [start_ms for one in inserted for start_ms in one.starts]).kept
    done = 0
    carried = []
    for one in inserted:
        own = tuple(enumerate(kept[done : done + len(one.starts)]))
        carried.append(replace(one, overrides=normal(own if one.overrides is None else one.overrides)))
        done += len(one.starts)
    return tuple(carried)


def _by_word(paragraph: Paragraph) -> list[Override]:
    decided = dict(paragraph.overrides or ())
    return [decided.get(index, FLOWING) for index in range(len(paragraph.starts))]


class _Carried:
    """`kept`: of each new word what is decided there."""

    def __init__(self, old: Sequence[Override], old_starts: Sequence[int], new_starts: Sequence[int]) -> None:
        self._old = old
        self.kept = [FLOWING] * len(new_starts)
        same = _same_words(old_starts, new_starts)
        for was, now in same:
            self.kept[now] = old[was]
        ends = (len(old), len(new_starts))
        for (left_was, left), (right_was, right) in pairwise([(-1, -1), *same, ends]):
            lost, fresh = range(left_was + 1, right_was), range(left + 1, right)
            if lost and fresh:
                self._replace(lost, fresh)
            elif fresh:
                self._insert(fresh, left_was, right_was)
            elif lost:
                self._remove(lost, left, right)

    def _held(self, word: int) -> bool:
        """Whether words beside this one belong into its cue, whatever the profile."""
        override = self._old[word]
        pinned = override.start_ms is not None or override.end_ms is not None
        return pinned or override.continues or (word + 1 < len(self._old) and self._old[word + 1].continues)

    def _replace(self, lost: range, fresh: range) -> None:
        old, kept, many, few = self._old, self.kept, len(fresh), len(lost)
        if many == few:
            for was, now in zip(lost, fresh, strict=True):
                kept[now] = old[was]
            return
        for k, now in enumerate(fresh):
            kept[now] = replace(old[lost[k * few // many]], before=None, start_ms=None, end_ms=None)
        for j, was in enumerate(lost):
            now = fresh[j * many // few]
            if old[was].before is None and old[was].start_ms is None:
                continue
            if kept[now].before is None and kept[now].start_ms is None:
                kept[now] = replace(kept[now], before=old[was].before, start_ms=old[was].start_ms)
            elif old[was].opens:
                self._begin(old[was], fresh[-1] + 1)
        for j, was in enumerate(lost):
            if old[was].end_ms is not None:
                now = fresh[((j + 1) * many - 1) // few]
                kept[now] = replace(kept[now], end_ms=old[was].end_ms)
        for k, now in enumerate(fresh[1:], 1):
            free = kept[now].before is None and kept[now].start_ms is None and kept[now - 1].end_ms is None
            if free and self._held(lost[k * few // many]):
                kept[now] = replace(kept[now], before="join")

    def _insert(self, fresh: range, left_was: int, right_was: int) -> None:
        old, kept = self._old, self.kept
        left = old[left_was] if left_was >= 0 else None
        right = old[right_was] if right_was < len(old) else None
        beside = right if right and (right.continues or left is None) else left
        if beside is None:
            return
        italic = all(one.italic for one in (left, right) if one)
        plain = Override(None, None, None, italic, beside.position, beside.align)
        joins = bool((right and right.continues) or (left and self._held(left_was)))
        for now in fresh:
            kept[now] = replace(plain, before="join") if joins else plain
        if left and not (right and right.continues) and left.end_ms is not None:
            kept[fresh[0] - 1] = replace(kept[fresh[0] - 1], end_ms=None)
            kept[fresh[-1]] = replace(kept[fresh[-1]], end_ms=left.end_ms)
        if left is None and right and right.opens:
            inside = replace(plain, before="join") if self._held(right_was) else plain
            for now in fresh[1:]:
                kept[now] = inside
            kept[fresh[0]] = replace(plain, before=right.before, start_ms=right.start_ms)
            kept[fresh[-1] + 1] = replace(right, before=inside.before, start_ms=None)

    def _remove(self, lost: range, left: int, right: int) -> None:
        old, kept = self._old, self.kept
        opening = next((old[was] for was in reversed(lost) if old[was].opens), None)
        if opening:
            self._begin(opening, right)
        elif right < len(kept) and kept[right].before == "join" and any(old[was].before == "line" for was in lost):
            kept[right] = replace(kept[right], before="line")
        for was in lost if left >= 0 else ():
            if not old[was].continues:
                return
            if old[was].end_ms is not None:
                kept[left] = replace(kept[left], end_ms=old[was].end_ms)

    def _begin(self, opening: Override, word: int) -> None:
        """The cue that began with a word that is gone begins with this one, if it is in that cue."""
        if word >= len(self.kept):
            return
        kept = self.kept[word]
        if kept.continues:
            self.kept[word] = replace(kept, before="cue", start_ms=opening.start_ms)
        elif not kept.opens:
            self.kept[word] = replace(kept, before="cue")


def _same_words(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """(position in old, position in new) of the words that stay, both rising."""
    places: dict[int, deque[int]] = defaultdict(deque)
    for position, start_ms in enumerate(old):
        places[start_ms].append(position)
    found = [(places[start_ms].popleft(), now) for now, start_ms in enumerate(new) if places.get(start_ms)]
    return [found[position] for position in longest_rising([was for was, _ in found])]
