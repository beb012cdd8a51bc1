"""LRC (.lrc): lyrics, one `[mm:ss.xx]` line per cue; minutes go on counting beyond 59."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aisubs.formats.choices import Choices
from aisubs.formats.clock import centiseconds
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import encode
from aisubs.formats.wording import clean
from aisubs.model.transcript import Transcript

_SILENCE_CS = 300  # players keep a line until the next one: after this long a line without text clears it

# What a player would take for a tag: [00:12.00] or <00:12.00> anywhere, [ti:…] at the start of a line.
_TIME_TAG = re.compile(r"[\[<](\d+:\d+(?:[.:]\d+)?)[\]>]")
_NAME_TAG = re.compile(r"^\s*\[([^\[\]]*:[^\[\]]*)\]")


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """An .lrc file. Brackets in the text that would be read as a tag become parentheses."""
    lines = []
    title = re.sub(r"[\[\]]", "", clean(transcript.title)).strip()
    if title:
        lines.append(f"[ti:{title}]\n")
    spans = centiseconds(cues)
    for index, (cue, (start, end)) in enumerate(zip(cues, spans, strict=True)):
        text = _NAME_TAG.sub(r"(\1)", _TIME_TAG.sub(r"(\1)", cue.on_one_line))
        lines.append(f"[{_time(start)}]{text}\n")
        if index + 1 == len(spans) or spans[index + 1][0] - end >= _SILENCE_CS:
            lines.append(f"[{_time(end)}]\n")
    return encode("".join(lines), choices)


def _time(centiseconds: int) -> str:
    minutes, rest = divmod(centiseconds, 6000)
    return f"{minutes:02d}:{rest // 100:02d}.{rest % 100:02d}"
