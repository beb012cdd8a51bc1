"""How wide a text is, and which way and where its script runs.

Widths are counted in *columns*: a Latin letter takes one, an East Asian wide character two (Unicode Standard Annex 11),
a combining mark none. So "16 full-width characters, half-width counts 0.5", as subtitle guides put it, is 32 columns,
and everything stays an integer.
"""

from __future__ import annotations

import unicodedata
from functools import cache

WIDE_LANGUAGES = frozenset({"zh", "yue", "ja", "ko"})
"""Languages in whose context characters of ambiguous width are drawn wide (UAX 11, section 5)."""

RTL_LANGUAGES = frozenset({"ar", "fa", "he", "ps", "sd", "ur", "yi"})
"""Languages written from right to left."""

# Scripts written without spaces between words. Hangul is absent: Korean has spaces.
_CJK_RANGES = (
    (0x2E80, 0x2FDF),  # radicals
    (0x3000, 0x303F),  # ideographic punctuation
    (0x3040, 0x30FF),  # kana
    (0x3100, 0x312F),  # bopomofo
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFF9F),  # full-width forms, half-width kana
    (0x20000, 0x3FFFF),
)
_SOUTH_EAST_ASIAN_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x0FFF),  # Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAA7F),
)


def _columns_of(character: str, wide_context: bool) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc", "Cs"):
        return 0
    if "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7ff":
        return 0  # medial and final jamo are drawn inside the syllable that the initial one opened
    width = unicodedata.east_asian_width(character)
    return 2 if width in "WF" or (wide_context and width == "A") else 1


@cache
def _narrow(character: str) -> int:
    return _columns_of(character, False)


@cache
def _wide(character: str) -> int:
    return _columns_of(character, True)


def columns(text: str, wide_context: bool = False) -> int:
    """Width of `text` in columns. With `wide_context`, characters of ambiguous width count as wide."""
    if text.isascii():
        return len(text)
    return sum(map(_wide if wide_context else _narrow, text))


def _in(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    point = ord(character)
    return any(first <= point <= last for first, last in ranges)


@cache
def is_cjk(character: str) -> bool:
    """Whether `character` is Chinese or Japanese, punctuation and full-width forms included."""
    return _in(character, _CJK_RANGES)


@cache
def is_unspaced(character: str) -> bool:
    """Whether `character` belongs to a script that puts no space between words (CJK, Thai, Lao, Khmer, Burmese, …)."""
    return is_cjk(character) or _in(character, _SOUTH_EAST_ASIAN_RANGES)


@cache
def is_mark(character: str) -> bool:
    """Whether `character` attaches to the one before it, so that nothing may come between them."""
    return character in "\u200d\u200c" or unicodedata.category(character) in ("Mn", "Me", "Mc")


def is_right_to_left(text: str) -> bool:
    """Whether the first character of `text` with a strong direction runs from right to left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def clusters(text: str) -> list[str]:
    """Split `text` where a line may break inside it: around each character of an unspaced script, marks attached.

    Runs of spaced scripts and digits stay whole. `"".join(clusters(text)) == text`.
    """
    parts: list[str] = []
    joined = False  # the last part ends in a character that its follower may not leave
    for character in text:
        if parts and (joined or is_mark(character) or not (is_unspaced(character) or any(map(is_unspaced, parts[-1])))):
            parts[-1] += character
        else:
            parts.append(character)
        # Khmer coeng and Burmese virama stack the next consonant; a joiner glues an emoji to the next one.
        joined = character in "\u17d2\u1039\u200d"
    return parts
