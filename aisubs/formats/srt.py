"""SubRip (.srt): numbers from 1, `HH:MM:SS,mmm --> HH:MM:SS,mmm`, lines, an empty line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aisubs.formats.choices import Choices
from aisubs.formats.clock import clock
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import encode
from aisubs.model.transcript import Transcript

_ARROW = re.compile("-{2,}>")


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """An .srt file. The format has no escapes: `-->` inside text becomes `->`; `<` and `&` stay as they are."""
    blocks = []
    for number, cue in enumerate(cues, 1):
        text = "\n".join(_ARROW.sub("->", line) for line in cue.shown)
        blocks.append(f"{number}\n{clock(cue.start_ms, ',')} --> {clock(cue.end_ms, ',')}\n{text}\n")
    return encode("\n".join(blocks), choices)
