"""A phrase that was written twice and said once, told by its times: two copies in the time of one.

Where a line comes again and again a decoder now and then begins one anew, and a stretch that is decoded alone may begin
or end within a phrase, which both sides then complete. There is sound for one of the copies only: words where the two
meet get no time at all, and both together are read faster than anybody speaks. What was really said twice lasts twice
as long, and stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aisubs.model.transcript import Segment, Word
from aisubs.pipeline.transcribe.margins import bare, with_words

LEAST_WORDS = 2
"""One word said twice in a hurry ("very very") may well share the time of one."""
LEAST_LETTERS = 6
MOST_OF_ONE = 1.25
"""Both copies together last at most this much of what one of them does at the pace of the window."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word, and the number of its segment."""

    segment: int
    word: Word


def leave_out_repeats(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The segments of a window, in order, without second copies; a first one then lasts over the time of both."""
    if not all(segment.words for segment in segments):
        return tuple(segments)
    every = [_Placed(at, word) for at, segment in enumerate(segments) for word in segment.words]
    kept = _without_copies(every)
    if len(kept) == len(every):
        return tuple(segments)
    left = [tuple(placed.word for placed in kept if placed.segment == at) for at in range(len(segments))]
    return tuple(with_words(segment, words) for segment, words in zip(segments, left, strict=True) if words)


def _without_copies(words: Sequence[_Placed]) -> list[_Placed]:
    kept = list(words)
    pace = _letters(kept) / max(1, sum(placed.word.end_ms - placed.word.start_ms for placed in kept))
    at = 0
    while at < len(kept):
        count = _repeated_at(kept, at, pace)
        if count:
            kept[at : at + 2 * count] = _joined(kept[at : at + count], kept[at + count : at + 2 * count])
        else:
            at += 1
    return kept


def _repeated_at(words: list[_Placed], at: int, pace: float) -> int:
    """How many words from `at` on are written twice and were said once; 0 for none. `pace`: letters per millisecond."""
    for count in range((len(words) - at) // 2, LEAST_WORDS - 1, -1):
        meet = at + count
        if not (_is_timeless(words[meet - 1].word) or _is_timeless(words[meet].word)):
            continue
        first, second = words[at:meet], words[meet : meet + count]
        if _letters(first) < LEAST_LETTERS or [bare(one.word) for one in first] != [bare(one.word) for one in second]:
            continue
        if (second[-1].word.end_ms - first[0].word.start_ms) * pace <= MOST_OF_ONE * _letters(first):
            return count
    return 0


def _joined(first: Sequence[_Placed], second: Sequence[_Placed]) -> list[_Placed]:
    joined: list[_Placed] = []
    behind_ms = 0
    for one, other in zip(first, second, strict=True):
        start_ms = max(behind_ms, (other if _is_timeless(one.word) else one).word.start_ms)
        behind_ms = max(start_ms, (one if _is_timeless(other.word) else other).word.end_ms)
        joined.append(replace(one, word=replace(one.word, start_ms=start_ms, end_ms=behind_ms)))
    return joined


def _letters(words: Sequence[_Placed]) -> int:
    return sum(len(bare(placed.word)) for placed in words)


def _is_timeless(word: Word) -> bool:
    return word.start_ms == word.end_ms
