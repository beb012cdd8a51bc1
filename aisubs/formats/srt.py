"""SubRip (.srt): numbers from 1, `HH:MM:SS,mmm --> HH:MM:SS,mmm`, lines, an empty line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aisubs.formats.choices import Choices
from aisubs.formats.clock import clock
from aisubs.formats.cue import Cue, Line
from aisubs.formats.encoding import encode
from aisubs.formats.places import place_tag
from aisubs.formats.wording import without_overrides
from aisubs.model.transcript import Transcript

_ARROW = re.compile("-{2,}>")
_TAG = re.compile("<(?=[^<>]*>)")


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """An .srt file. The format has no escapes: `-->` inside text becomes `->`, braces full-width ones.

    `<` and `&` stay, but players swallow whatever looks like a tag, `a < b and c > d` for one: there an invisible word
    joiner after the `<` keeps the words on the screen. Italics are `<i>`, and a place other than the usual one is an
    override of SubStation Alpha, `{\\an8}`: no standard, but what players know.
    """
    blocks = []
    for number, cue in enumerate(cues, 1):
        text = place_tag(cue) + "\n".join(map(_line, cue.lines))
        blocks.append(f"{number}\n{clock(cue.start_ms, ',')} --> {clock(cue.end_ms, ',')}\n{text}\n")
    return encode("\n".join(blocks), choices)


def _line(line: Line) -> str:
    if not line.italics:
        return _inert(line.shown)
    # Our own tags bring a `>` to every `<` before them.
    return "".join(f"<i>{_bare(text)}</i>" if italic else _bare(text) for text, italic in line.runs)


def _bare(text: str) -> str:
    return without_overrides(_ARROW.sub("->", text).replace("<", "<\u2060"))


def _inert(text: str) -> str:
    return without_overrides(_TAG.sub("<\u2060", _ARROW.sub("->", text)))
