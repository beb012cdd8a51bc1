"""A stretch that is decoded alone is heard with a little of what stands around it, and gives that back.

Its ends are where the words beside it are thought to begin and end, which is right to a few hundred milliseconds: cut
there, a sentence loses its last word to half of another one. What an answer says of the margins is told already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from aisubs.model.transcript import Segment, Word

MARGIN_MS = 400
"""As much as the voice detector gives to what it finds."""

MEETING_WORDS = 3
"""So many words in a row that two answers have in common are no accident."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """(start_ms, end_ms) of the recording, and the words that are told right before and behind it."""

    start_ms: int
    end_ms: int
    before: Word | None = None
    behind: Word | None = None

    @property
    def with_margins(self) -> tuple[int, int]:
        """(start_ms, end_ms) of what is to be heard: more only where somebody is known to speak."""
        return (
            self.start_ms - (MARGIN_MS if self.before else 0),
            self.end_ms + (MARGIN_MS if self.behind else 0),
        )

    def own(self, segments: Iterable[Segment]) -> tuple[Segment, ...]:
        """What an answer says of the stretch itself. Segments without words are kept as they are."""
        kept = tuple(segments)
        if self.before:
            kept = _picked(kept, lambda word: word.end_ms > self.start_ms)
            first = next((word for segment in kept for word in segment.words), None)
            if first and first.start_ms <= self.start_ms and _is_part(first, self.before):
                kept = _picked(kept, lambda word: word is not first)
        if self.behind:
            kept = _picked(kept, lambda word: word.start_ms < self.end_ms)
            last = next((word for segment in reversed(kept) for word in reversed(segment.words)), None)
            if last and last.end_ms >= self.end_ms and _is_part(last, self.behind):
                kept = _picked(kept, lambda word: word is not last)
        return tuple(with_words(one, tuple(self._clipped(word) for word in one.words)) for one in kept)

    def _clipped(self, word: Word) -> Word:
        start_ms = max(word.start_ms, self.start_ms) if self.before else word.start_ms
        end_ms = min(word.end_ms, self.end_ms) if self.behind else word.end_ms
        return (
            word
            if (start_ms, end_ms) == (word.start_ms, word.end_ms)
            else replace(word, start_ms=start_ms, end_ms=end_ms)
        )


def spliced(told: Sequence[Segment], heard: Sequence[Segment], stretch: Stretch) -> tuple[Segment, ...] | None:
    """What was told with `heard` in it, from the stretch on until both say the same at the same time.

    Where they never do, as far as `heard` goes. None where it says less than what stood there or passes over some of
    it, and where words have no times.
    """
    if not heard or not all(segment.words for segment in (*told, *heard)):
        return None
    first = _picked(told, lambda word: word.start_ms < stretch.start_ms)
    new = [word for segment in heard for word in segment.words]
    old = [word for segment in told for word in segment.words if word.start_ms >= stretch.start_ms]
    meeting = _meeting(new, old, stretch.end_ms)
    kept = old[meeting[1] :] if meeting else _behind(new, old)
    new = new[: meeting[0]] if meeting else new
    if any(not _is_heard(word, new) for word in old[: len(old) - len(kept)]):
        return None
    old = kept
    wanted = {id(word) for word in (*new, *old)}
    middle, last = (_picked(part, lambda word: id(word) in wanted) for part in (heard, told))
    if _letters(first) + _letters(middle) + _letters(last) <= _letters(told):
        return None
    begins = {id(segment.words[0]) for segment in told}
    if meeting and last and id(last[0].words[0]) not in begins:  # they meet within a sentence
        middle = (*middle[:-1], with_words(middle[-1], (*middle[-1].words, *last[0].words)))
        last = last[1:]
    return (*first, *middle, *last)


def _is_heard(word: Word, heard: Sequence[Word]) -> bool:
    """Whether anything was heard about where a word stood: another answer may correct it, never pass over it."""
    return any(one.start_ms - MARGIN_MS < word.end_ms and word.start_ms < one.end_ms + MARGIN_MS for one in heard)


def _behind(new: Sequence[Word], old: Sequence[Word]) -> list[Word]:
    """What was told of the time after an answer."""
    end_ms = max(word.end_ms for word in new)
    return [word for word in old if word.start_ms >= end_ms]


def _meeting(new: Sequence[Word], old: Sequence[Word], from_ms: int) -> tuple[int, int] | None:
    """How many words of each are over when both have said the same `MEETING_WORDS`, behind `from_ms`."""
    for at in range(MEETING_WORDS, len(new) + 1):
        if new[at - 1].end_ms <= from_ms:
            continue
        for other in range(MEETING_WORDS, len(old) + 1):
            if abs(new[at - 1].end_ms - old[other - 1].end_ms) <= MARGIN_MS and all(
                bare(new[at - back]) == bare(old[other - back]) for back in range(1, MEETING_WORDS + 1)
            ):
                return at, other
    return None


def _letters(segments: Iterable[Segment]) -> int:
    return sum(len(bare(word)) for segment in segments for word in segment.words)


def between_words(start_ms: int, end_ms: int, told: Iterable[Segment]) -> Stretch:
    """A stretch with those words of `told` that lie within a margin of it."""
    words = [word for segment in told for word in segment.words]
    before = [word for word in words if start_ms - MARGIN_MS < word.end_ms <= start_ms]
    behind = [word for word in words if end_ms <= word.start_ms < end_ms + MARGIN_MS]
    return Stretch(
        start_ms,
        end_ms,
        max(before, key=lambda word: word.end_ms, default=None),
        min(behind, key=lambda word: word.start_ms, default=None),
    )


def _picked(segments: Iterable[Segment], keep: Callable[[Word], bool]) -> tuple[Segment, ...]:
    """The segments with those of their words that are kept; one that loses all of them is left out."""
    picked = ((segment, tuple(word for word in segment.words if keep(word))) for segment in segments)
    return tuple(with_words(segment, words) for segment, words in picked if words or not segment.words)


def _is_part(word: Word, neighbour: Word) -> bool:
    """Whether a word at an end is the neighbour once more, or the piece of it that was heard."""
    letters, whole = bare(word), bare(neighbour)
    return letters == whole or (len(letters) > 1 and (whole.startswith(letters) or whole.endswith(letters)))


def with_words(segment: Segment, words: tuple[Word, ...]) -> Segment:
    """A segment that says these words alone."""
    if words == segment.words:
        return segment
    text = "".join(word.text for word in words)
    return replace(segment, start_ms=words[0].start_ms, end_ms=words[-1].end_ms, text=text, words=words)


def bare(word: Word) -> str:
    """Letters and digits alone, to compare by."""
    return "".join(letter for letter in word.text.casefold() if letter.isalnum())
