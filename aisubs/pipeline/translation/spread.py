"""The words of a translation on the time of what was said: where the speaker pauses, so do they."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from aisubs.formats.measure import clusters, columns, is_cjk
from aisubs.model.transcript import Word


def words_of(text: str) -> list[str]:
    """The text in pieces that a cue may be cut between, white space before them kept: words, and of Chinese and
    Japanese characters with what clings to them. Joined they are the text, with single spaces."""
    pieces: list[str] = []
    for word in text.split():
        parts = clusters(word) if any(map(is_cjk, word)) else [word]
        pieces.append(f" {parts[0]}" if pieces else parts[0])
        for part in parts[1:]:
            if part[0].isalnum():
                pieces.append(part)
            else:
                pieces[-1] += part
    return pieces


def spread(pieces: Sequence[str], starts: Sequence[int], ends: Sequence[int], confidence: float | None) -> list[Word]:
    """Each piece gets its share, by width, of the time in which the words of the source are spoken; the pauses between
    these stay pauses. Times are ms and never run backwards."""
    spoken = list(accumulate((max(1, end - start) for start, end in zip(starts, ends, strict=True)), initial=0))
    widths = list(accumulate((columns(piece) + 1 for piece in pieces), initial=0))

    def at(share: int, *, begins: bool) -> int:
        """When so much (of the whole width) has been said."""
        ms = spoken[-1] * share // widths[-1]
        word = (bisect_right(spoken, ms) if begins else bisect_left(spoken, ms)) - 1
        word = min(max(word, 0), len(starts) - 1)
        return starts[word] + ms - spoken[word]

    words: list[Word] = []
    latest_ms = starts[0]
    for piece, left, right in zip(pieces, widths, widths[1:], strict=False):
        start_ms = max(latest_ms, at(left, begins=True))
        end_ms = max(start_ms, at(right, begins=False))
        words.append(Word(start_ms, end_ms, piece, confidence))
        latest_ms = start_ms
    return words
