"""`aisubs transcribe --beside`: subtitles beside films, named as players look for them, unless some are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aisubs.cli.outputs import folder_problem, name_key
from aisubs.cli.terminal import printable
from aisubs.formats import FORMATS
from aisubs.local.film import expected_language, look_at, subtitle_there
from aisubs.media.probe import Limits, MediaInfo
from aisubs.model.job import Options
from aisubs.model.language import LANGUAGES
from aisubs.model.subtitle_names import subtitle_name

AGAIN = "--overwrite makes them all the same"


@dataclass(slots=True)
class Beside:
    """Where the files of each recording go, once its language is known. `elsewhere` is for folders that cannot be
    written."""

    formats: Sequence[str]
    options: Options
    overwrite: bool
    limits: Limits
    elsewhere: Path
    _looks: dict[Path, MediaInfo | None] = field(default_factory=dict)
    _taken: dict[str, Path] = field(default_factory=dict)

    def reason_to_keep(self, path: Path) -> str | None:
        """Why there is nothing to do, as far as that can be told before the work. Raises OSError."""
        if self.overwrite:
            return None
        info = self._look(path)
        language = expected_language(self.options, info)
        there = subtitle_there(path, language, info) if language else None
        if language is None or there is None:
            return None
        said = "" if self.options.language or self.options.task == "translate" else self._tagged(language)
        return f"{said}{printable(there)} ({AGAIN})"

    def reason_to_keep_after(self, path: Path, language: str) -> str | None:
        """The same, now that the language was heard. Raises OSError."""
        there = None if self.overwrite else subtitle_there(path, language, self._look(path))
        return f"{LANGUAGES[language]} was heard, and {printable(there)} ({AGAIN})" if there else None

    def places(self, path: Path, language: str) -> tuple[dict[str, Path], str]:
        """The file of each format, and what must be said about it. Raises OSError where nothing can be written."""
        folder, note = path.parent, ""
        if folder_problem(folder) is not None:
            folder = self.elsewhere
            note = f" (in {printable(str(folder))}, for the recording's own folder cannot be written)"
            if problem := folder_problem(folder):
                raise OSError(problem)
        suffixes = {name: FORMATS[name].suffix for name in self.formats}
        for stem in (path.stem, path.name):
            outputs = {name: folder / subtitle_name(stem, language, suffix) for name, suffix in suffixes.items()}
            if all(self._taken.get(name_key(output), path) == path for output in outputs.values()):
                break
        self._taken.update((name_key(output), path) for output in outputs.values())
        return outputs, note

    def _look(self, path: Path) -> MediaInfo | None:
        if path not in self._looks:
            self._looks[path] = look_at(path, self.options, self.limits)
        return self._looks[path]

    def _tagged(self, language: str) -> str:
        return f"the sound says that it is {LANGUAGES[language]}, and "
