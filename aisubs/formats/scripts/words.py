"""Words of a script, with what is written around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aisubs.formats.measure import is_cjk
from aisubs.formats.wording import clean, is_visible
from aisubs.model.script import Opens, ScriptWord

_OPENING, _CLOSING = "([{（［【", ")]}）］】"
_PIECES = re.compile(r"\S+|\n")


@dataclass(frozen=True, slots=True)
class Style:
    """How the words of a subtitle are shown."""

    italic: bool = False
    top: bool = False


def words_of(
    pieces: Sequence[tuple[str, Style]], *, opens: Opens, aside: bool = False, speaker: str | None = None
) -> Iterator[ScriptWord]:
    """The words of what is one subtitle or one paragraph; `aside`: all of it is. Of a subtitle the lines are kept."""
    due: Opens | None = opens
    depth, begins = 0, True
    for text, style in pieces:
        for match in _PIECES.finditer(text):
            if match[0] == "\n":
                due, begins = due or ("line" if opens == "cue" else None), True
                continue
            written = clean(match[0])
            if not is_visible(written):
                continue
            depth += sum(written.count(sign) for sign in _OPENING)
            for place, part in enumerate(_apart(written)):
                # Chinese goes on in the next line as if there were none.
                spaced = place == 0 and not (begins and is_cjk(part[0]))
                yield ScriptWord(part, spaced, due, aside or depth > 0, speaker, style.italic, style.top)
                due, begins = None, False
            depth = max(0, depth - sum(written.count(sign) for sign in _CLOSING))


def _apart(text: str) -> list[str]:
    """Chinese and Japanese in single characters, each with the punctuation behind it; anything else as it is."""
    if text.isascii() or not any(is_cjk(character) for character in text):
        return [text]
    parts: list[str] = []
    for character in text:
        joins = parts and (not (character.isalnum() or _may_begin(character)) or _continues(parts[-1], character))
        if joins:
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def _may_begin(character: str) -> bool:
    """Whether a word may begin with this sign."""
    return character in "「『（《〈【“‘([{"


def _continues(part: str, character: str) -> bool:
    """Latin letters and digits between ideographs stay together; what was opened holds what follows."""
    if _may_begin(part[-1]):
        return True
    return not is_cjk(character) and not is_cjk(part[-1]) and character.isalnum() and part[-1].isalnum()
