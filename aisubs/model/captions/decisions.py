"""What one operation decides, word by word, before it is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from aisubs.model.captions.operations import WordAt
from aisubs.model.captions.overrides import FLOWING, Before, Override, Overrides
from aisubs.model.document import Paragraph


class Decisions:
    """The overrides of the paragraphs that an operation touches, by word."""

    def __init__(self, paragraphs: Mapping[str, Paragraph]) -> None:
        self._paragraphs = paragraphs
        self._words: dict[str, dict[int, Override]] = {}

    def __getitem__(self, word: WordAt) -> Override:
        return self._in(word[0]).get(word[1], FLOWING)

    def __setitem__(self, word: WordAt, override: Override) -> None:
        decided = self._in(word[0])
        if override == FLOWING:
            decided.pop(word[1], None)
        else:
            decided[word[1]] = override

    def anew(self) -> Iterator[tuple[str, Overrides | None]]:
        """The paragraphs that are not as they were."""
        for paragraph_id, decided in self._words.items():
            overrides = tuple(sorted(decided.items(), key=lambda item: item[0])) or None
            if overrides != self._paragraphs[paragraph_id].overrides:
                yield paragraph_id, overrides

    def _in(self, paragraph_id: str) -> dict[int, Override]:
        if paragraph_id not in self._words:
            self._words[paragraph_id] = dict(self._paragraphs[paragraph_id].overrides or ())
        return self._words[paragraph_id]


def hold(decided: Decisions, words: Sequence[WordAt], behind: WordAt | None) -> None:
    """These words are one cue, whatever the profile; lines and times that it has stay."""
    for number, word in enumerate(words):
        former = decided[word]
        before: Before = "cue" if number == 0 else "line" if former.before == "line" else "join"
        decided[word] = replace(
            former,
            before=before,
            start_ms=former.start_ms if number == 0 else None,
            end_ms=former.end_ms if number == len(words) - 1 else None,
        )
    _end(decided, behind)


def split(decided: Decisions, words: Sequence[WordAt], at: WordAt, behind: WordAt | None) -> None:
    """Two cues, of which the second begins with `at`. Raises ValueError."""
    if at not in words[1:]:
        raise ValueError("a cue is split before a word of it that is not its first")
    decided[words[0]] = replace(decided[words[0]], before="cue")
    last = words[words.index(at) - 1]
    decided[last] = replace(decided[last], end_ms=None)
    decided[at] = replace(decided[at], before="cue", start_ms=None)
    _end(decided, behind)


def break_lines(decided: Decisions, words: Sequence[WordAt], at: Sequence[WordAt]) -> None:
    """Lines of the held cue begin with these words. Raises ValueError."""
    begun = set(at)
    if not begun <= set(words[1:]):
        raise ValueError("a line begins with a word of the cue that is not its first")
    for word in words[1:]:
        decided[word] = replace(decided[word], before="line" if word in begun else "join")


def _end(decided: Decisions, behind: WordAt | None) -> None:
    if behind is not None:
        decided[behind] = replace(decided[behind], before="cue")
