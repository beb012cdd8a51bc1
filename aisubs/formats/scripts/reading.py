"""From the text of a script to its words: subtitles by pysubs2, everything else as prose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aisubs.formats.scripts.prose import prose
from aisubs.formats.scripts.words import Style, words_of
from aisubs.formats.wording import clean, is_visible
from aisubs.model.errors import error
from aisubs.model.script import Script, ScriptCue, ScriptWord

_TIMED = re.compile(r"^\s*[\d:.,]+\s*-->\s*[\d:.,]+", re.MULTILINE)
_TAGS = re.compile(r"\{([^}]*)\}")
_NOTES = frozenset("♪♫")


def read_script(text: str) -> Script:
    """Subtitles (SRT, WebVTT, SubStation Alpha, …) with their cues, or prose. Raises `bad_script` where no word is."""
    script = _subtitles(text) if _TIMED.search(text) or "[Script Info]" in text[:2000] else prose(text)
    if not any(is_visible(word.text) for word in script.words):
        raise error("bad_script", why="there is no word in it")
    return script


def _subtitles(text: str) -> Script:
    from pysubs2 import SSAFile
    from pysubs2.exceptions import Pysubs2Error

    try:
        file = SSAFile.from_string(text, format_=_kind(text))
    except (Pysubs2Error, ValueError) as fault:
        raise error("bad_script", f"{fault!r}", why="its subtitles cannot be read") from fault
    words: list[ScriptWord] = []
    cues: list[ScriptCue] = []
    for event in sorted(file.events, key=lambda event: (event.start, event.end)):
        fresh = [] if event.is_comment or event.is_drawing else list(_cue(event.text))
        if fresh:
            cues.append(ScriptCue(len(words), len(words) + len(fresh), max(0, event.start), max(0, event.end)))
            words += fresh
    return Script(tuple(words), tuple(cues))


def _kind(text: str) -> str:
    if "[Script Info]" in text[:2000]:
        return "ass"
    return "vtt" if text.lstrip("\ufeff \n\r").startswith("WEBVTT") else "srt"


def _cue(text: str) -> Iterator[ScriptWord]:
    """The words of one subtitle in pysubs2's own form, which is that of SubStation Alpha: `{\\i1}` and `\\N`."""
    style = Style()
    pieces: list[tuple[str, Style]] = []
    for place, piece in enumerate(_TAGS.split(text)):
        if place % 2:
            style = _styled(style, piece)
        else:
            pieces.append((re.sub(r"\\[Nn]", "\n", piece).replace("\\h", " "), style))
    whole = clean(" ".join(piece for piece, _ in pieces)).strip()
    aside = bool(whole) and (_NOTES & set(whole) != set() or (whole[0] + whole[-1]) in ("[]", "()", "（）", "【】"))
    yield from words_of(pieces, opens="cue", aside=aside)


def _styled(style: Style, tags: str) -> Style:
    for tag in re.findall(r"\\(i[01]|an\d)", tags):
        style = Style(tag == "i1", style.top) if tag[0] == "i" else Style(style.italic, tag[2] in "789")
    return style
