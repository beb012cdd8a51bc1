"""Names of subtitle files as Jellyfin, Plex, Kodi and Bazarr read them: `talk.en.srt` beside `talk.mp4`.

All four take what stands between the recording's stem and the ending, parted by dots: a language (ISO 639-1, 639-2,
with a region, or its English name) and flags. docs/local.md ("Beside the film") has the sources.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from aisubs.model.language import language_of
from aisubs.model.names import fit_filename

ENDINGS = frozenset(
    [
        "srt",
        "ass",
        "ssa",
        "vtt",
        "sub",
        "idx",
        "sup",
        "smi",
        "sami",
        "mks",
        "ttml",
        "dfxp",
        "usf",
        "aqt",
        "jss",
        "rt",
        "mpl",
        "stl",
        "utf",
        "utf8",
        "utf-8",
    ]
)
"""What any of the players takes for subtitles."""

FOLDERS = frozenset({"subs", "sub", "subtitles", "subtitle"})
"""Folders beside recordings in which some players look as well, in any case."""

_FORCED = frozenset({"forced", "foreign"})
_IMPAIRED = frozenset({"hi", "cc", "sdh"})

_WRITTEN = {
    # "talk.hi.srt" is one for the hearing impaired, of no language, to Bazarr: so the other code, which all know.
    "hi": "hin",
    "jw": "jv",  # Whisper's code for Javanese is a retired one
}


def subtitle_name(stem: str, language: str, suffix: str) -> str:
    """The name beside `stem`.mp4 of subtitles in a language of LANGUAGES; `suffix` is ".srt".

    Whole unless a file system could not hold it: players then do not find it, but people do.
    """
    return fit_filename(stem, f".{_WRITTEN.get(language, language)}{suffix}")


@dataclass(frozen=True, slots=True)
class SubtitleFile:
    """A subtitle file of a recording; `language` is a code of LANGUAGES, None where its name tells none."""

    name: str
    language: str | None
    forced: bool


def subtitles_of(recording: str, names: Iterable[str]) -> list[SubtitleFile]:
    """Those among the names of a folder that are subtitles of `recording` ("talk.mp4").

    "talk.2.en.srt" belongs to "talk.2.mp4" if that lies there too.
    """
    parted = [(name, *_parted(name)) for name in names]
    mine = _parted(recording)[0]
    stems = {stem for _, stem, ending in parted if ending not in ENDINGS} | {mine}
    found = []
    for name, stem, ending in sorted(parted):
        if ending in ENDINGS and _owner(stem, stems) == mine:
            found.append(_read(name, stem[len(mine) :].split(".")[1:]))
    return found


def _read(name: str, tags: list[str]) -> SubtitleFile:
    forced = any(tag in _FORCED or tag.endswith("-forced") for tag in tags)
    plain = [tag.removesuffix("-forced").removesuffix("-hi") for tag in tags]
    languages = [found for tag in plain if tag not in _IMPAIRED and (found := language_of(tag)) is not None]
    if not languages and "hi" in plain:
        languages = ["hi"]  # without another language it is one itself: Hindi
    return SubtitleFile(name, languages[-1] if languages else None, forced)


def _owner(stem: str, stems: Iterable[str]) -> str | None:
    """The longest of `stems` that this one is, or goes on from behind a dot."""
    return max((one for one in stems if stem == one or stem.startswith(f"{one}.")), key=len, default=None)


def _parted(name: str) -> tuple[str, str]:
    """Stem and ending as they are compared: é is é, however it is written, and so is É."""
    stem, dot, ending = unicodedata.normalize("NFC", name).casefold().rpartition(".")
    return (stem, ending) if dot and stem else (stem + dot + ending, "")
