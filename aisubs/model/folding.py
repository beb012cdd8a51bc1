"""Text as it is compared, and where in a text something stands that was asked for.

The database finds passages by the same rules (aisubs/sql/code/14_words.sql); here, only what of a passage is shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_ACCENTS = re.compile("[\u0300-\u036f]")
_SPELLED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})
_UNSPACED = "\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORDS = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for: all `terms`, each a word or words that stand together; the last one may be a beginning."""

    terms: tuple[str, ...]
    prefix: bool

    @staticmethod
    def of(text: str) -> Question:
        """`"…"` is one term, everything else is parted at spaces. Without a word in it there are no terms."""
        found = re.findall(r'"([^"]*)"|([^\s"]+)', text.replace("\0", " "))  # no database takes a NUL
        terms = [(quoted or plain, bool(plain)) for quoted, plain in found if _WORDS.search(fold(quoted or plain))]
        return Question(tuple(term for term, _ in terms), bool(terms) and terms[-1][1])


def fold(text: str) -> str:
    """Compatible forms, lower case, no accents on Latin, Greek and Cyrillic letters."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", bare).lower().translate(_SPELLED)


def places_of(question: Question, text: str) -> list[tuple[int, int]]:
    """Where the terms stand in the text: [start, end) in characters, in order, without overlaps."""
    folded, origin = _folded_by_character(text)
    spans: list[tuple[int, int]] = []
    for place, term in enumerate(question.terms):
        is_beginning = question.prefix and place == len(question.terms) - 1
        for match in _pattern(term, is_beginning).finditer(folded):
            spans.append((origin[match.start()], origin[match.end() - 1] + 1))
    return _merged(spans)


_folded = lru_cache(maxsize=10_000)(fold)
"""Of single characters: texts hold the same ones again and again."""


def _pattern(term: str, is_beginning: bool) -> re.Pattern[str]:
    words = _WORDS.findall(fold(term))
    start = "" if re.match(f"[{_UNSPACED}]", words[0]) else r"(?<![^\W_])"
    last_stands_alone = re.match(f"[{_UNSPACED}]", words[-1])
    end = "" if last_stands_alone else (r"[^\W_]*" if is_beginning else r"(?![^\W_])")
    return re.compile(start + r"[\W_]*".join(map(re.escape, words)) + end)


def _folded_by_character(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and of each of its characters the index of the one that it comes from."""
    if text.isascii():
        return text.lower(), range(len(text))
    folded: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        for part in _folded(char):
            folded.append(part)
            origin.append(index)
    return "".join(folded), origin


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
