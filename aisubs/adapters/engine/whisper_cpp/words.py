"""From tokens of bytes to words with times of the shortened sound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aisubs.adapters.engine.timing.words import TimedText
from aisubs.adapters.engine.whisper_cpp.native import Token

_WITHOUT_SPACES = ("zh", "ja", "th", "lo", "my", "yue")
"""Languages that put none between words: there every character that a token ends counts as one (as in upstream)."""
_JOINS_NEXT, _JOINS_LAST = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"


@dataclass(slots=True)
class _Unit:
    """Whole characters: a token, or several that only together are text."""

    text: str
    start_s: float
    end_s: float
    probabilities: list[float]

    def takes(self, other: _Unit) -> None:
        """Its time too, unless that is punctuation, which is given the pause behind a word."""
        self.text += other.text
        if not _is(other, _JOINS_LAST):
            self.end_s = other.end_s
            self.probabilities += other.probabilities


def words_of(tokens: Sequence[Token], language: str, lead_s: float, end_s: float) -> list[TimedText]:
    """The words of one window, punctuation joined. `lead_s`: how much silence was put in front of the sound; no time is
    behind `end_s`, the end of it."""
    words: list[_Unit] = []
    for unit in _units(tokens):
        begins = language in _WITHOUT_SPACES or unit.text[:1].isspace()
        joins = words and (_is(unit, _JOINS_LAST) or not begins or not unit.text.strip())
        if joins or (words and (_is(words[-1], _JOINS_NEXT) or not words[-1].text.strip())):
            words[-1].takes(unit)
        else:
            words.append(unit)
    return [
        TimedText(
            min(end_s, max(0.0, word.start_s - lead_s)),
            min(end_s, max(0.0, word.end_s - lead_s)),
            word.text,
            sum(word.probabilities) / len(word.probabilities),
        )
        for word in words
        if word.text.strip()
    ]


def text_of(tokens: Iterable[Token]) -> str:
    return "".join(unit.text for unit in _units(tokens))


def _units(tokens: Iterable[Token]) -> list[_Unit]:
    """What is left over at the end and is no text stands as the sign for that."""
    units: list[_Unit] = []
    probabilities: list[float] = []
    data, start_s, last_s = b"", 0.0, 0.0
    for token in tokens:
        data += token.text
        probabilities = [*probabilities, token.probability]
        last_s = max(last_s, token.end_s)
        try:
            text = data.decode()
        except UnicodeDecodeError:
            if len(data) < 4:
                continue
            text = data.decode(errors="replace")
        if text:
            units.append(_Unit(text, start_s, last_s, probabilities))
        data, probabilities, start_s = b"", [], last_s
    if data:
        units.append(_Unit(data.decode(errors="replace"), start_s, last_s, probabilities))
    return units


def _is(unit: _Unit, kind: str) -> bool:
    text = unit.text.strip()
    return bool(text) and all(letter in kind for letter in text)
