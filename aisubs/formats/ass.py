"""Advanced SubStation Alpha (.ass): subtitles with styles, for mpv, VLC and video editors."""

from __future__ import annotations

from collections.abc import Sequence

from aisubs.formats.choices import Choices
from aisubs.formats.clock import centiseconds
from aisubs.formats.cue import Cue, Line
from aisubs.formats.encoding import encode
from aisubs.formats.measure import RTL_LANGUAGES
from aisubs.formats.places import place_tag
from aisubs.formats.wording import clean, without_overrides
from aisubs.model.transcript import Transcript

_HEAD = """[Script Info]
{title}ScriptType: v4.00+
WrapStyle: 2
ScaledBorderAndShadow: yes
PlayResX: 1920
PlayResY: 1080

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,60,&H00FFFFFF,&H000000FF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,80,80,60,{encoding}

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
_FIND_DIRECTION = -1  # libass then takes the direction of each line from its text
_DEFAULT_ENCODING = 1


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """An .ass file with one style. Lines of a cue are joined by backslash N."""
    title = clean(transcript.title).strip()
    encoding = _FIND_DIRECTION if transcript.text_language in RTL_LANGUAGES else _DEFAULT_ENCODING
    parts = [_HEAD.format(title=f"Title: {title}\n" if title else "", encoding=encoding)]
    for cue, (start, end) in zip(cues, centiseconds(cues), strict=True):
        name = "/".join(cue.speakers).replace(",", " ")
        parts.append(f"Dialogue: 0,{_time(start)},{_time(end)},Default,{name},0,0,0,,{styled_text(cue)}\n")
    return encode("".join(parts), choices)


def styled_text(cue: Cue) -> str:
    """The lines of a cue with their place and italics, as they stand in an event."""
    return place_tag(cue) + r"\N".join(map(_line, cue.lines))


def _line(line: Line) -> str:
    return "".join(rf"{{\i1}}{_piece(text)}{{\i0}}" if italic else _piece(text) for text, italic in line.runs)


def _piece(text: str) -> str:
    """A backslash at its end would make text of the tag behind it."""
    return without_overrides(text) + ("\u2060" if text.endswith("\\") else "")


def _time(centiseconds: int) -> str:
    seconds, rest = divmod(centiseconds, 100)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}.{rest:02d}"
