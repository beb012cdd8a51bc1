"""A recording in somebody's library: what it says about itself, and which subtitles it has already."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from aisubs.media.probe import Limits, MediaInfo, Wish, probe
from aisubs.model.errors import AisubsError
from aisubs.model.job import Options
from aisubs.model.language import LANGUAGES
from aisubs.model.subtitle_names import FOLDERS, subtitles_of


class FileReader:
    """A RangeReader over a file of this machine. Raises OSError as open() does."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.size_bytes = os.fstat(self._file.fileno()).st_size

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        self._file.seek(offset_bytes)
        return self._file.read(length_bytes)

    def close(self) -> None:
        self._file.close()


def look_at(path: Path, options: Options, limits: Limits) -> MediaInfo | None:
    """What the header of a recording says; None for what cannot be read, which its job will tell better."""
    try:
        reader = FileReader(path)
    except OSError:
        return None
    try:
        return probe(reader, limits, Wish(options.audio_track, options.language))
    except (AisubsError, OSError):
        return None
    finally:
        reader.close()


def expected_language(options: Options, info: MediaInfo | None) -> str | None:
    """The language that the subtitles will have, as far as it is known without listening: the one of the translation,
    the one that was given, or the one that the sound says it is in."""
    if options.task == "translate":
        return "en"
    return options.language or (info.track.language if info is not None else None)


def subtitle_there(
    path: Path, language: str, info: MediaInfo | None, is_ours: Callable[[str], bool] = lambda _: False
) -> str | None:
    """What shows a viewer all that is said in this language already, as part of a sentence: "talk.eng.srt is there".

    Forced subtitles do not: they show only what is foreign in the film. Nor do those that `is_ours` says may be written
    anew, by their names from the recording's folder. Raises OSError where a folder cannot be read.
    """
    for folder, prefix in [(path.parent, ""), *_subtitle_folders(path.parent)]:
        for found in subtitles_of(path.name, [entry.name for entry in folder.iterdir() if entry.is_file()]):
            if found.language == language and not found.forced and not is_ours(f"{prefix}{found.name}"):
                return f"{prefix}{found.name} is there"
    if info is not None and language in info.subtitles:
        return f"{LANGUAGES[language]} subtitles are inside the file"
    return None


def _subtitle_folders(folder: Path) -> list[tuple[Path, str]]:
    with os.scandir(folder) as entries:
        found = [entry for entry in entries if entry.name.lower() in FOLDERS and entry.is_dir()]
    return [(Path(entry.path), f"{entry.name}/") for entry in sorted(found, key=lambda entry: entry.name)]
