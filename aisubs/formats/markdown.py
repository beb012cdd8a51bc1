"""Markdown (.md): the transcript as a document whose times are links into the recording."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from aisubs.formats.choices import Choices
from aisubs.formats.clock import hours_minutes_seconds
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import encode
from aisubs.formats.own_words import with_own
from aisubs.formats.paragraphs import paragraphs
from aisubs.formats.timeline import speaker_changes, timed_words
from aisubs.formats.wording import clean
from aisubs.model.transcript import Transcript

_OBEYED = re.compile(r"[\\`*_<>~]|&(?=#?\w+;)|\](?=[(\[:])")
"""What Markdown obeys anywhere; a bracket is nothing without what follows it."""

_OBEYED_FIRST = re.compile(r"^([#+=-])|^(\d{1,9})(?=[.)])")
"""… at the beginning of a line: a heading, a list."""


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """A .md file: the title, then a paragraph for each of speech, with its time as a link (`talk.mp4#t=62`, a media
    fragment that browsers understand) unless `times` is off, and speakers in bold."""
    title = clean(transcript.title).strip()
    blocks = [f"# {_inert(title)}\n"] if title else []
    words = with_own(timed_words(transcript), transcript.own, choices)
    gathered = list(paragraphs(words, transcript.paragraphs))
    names = speaker_changes([paragraph.speaker for paragraph in gathered], choices.speakers)
    for paragraph, name in zip(gathered, names, strict=True):
        label = f"**{_inert(name)}:** " if name else ""
        blocks.append(f"{_time(title, paragraph.start_ms, choices)}{label}{_inert(paragraph.text)}\n")
    return encode("\n".join(blocks), choices)


def _time(title: str, start_ms: int, choices: Choices) -> str:
    if not choices.links:
        return ""
    seconds = start_ms // 1000
    return f"[{hours_minutes_seconds(seconds)}]({quote(title, safe='')}#t={seconds}) "


def _inert(text: str) -> str:
    """A backslash in front makes it a character (CommonMark 2.4)."""
    return _OBEYED_FIRST.sub(_first, _OBEYED.sub(r"\\\g<0>", text))


def _first(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else f"{found[2]}\\"
