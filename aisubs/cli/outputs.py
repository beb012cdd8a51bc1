"""Where `aisubs transcribe` writes: beside each recording or into one folder, and never over another file unasked."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from aisubs.model.names import fit_filename


def plan_outputs(
    files: Sequence[Path], suffixes: Sequence[str], output_dir: Path | None, taken: dict[str, Path] | None = None
) -> dict[Path, list[Path]]:
    """Files to write for each recording, one per suffix (".srt").

    `talk.mp4` gives `talk.srt`, which players find by themselves. Where that would mean one name for two recordings
    (talk.mp4 and talk.mp3, or two folders into one), the later one keeps its whole name, and a number if need be. What
    a file system could not hold is shortened. `taken` says to whom earlier plans gave names; this one adds its own.
    """
    taken = {} if taken is None else taken
    plan: dict[Path, list[Path]] = {}
    for file in files:
        folder = output_dir or file.parent
        for stem in _stems(file):
            outputs = [folder / fit_filename(stem, suffix) for suffix in suffixes]
            keys = {name_key(output) for output in outputs}
            if all(taken.get(key, file) == file for key in keys):
                break
        taken.update(dict.fromkeys(keys, file))
        plan[file] = outputs
    return plan


def name_key(path: Path) -> str:
    """The same for two names that are one file on some system: Talk.srt and talk.srt, é and é in two pieces."""
    return unicodedata.normalize("NFC", str(path.absolute())).casefold()


def _stems(file: Path) -> Iterable[str]:
    yield file.stem
    yield file.name
    number = 2
    while True:
        yield f"{file.name}-{number}"
        number += 1


def folder_problem(folder: Path) -> str | None:
    """Why nothing can be written into `folder` (made if missing), as a sentence, or None. Tells before the work."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as fault:
        return f"Nothing can be written into {folder}: {fault.strerror or fault}."
