"""TTML (.ttml) in the text profile of IMSC 1.1, https://www.w3.org/TR/ttml-imsc1.1/: what broadcasters and streaming
services take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from xml.sax.saxutils import escape, quoteattr

from aisubs.formats.choices import Choices
from aisubs.formats.clock import clock
from aisubs.formats.cue import Cue, Line
from aisubs.formats.encoding import encode
from aisubs.formats.measure import RTL_LANGUAGES
from aisubs.formats.wording import clean
from aisubs.model.transcript import Transcript

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" \
xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" \
ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text" ttp:timeBase="media" \
ttp:cellResolution="32 15" xml:lang={language}>
  <head>
{title}    <styling>
      <initial tts:fontFamily="proportionalSansSerif" tts:fontSize="1c" tts:lineHeight="125%"{direction}/>
      <style xml:id="shown" tts:color="#FFFFFF" tts:backgroundColor="#000000CC"/>
    </styling>
    <layout>
{regions}
    </layout>
  </head>
  <body>
    <div>
"""
_TAIL = """    </div>
  </body>
</tt>
"""
_REGION = (
    '      <region xml:id="{position}-{align}" tts:origin="10% 10%" tts:extent="80% 80%" '
    'tts:displayAlign="{side}" tts:textAlign="{align}"/>'
)
_SIDES = {"top": "before", "bottom": "after"}
_ALIGNS = ("left", "center", "right")


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """A .ttml file: a paragraph for each cue, in one of six regions."""
    title = clean(transcript.title).strip()
    head = _HEAD.format(
        language=quoteattr(transcript.text_language),
        title=f"    <metadata>\n      <ttm:title>{escape(title)}</ttm:title>\n    </metadata>\n" if title else "",
        direction=' tts:direction="rtl"' if transcript.text_language in RTL_LANGUAGES else "",
        regions="\n".join(
            _REGION.format(position=position, side=side, align=align)
            for (position, side), align in product(_SIDES.items(), _ALIGNS)
        ),
    )
    return encode(head + "".join(map(_paragraph, cues)) + _TAIL, choices)


def _paragraph(cue: Cue) -> str:
    region = f"{cue.position or 'bottom'}-{cue.align or 'center'}"
    times = f'begin="{clock(cue.start_ms, ".")}" end="{clock(cue.end_ms, ".")}"'
    lines = "<br/>".join(map(_line, cue.lines))
    return f'      <p {times} region="{region}"><span style="shown">{lines}</span></p>\n'


def _line(line: Line) -> str:
    text = "".join(_pieces(line))
    return f"<span xml:lang={quoteattr(line.language)}>{text}</span>" if line.language else text


def _pieces(line: Line) -> Iterator[str]:
    for text, italic in line.runs:
        yield f'<span tts:fontStyle="italic">{escape(text)}</span>' if italic else escape(text)
