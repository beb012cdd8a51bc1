"""What it costs the reader to break a line, or a cue, between two pieces of text.

Costs are small integers that only matter against each other: FREE after a sentence up to NEVER inside a name.
"""

from __future__ import annotations

import re
import unicodedata

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

_EDGES = re.compile(r"^\W+|\W+$")
_NUMBER = re.compile(r"^[\d.,:/'’]*\d[\d.,:/'’]*$")


def core(text: str) -> str:
    """`text` without punctuation at its ends, unless it is nothing but punctuation or a sign such as %."""
    return _EDGES.sub("", text) or text


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends with `text`; a full stop after an abbreviation or initial does not count."""
    bare = text.rstrip("".join(_CLOSING)) or text
    if bare[-1] not in _SENTENCE_END:
        return False
    if bare[-1] != ".":
        return True
    word = bare.rstrip(".").lstrip("".join(_OPENING) + "\"'")
    return not (word.lower() in ABBREVIATIONS or (len(word) == 1 and word.isupper()))


def inseparable(left: str, right: str, spaced: bool) -> bool:
    """Whether no line may ever end between `left` and `right` (`spaced`: a space joins them)."""
    if is_mark(right[0]) or left[-1] in "\u200d\u17d2\u1039":
        return True
    if spaced:
        # French sets a space before ? ! : ; and inside « »; a lone dash would look like a change of speaker.
        return (_only(right, _NOT_FIRST | frozenset("-–—")) and not _is_sign(left)) or _only(left, _OPENING)
    if not (is_unspaced(left[-1]) or is_unspaced(right[0])):
        return True
    if right[0] in _NOT_FIRST and not (left[-1] in _SENTENCE_END and _is_sign(left)):
        return True
    return left[-1] in _NOT_LAST


def break_cost(before: str | None, left: str, right: str, spaced: bool, language: str) -> int:
    """Cost of a break between `left` and `right`. `before` is the word ahead of `left`, None at the start of speech."""
    if ends_sentence(left):
        return FREE
    if (left.rstrip("".join(_CLOSING)) or left)[-1] in _CLAUSE_END:
        return CLAUSE
    if not spaced and is_unspaced(left[-1]) and is_unspaced(right[0]):
        return _unspaced_cost(left[-1], right[0], language)
    words = roles(language)
    left_core, right_core = core(left), core(right)
    left_role = words.get(left_core.lower(), Role.NONE)
    right_role = words.get(right_core.lower(), Role.NONE)
    if left_role & Role.ARTICLE or _is_measure(left_core, right_core):
        return NEVER
    if not left_role and not right_role and (bound := _name_cost(before, left, left_core, right_core, language)):
        return bound
    if left_role & (Role.PREPOSITION | Role.CONJUNCTION):
        return BAD
    if right_role & Role.CONJUNCTION:
        return GOOD
    if left_role & (Role.PRONOUN | Role.AUXILIARY) or (_NUMBER.match(left_core) and not right_role):
        return POOR
    if right_role & Role.PREPOSITION:
        return GOOD
    return FAIR if right_role & Role.PRONOUN else NEUTRAL


def _only(text: str, signs: frozenset[str]) -> bool:
    return all(character in signs for character in text)


def _is_sign(text: str) -> bool:
    return not any(character.isalnum() for character in text)


def _is_measure(left: str, right: str) -> bool:
    return bool(_NUMBER.match(left)) and right.rstrip(".").lower() in UNITS


def _name_cost(before: str | None, left: str, left_core: str, right_core: str, language: str) -> int:
    """NEVER inside a name, BAD where it may be one, 0 where it is none."""
    if not left_core[0].isupper():
        return 0
    if right_core[0].isdigit():
        return BAD  # Apollo 11
    if not right_core[0].isupper():
        return 0
    if len(left_core) > 1 and len(right_core) > 1 and left_core.isupper() and right_core.isupper():
        return 0  # text in capitals tells nothing
    abbreviated = left.endswith(".")  # Dr. Smith, J. Smith
    starts_sentence = before is None or ends_sentence(before)
    if abbreviated or not (starts_sentence or language == "de"):
        return NEVER
    return BAD  # a capital that the sentence, or German, asks for


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


def _kind(character: str) -> str:
    return unicodedata.name(character, "").split(" ")[0]
