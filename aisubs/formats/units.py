"""The unbreakable pieces a cue is built from: words with their punctuation, or characters of unspaced scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aisubs.formats.breaks import CLAUSE, INSIDE_WORD, NEUTRAL, Breaks, inseparable
from aisubs.formats.measure import clusters, columns, is_cjk, is_unspaced
from aisubs.formats.timeline import TimedWord


@dataclass(slots=True)
class Unit:
    """A piece that stays on one line. `cost` is that of a break after it (see breaks.py)."""

    text: str
    spaced: bool
    start_ms: int
    end_ms: int
    columns: int
    cost: int = NEUTRAL


def units_of(words: Sequence[TimedWord], wide: bool, breaks: Breaks) -> list[Unit]:
    """Cut the words of one speaker into units. Joined again, with spaces where `spaced`, they are the same text.

    Widths are `wide` (see measure.py) or not, `breaks` those of what these words are written in.
    """
    units: list[Unit] = []
    before: str | None = None
    last: str | None = None
    for text, spaced, start_ms, end_ms, inner in _atoms(words):
        if last is not None and inseparable(last, text, spaced):
            unit = units[-1]
            unit.text += (" " if spaced else "") + text
            unit.end_ms = end_ms
            unit.columns += spaced + columns(text, wide)
        else:
            if last is not None:
                cost = breaks.cost(before, units[-1].text, text, spaced)
                units[-1].cost = cost + INSIDE_WORD if inner and cost > CLAUSE else cost
                before = units[-1].text
            units.append(Unit(text, spaced, start_ms, end_ms, columns(text, wide)))
        last = text
    return units


def _atoms(words: Sequence[TimedWord]) -> Iterator[tuple[str, bool, int, int, bool]]:
    """(text, spaced, start_ms, end_ms, inside a word) of every piece between which a break is conceivable."""
    for word in words:
        if word.text.isascii() or not any(map(is_unspaced, word.text)):
            yield word.text, word.spaced, word.start_ms, word.end_ms, False
            continue
        parts = clusters(word.text)
        for i, part in enumerate(parts):
            # Text without word times is a whole phrase: Chinese breaks anywhere in it, Thai words cannot be told apart.
            inner = i > 0 and (word.heard or not is_cjk(part[0]))
            length = word.end_ms - word.start_ms
            start_ms = word.start_ms + length * i // len(parts)
            yield part, word.spaced and i == 0, start_ms, word.start_ms + length * (i + 1) // len(parts), inner
