"""What it costs the reader to break a line, or a cue, between two pieces of text.

Costs are small integers that only matter against each other: FREE after a sentence up to NEVER inside a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from aisubs.formats.function_words import ABBREVIATIONS, UNITS, Role, roles
from aisubs.formats.measure import is_cjk, is_mark, is_unspaced

FREE = 0  # after a sentence
CLAUSE = 20  # after a comma, colon, dash
GOOD = 40  # before a conjunction or preposition
FAIR = 70  # before a subject, with which a clause often begins
NEUTRAL = 100
POOR = 250  # after a pronoun or auxiliary
BAD = 400  # after a preposition or conjunction; where a name is likely
INSIDE_WORD = 150  # more for a break inside a word as the model gave it, where its script allows one
NEVER = 1000  # after an article; inside a name; between number and unit

_SENTENCE_END = frozenset(".?!。！？｡．؟۔।॥։።᙮…")
_CLAUSE_END = frozenset(",;:،؛、，；：､—–")
_CLOSING = frozenset("\"'”’»›)]}）］｝」』】〉》〕｣")
_OPENING = frozenset("([{（［｛「『【〈《〔｢«‹“‘„‚¿¡")
# May not begin a line: UAX 14 classes CL, CP, EX, IS, NS, the Thai and Lao vowels that follow their consonant.
_NOT_FIRST = (
    _SENTENCE_END
    | frozenset(",;:،؛、，；：､%‰°℃）］｝」』】〉》〕｣)]}»›”’")
    | frozenset("ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶーｰ々〻ヽヾゝゞ・･〜ﾞﾟ")
    | frozenset("ะาำๅๆฯະາຳຽໆ་།")
)
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
_NOT_LAST = _OPENING | _LEADING_VOWELS | frozenset("$£¥€￥＄")
_CHINESE_PARTICLES = frozenset("的了吗嗎呢吧们們着著过過得地")  # lean on the word before them

_CLOSING_SIGNS, _OPENING_SIGNS = "".join(_CLOSING), "".join(_OPENING)
_MAY_END_SENTENCE = _SENTENCE_END | _CLOSING
# French sets a space before ? ! : ; and inside « »; a lone dash would look like a change of speaker.
_NOT_FIRST_SIGNS = "".join(_NOT_FIRST | frozenset("-–—"))

_LEANING, _SUBJECT = Role.PREPOSITION | Role.CONJUNCTION, Role.PRONOUN | Role.AUXILIARY

_EDGES = re.compile(r"^\W+|\W+$")
_NUMBER = re.compile(r"^[\d.,:/'’]*\d[\d.,:/'’]*$")


def core(text: str) -> str:
    """`text` without punctuation at its ends, unless it is nothing but punctuation or a sign such as %."""
    return _EDGES.sub("", text) or text


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends with `text`; a full stop after an abbreviation or initial does not count."""
    if text[-1] not in _MAY_END_SENTENCE:
        return False
    bare = text.rstrip(_CLOSING_SIGNS) or text
    if bare[-1] not in _SENTENCE_END:
        return False
    if bare[-1] != ".":
        return True
    word = bare.rstrip(".").lstrip(_OPENING_SIGNS + "\"'")
    return not (word.lower() in ABBREVIATIONS or (len(word) == 1 and word.isupper()))


def inseparable(left: str, right: str, spaced: bool) -> bool:
    """Whether no line may ever end between `left` and `right` (`spaced`: a space joins them)."""
    if is_mark(right[0]) or left[-1] in "\u200d\u17d2\u1039":
        return True
    if spaced:
        return (not right.strip(_NOT_FIRST_SIGNS) and not _is_sign(left)) or not left.strip(_OPENING_SIGNS)
    if not (is_unspaced(left[-1]) or is_unspaced(right[0])):
        return True
    if right[0] in _NOT_FIRST and not (left[-1] in _SENTENCE_END and _is_sign(left)):
        return True
    return left[-1] in _NOT_LAST


class Breaks:
    """What breaks cost in a text of one language (ISO 639-1). Texts repeat their words: each is looked at once."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._roles = roles(language)
        self._seen: dict[str, _Seen] = {}

    def cost(self, before: str | None, left: str, right: str, spaced: bool) -> int:
        """Cost of a break between `left` and `right` (`spaced`: a space joins them). `before` is the word ahead of
        `left`, None at the start of speech."""
        one = self._look(left)
        if one.ends_sentence:
            return FREE
        if one.ends_clause:
            return CLAUSE
        if not spaced and is_unspaced(left[-1]) and is_unspaced(right[0]):
            return _unspaced_cost(left[-1], right[0], self._language)
        two = self._look(right)
        if one.role & Role.ARTICLE or (one.is_number and two.is_measure):
            return NEVER
        if not one.role and not two.role and one.is_upper and (bound := self._name_cost(before, one, two)):
            return bound
        if one.role & _LEANING:
            return BAD
        if two.role & Role.CONJUNCTION:
            return GOOD
        if one.role & _SUBJECT or (one.is_number and not two.role):
            return POOR
        if two.role & Role.PREPOSITION:
            return GOOD
        return FAIR if two.role & Role.PRONOUN else NEUTRAL

    def _look(self, text: str) -> _Seen:
        seen = self._seen.get(text)
        if seen is None:
            seen = self._seen[text] = _Seen(text, self._roles)
        return seen

    def _name_cost(self, before: str | None, one: _Seen, two: _Seen) -> int:
        """NEVER inside a name, BAD where it may be one, 0 where it is none. `one` begins with a capital."""
        if two.is_digit:
            return BAD  # Apollo 11
        if not two.is_upper or (one.is_capitals and two.is_capitals):
            return 0  # text in capitals tells nothing
        starts_sentence = before is None or self._look(before).ends_sentence
        if one.is_dotted or not (starts_sentence or self._language == "de"):  # Dr. Smith, J. Smith
            return NEVER
        return BAD  # a capital that the sentence, or German, asks for


class _Seen:
    """What matters of a word for the breaks beside it."""

    __slots__ = (
        "ends_clause",
        "ends_sentence",
        "is_capitals",
        "is_digit",
        "is_dotted",
        "is_measure",
        "is_number",
        "is_upper",
        "role",
    )

    def __init__(self, text: str, known: Mapping[str, int]) -> None:
        bare = core(text)
        self.ends_sentence = ends_sentence(text)
        self.ends_clause = (text.rstrip(_CLOSING_SIGNS) or text)[-1] in _CLAUSE_END
        self.role = known.get(bare.lower(), Role.NONE)
        self.is_number = _NUMBER.match(bare) is not None
        self.is_measure = bare.rstrip(".").lower() in UNITS
        self.is_upper = bare[0].isupper()
        self.is_digit = bare[0].isdigit()
        self.is_capitals = len(bare) > 1 and bare.isupper()
        self.is_dotted = text.endswith(".")


def _is_sign(text: str) -> bool:
    return not any(character.isalnum() for character in text)


def _unspaced_cost(left: str, right: str, language: str) -> int:
    """Chinese and Japanese may break between any two characters, but do so best where a phrase ends."""
    if not (is_cjk(left) and is_cjk(right)):
        # A Thai or Lao vowel written before its consonant begins a syllable; these signs end one.
        return NEUTRAL if right in _LEADING_VOWELS or left in "ะำๆະຳໆ" else POOR
    if left in _CLOSING or right in _OPENING:
        return GOOD
    if language != "ja":
        return POOR if right in _CHINESE_PARTICLES else NEUTRAL
    left_kind, right_kind = _kind(left), _kind(right)
    if left_kind == "HIRAGANA" and right_kind != "HIRAGANA":
        return GOOD  # after a particle
    if right_kind == "HIRAGANA":
        return POOR if left_kind == "HIRAGANA" else BAD  # before an ending or a particle
    return BAD if left_kind == right_kind == "KATAKANA" else POOR


@cache
def _kind(character: str) -> str:
    return unicodedata.name(character, "").split(" ")[0]
