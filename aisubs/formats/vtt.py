"""WebVTT (.vtt), https://www.w3.org/TR/webvtt1/: the subtitles of web pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from aisubs.formats.choices import Choices
from aisubs.formats.clock import clock
from aisubs.formats.cue import Cue, Line
from aisubs.formats.encoding import encode
from aisubs.model.losses import losses_of
from aisubs.model.transcript import Transcript

_ALIGNS = {
    None: "",
    "center": "",
    "left": " position:10%,line-left align:left",
    "right": " position:90%,line-right align:right",
}
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """A .vtt file. Escaping `>` takes care of `-->` in text. A comment, which no player shows, tells of losses."""
    blocks = ["WEBVTT\n"]
    sentence = losses_of(transcript).sentence
    if sentence and choices.unclear is not False:
        blocks.append(f"NOTE {sentence}\n")
    for cue in cues:
        text = "\n".join(_lines(cue, choices.voices))
        blocks.append(f"{clock(cue.start_ms, '.')} --> {clock(cue.end_ms, '.')}{_settings(cue)}\n{text}\n")
    return encode("\n".join(blocks), choices)


def _settings(cue: Cue) -> str:
    """Where the cue stands, behind its times."""
    return (" line:0" if cue.position == "top" else "") + _ALIGNS[cue.align]


def _line(line: Line) -> str:
    return "".join(
        f"<i>{text.translate(_ESCAPES)}</i>" if italic else text.translate(_ESCAPES) for text, italic in line.runs
    )


def _lines(cue: Cue, voices: bool) -> Iterator[str]:
    for (speaker, language), lines in groupby(cue.lines, key=lambda line: (line.speaker, line.language)):
        text = "\n".join(map(_line, lines))
        if language:  # by which browsers choose voices and fonts
            text = f"<lang {language}>{text}</lang>"
        yield f"<v {speaker.translate(_ESCAPES)}>{text}</v>" if voices and speaker else text
