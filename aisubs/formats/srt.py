"""SubRip (.srt): numbers from 1, `HH:MM:SS,mmm --> HH:MM:SS,mmm`, lines, an empty line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aisubs.formats.choices import Choices
from aisubs.formats.clock import clock
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import encode
from aisubs.formats.wording import without_overrides
from aisubs.model.transcript import Transcript

_ARROW = re.compile("-{2,}>")
_TAG = re.compile("<(?=[^<>]*>)")


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """An .srt file. The format has no escapes: `-->` inside text becomes `->`, braces full-width ones.

    `<` and `&` stay, but players swallow whatever looks like a tag, `a < b and c > d` for one: there an invisible word
    joiner after the `<` keeps the words on the screen.
    """
    blocks = []
    for number, cue in enumerate(cues, 1):
        text = _inert("\n".join(cue.shown))
        blocks.append(f"{number}\n{clock(cue.start_ms, ',')} --> {clock(cue.end_ms, ',')}\n{text}\n")
    return encode("\n".join(blocks), choices)


def _inert(text: str) -> str:
    return without_overrides(_TAG.sub("<\u2060", _ARROW.sub("->", text)))
