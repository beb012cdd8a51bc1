"""A transcript as a file: every format in one table.

    from aisubs.formats import FORMATS, render
    render(transcript, "srt")                                  # bytes of an .srt file
    render(transcript, "vtt", profile="bbc", voices=True)

One file per format, each with the same `write(transcript, cues, choices) -> bytes`. Pure: the same arguments give the
same bytes, on any machine. cues.py shapes the cues; docs/formats.md describes everything for readers of the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from aisubs.formats import (
    ass,
    audacity,
    columnar,
    csv,
    docx,
    json,
    lrc,
    markdown,
    sbv,
    srt,
    tsv,
    ttml,
    txt,
    verbose_json,
    vtt,
)
from aisubs.formats.choices import Choices
from aisubs.formats.cue import Cue
from aisubs.formats.cues import shape
from aisubs.formats.profiles import PROFILES, limits_for
from aisubs.formats.unclear import with_marks, with_notice
from aisubs.model.errors import error
from aisubs.model.transcript import Transcript

__all__ = ["FORMATS", "PROFILES", "Choices", "Cue", "Format", "render", "render_all", "shape"]

Writer = Callable[[Transcript, Sequence[Cue], Choices], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the table. `choices` are the names of those it takes; `shaped` says that it is made of cues."""

    name: str
    suffix: str
    media_type: str
    sentence: str
    write: Writer
    choices: frozenset[str] = frozenset()
    shaped: bool = False


_TEXT = frozenset({"bom", "crlf"})
_TABLES = _TEXT | {"speakers", "sounds", "rows"}
_SUBTITLES = _TEXT | {"speakers", "sounds", "unclear"}
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_ROWS = (
    Format(
        "srt",
        ".srt",
        "application/x-subrip; charset=utf-8",
        "SubRip: the subtitles that nearly every player and editor reads.",
        srt.write,
        _SUBTITLES,
        True,
    ),
    Format(
        "vtt",
        ".vtt",
        "text/vtt; charset=utf-8",
        "WebVTT: the subtitles of web pages.",
        vtt.write,
        _SUBTITLES | {"voices"},
        True,
    ),
    Format(
        "txt",
        ".txt",
        "text/plain; charset=utf-8",
        "Plain text in paragraphs, for reading.",
        txt.write,
        _SUBTITLES | {"times"},
    ),
    Format(
        "json",
        ".json",
        "application/json",
        "Everything there is, in the project's own versioned form: words, times, marks, coverage.",
        json.write,
    ),
    Format(
        "verbose_json",
        ".verbose.json",
        "application/json",
        "What the OpenAI API answers for response_format=verbose_json.",
        verbose_json.write,
        frozenset({"words"}),
    ),
    Format(
        "columnar",
        ".columns.json",
        "application/json",
        "Words and times in columns, small and quick to load, for viewers.",
        columnar.write,
    ),
    Format(
        "tsv",
        ".tsv",
        "text/tab-separated-values; charset=utf-8",
        "Start, end and text separated by tabs, as Whisper's own command writes them.",
        tsv.write,
        _TABLES,
        True,
    ),
    Format(
        "csv",
        ".csv",
        "text/csv; charset=utf-8",
        "Start, end, speaker and text for spreadsheets.",
        csv.write,
        _TEXT | {"sounds", "rows"},
        True,
    ),
    Format(
        "audacity",
        ".labels.txt",
        "text/plain; charset=utf-8",
        "A label track for the Audacity sound editor.",
        audacity.write,
        _TABLES,
        True,
    ),
    Format("lrc", ".lrc", "text/plain; charset=utf-8", "Lyrics for music players.", lrc.write, _SUBTITLES, True),
    Format(
        "ass",
        ".ass",
        "text/x-ass; charset=utf-8",
        "Advanced SubStation Alpha: subtitles with styles, for video editing.",
        ass.write,
        _SUBTITLES,
        True,
    ),
    Format(
        "docx",
        ".docx",
        _DOCX,
        "A Word document in paragraphs.",
        docx.write,
        frozenset({"speakers", "sounds", "times", "unclear"}),
    ),
    Format(
        "ttml",
        ".ttml",
        "application/ttml+xml",
        "TTML, the text profile of IMSC 1.1: for broadcasters and streaming services.",
        ttml.write,
        _SUBTITLES,
        True,
    ),
    Format("sbv", ".sbv", "text/plain; charset=utf-8", "Captions as YouTube writes them.", sbv.write, _SUBTITLES, True),
    Format(
        "md",
        ".md",
        "text/markdown; charset=utf-8",
        "Markdown in paragraphs, their times links into the recording.",
        markdown.write,
        _SUBTITLES | {"links"},
    ),
)

FORMATS: dict[str, Format] = {row.name: row for row in _ROWS}
"""Every format by name."""


def render(transcript: Transcript, name: str, profile: str = "netflix", **choices: object) -> bytes:
    """The transcript as a file of the format `name`, with cues of the profile where the format has cues.

    Raises `bad_format` for an unknown format, `bad_request` for an unknown profile or a choice the format doesn't take.
    """
    return render_all(transcript, [name], profile, **choices)[name]


def render_all(
    transcript: Transcript, names: Iterable[str], profile: str = "netflix", **choices: object
) -> dict[str, bytes]:
    """Several formats at once, by name: the cues, which take the most time, are shaped once. Raises like `render`."""
    formats = [_find(name) for name in names]
    chosen = _choose(formats, choices)
    limits_for(profile, transcript.text_language)
    # WebVTT can name speakers in tags, CSV does in a column: neither wants them in the text as well.
    labels = chosen.speakers and not chosen.voices
    shaped: dict[bool, list[Cue]] = {}
    written = {}
    for found in formats:
        told = "unclear" in found.choices
        shown = _told(transcript, found, chosen) if told else transcript
        if found.shaped and told not in shaped:
            shaped[told] = shape(shown, profile, labels=labels, sounds=chosen.sounds)
        # A shaped format says in cues what it shows, and tells of the transcript as it is.
        written[found.name] = found.write(*((transcript, shaped[told]) if found.shaped else (shown, [])), chosen)
    return written


def _told(transcript: Transcript, found: Format, chosen: Choices) -> Transcript:
    """What a format shows: subtitles hold what was said, texts for reading also where something is missing."""
    if chosen.unclear is False:
        return transcript
    noticed = with_notice(transcript)
    wanted = not found.shaped if chosen.unclear is None else chosen.unclear
    return with_marks(transcript) if wanted and noticed is transcript else noticed


def _find(name: str) -> Format:
    if name not in FORMATS:
        raise error("bad_format", format=name)
    return FORMATS[name]


def _choose(formats: Sequence[Format], choices: dict[str, object]) -> Choices:
    for found in formats:
        for unknown in sorted(choices.keys() - found.choices):
            raise error("bad_request", f"The format {found.name} has no choice called {unknown}.")
    try:
        return Choices.model_validate(choices)
    except ValidationError as problem:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in problem.errors())
        raise error("bad_request", wrong) from problem
