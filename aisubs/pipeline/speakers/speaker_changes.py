"""Where the speaker changes within what was said: at the end of a sentence, if there is one a word or two beside it.

The times of words and of turns are both wrong by some tenths of a second, so that the last word of one person, or the
first of the next, is easily given to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from aisubs.formats.breaks import ends_sentence
from aisubs.model.transcript import Word

MOST_MOVED = 2
"""Words: with more of them somebody has interrupted a sentence."""
_LONGEST_MS = 1_000
"""Of the words that are moved together."""
_PAUSE_MS = 500
"""So much longer a pause to those that they would stand with than to those that they do speaks against it."""

SpeaksNear = Callable[[int, Word], bool]
"""Whether a speaker is heard during a word or close to it."""


def at_sentences(words: Sequence[Word], speakers: Sequence[int], speaks_near: SpeaksNear) -> list[int]:
    """The speakers of the words, changing at the ends of sentences where those are near. None is moved to somebody who
    does not speak there."""
    settled = list(speakers)
    for at in range(1, len(words)):
        before, after = settled[at - 1], settled[at]
        if before == after or _ends(words[at - 1]):
            continue
        for part, who in _moves(words, at, before, after):
            if _fits(words, settled, part, who, speaks_near):
                settled[part.start : part.stop] = [who] * len(part)
                break
    return settled


def _moves(words: Sequence[Word], at: int, before: int, after: int) -> Iterator[tuple[range, int]]:
    """Which words beside a change at `at` would have to be whose for it to be at a sentence end; fewest first."""
    for count in range(1, MOST_MOVED + 1):
        if at + count <= len(words) and _ends(words[at + count - 1]):
            yield range(at, at + count), before
        if at - count > 0 and _ends(words[at - count - 1]):
            yield range(at - count, at), after


def _fits(words: Sequence[Word], speakers: Sequence[int], part: range, who: int, speaks_near: SpeaksNear) -> bool:
    first, last = words[part.start], words[part.stop - 1]
    if len({speakers[index] for index in part}) > 1 or last.end_ms - first.start_ms > _LONGEST_MS:
        return False
    pause_before_ms = first.start_ms - words[part.start - 1].end_ms if part.start else 0
    pause_after_ms = words[part.stop].start_ms - last.end_ms if part.stop < len(words) else 0
    joins_before = part.start > 0 and speakers[part.start - 1] == who
    longer_ms = pause_before_ms - pause_after_ms if joins_before else pause_after_ms - pause_before_ms
    return longer_ms <= _PAUSE_MS and all(speaks_near(who, words[index]) for index in part)


def _ends(word: Word) -> bool:
    return ends_sentence(word.text.strip())
