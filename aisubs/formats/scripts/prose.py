"""Scripts in prose: paragraphs, names of who speaks at their beginnings, directions in brackets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from aisubs.formats.scripts.words import Style, words_of
from aisubs.formats.wording import clean
from aisubs.model.script import Script, ScriptWord

_NAMED = re.compile(r"^[>*_#\s-]*(?P<name>[^\W\d_][\w .'’-]{0,39}?)\s*[:：][*_]*(?:\s+|$)(?P<rest>.*)$", re.DOTALL)
_CLOCK = re.compile(r"^\s*[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])]?\s*[-–—]?\s*")
_MANY = 2
"""A name that is said so often before a colon is a speaker's; in capitals once is enough."""


def prose(text: str) -> Script:
    """Every word, in order. Times at the beginnings of lines, as transcripts have them, are left out."""
    lines = [_CLOCK.sub("", line) for line in text.splitlines()]
    names = _names(lines)
    words: list[ScriptWord] = []
    speaker, said = None, ""
    for paragraph in _paragraphs(lines, names):
        named = _NAMED.match(paragraph)
        if named and named["name"] in names:
            speaker, said = clean(named["name"]).strip(), named["rest"]
        else:
            said = paragraph  # whoever spoke goes on
        words += words_of([(said, Style())], opens="paragraph", speaker=speaker)
    return Script(tuple(words))


def _names(lines: list[str]) -> set[str]:
    found = Counter(named["name"] for line in lines if (named := _NAMED.match(line)))
    return {name for name, count in found.items() if count >= _MANY or (name.isupper() and len(name) > 1)}


def _paragraphs(lines: list[str], names: set[str]) -> Iterator[str]:
    """What stands between empty lines; a name begins one, too."""
    gathered: list[str] = []
    for line in lines:
        named = _NAMED.match(line)
        if gathered and (not line.strip() or (named and named["name"] in names)):
            yield "\n".join(gathered)
            gathered = []
        if line.strip():
            gathered.append(line.strip())
    if gathered:
        yield "\n".join(gathered)
