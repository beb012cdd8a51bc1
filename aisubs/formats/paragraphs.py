"""Running text: words gathered into paragraphs for reading rather than watching."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from aisubs.formats.breaks import ends_sentence
from aisubs.formats.measure import columns
from aisubs.formats.timeline import TimedWord, joined

_LONG_PAUSE_MS = 3000  # ends a paragraph anywhere
_PAUSE_MS = 1000  # ends one after a sentence, if it has some length
_SOME_COLUMNS = 250
_MANY_COLUMNS = 600  # ends one after any sentence
_MOST_COLUMNS = 1200  # ends one after any word: some models write no punctuation


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words of one speaker that belong together. Never empty."""

    words: list[TimedWord]

    @property
    def start_ms(self) -> int:
        return self.words[0].start_ms

    @property
    def end_ms(self) -> int:
        return self.words[-1].end_ms

    @property
    def speaker(self) -> str | None:
        return self.words[0].speaker

    @property
    def language(self) -> str | None:
        """What it is written in, where that is not the transcript's."""
        return self.words[0].language

    @property
    def text(self) -> str:
        return joined(self.words)


def paragraphs(words: Sequence[TimedWord], opened: Sequence[int] | None = None) -> Iterator[Paragraph]:
    """Cut at changes of speaker and of language, at pauses, and at the end of a sentence where a paragraph grows long;
    or, if people have set them (`Transcript.paragraphs`), where a segment of `opened` begins, and only there."""
    if opened is not None:
        for _, group in groupby(words, key=lambda word: bisect_right(opened, word.segment)):
            yield Paragraph(list(group))
        return
    gathered: list[TimedWord] = []
    width = 0
    for word in words:
        if gathered and _ends(gathered[-1], word, width):
            yield Paragraph(gathered)
            gathered, width = [], 0
        gathered.append(word)
        width += columns(word.text) + word.spaced
    if gathered:
        yield Paragraph(gathered)


def _ends(last: TimedWord, word: TimedWord, width: int) -> bool:
    pause_ms = word.start_ms - last.end_ms
    if (
        word.speaker != last.speaker
        or word.language != last.language
        or pause_ms >= _LONG_PAUSE_MS
        or width >= _MOST_COLUMNS
    ):
        return True
    if not ends_sentence(last.text):
        return False
    return width >= _MANY_COLUMNS or (width >= _SOME_COLUMNS and pause_ms >= _PAUSE_MS)
