"""Error rates as the field counts them: jiwer's, over texts in Whisper's own normal form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import jiwer
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer


@cache
def _english() -> EnglishTextNormalizer:
    return EnglishTextNormalizer()


@dataclass(frozen=True, slots=True)
class Errors:
    """Words of one or more texts: said, and of these wrong or lost; `invented` ones were not said."""

    said: int
    wrong: int
    lost: int
    invented: int

    @property
    def rate(self) -> float:
        """Word error rate; 0.02 for 2 %."""
        return (self.wrong + self.lost + self.invented) / self.said


def word_errors(said: Sequence[str], heard: Sequence[str]) -> Errors:
    """Of English texts, all together. Case, punctuation, and the spelling of numbers do not count."""
    return _count([_english()(text) for text in said], [_english()(text) for text in heard])


def letter_errors(said: Sequence[str], heard: Sequence[str]) -> Errors:
    """The same for every script, each letter as a word. Spaces, case and punctuation do not count."""
    normalize = BasicTextNormalizer()
    return _count(*([" ".join(normalize(text).replace(" ", "")) for text in texts] for texts in (said, heard)))


def _count(said: list[str], heard: list[str]) -> Errors:
    found = jiwer.process_words(said, heard)
    total = found.hits + found.substitutions + found.deletions
    return Errors(total, found.substitutions, found.deletions, found.insertions)


def word_error_rate(said: str | Sequence[str], heard: str | Sequence[str]) -> float:
    said, heard = ([text] if isinstance(text, str) else text for text in (said, heard))
    return word_errors(said, heard).rate


def character_error_rate(said: str, heard: str) -> float:
    return letter_errors([said], [heard]).rate
