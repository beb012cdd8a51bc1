"""What was heard of a recording, in the units in which it is compared with a script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aisubs.formats.measure import is_cjk
from aisubs.model.transcript import Segment, Window, Word
from aisubs.pipeline.alignment.matching import key_of


@dataclass(frozen=True, slots=True)
class Unit:
    """A word that was heard; in Chinese and Japanese one character. `window` is the place of its window in the list."""

    key: str
    text: str
    start_ms: int
    end_ms: int
    seq: int
    window: int
    language: str | None


def units_of(windows: Sequence[Window]) -> list[Unit]:
    """Everything with a letter or a digit, in order."""
    units: list[Unit] = []
    for place, window in enumerate(windows):
        for segment in window.segments:
            for word in segment.words or (Word(segment.start_ms, segment.end_ms, segment.text),):
                units += _of_word(word, segment, window.seq, place)
    return units


def _of_word(word: Word, segment: Segment, seq: int, place: int) -> Iterator[Unit]:
    parts = list(_apart(word.text))
    length_ms = word.end_ms - word.start_ms
    for index, part in enumerate(parts):
        if key := key_of(part):
            start_ms, end_ms = (word.start_ms + length_ms * at // len(parts) for at in (index, index + 1))
            yield Unit(key, part, start_ms, end_ms, seq, place, segment.language)


def _apart(text: str) -> Iterator[str]:
    """Characters where nothing parts words, and the words of what has several."""
    gathered = ""
    for character in text:
        cut = is_cjk(character) or (character.isspace() and gathered.strip())
        if cut and gathered.strip():
            yield gathered
            gathered = ""
        gathered += character
        if is_cjk(character):
            yield gathered
            gathered = ""
    if gathered.strip():
        yield gathered
