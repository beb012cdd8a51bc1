"""Where `aisubs transcribe` writes: beside each recording or into one folder, and never over another file unasked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path


def plan_outputs(files: Sequence[Path], suffixes: Sequence[str], output_dir: Path | None) -> dict[Path, list[Path]]:
    """Files to write for each recording, one per suffix (".srt").

    `talk.mp4` gives `talk.srt`, which players find by themselves. Where that would mean one name for two recordings
    (talk.mp4 and talk.mp3, or two folders into one), the later one keeps its whole name, and a number if need be.
    """
    taken: set[Path] = set()
    plan: dict[Path, list[Path]] = {}
    for file in files:
        folder = output_dir or file.parent
        for stem in _stems(file):
            outputs = [folder / f"{stem}{suffix}" for suffix in suffixes]
            if taken.isdisjoint(outputs):
                break
        taken.update(outputs)
        plan[file] = outputs
    return plan


def _stems(file: Path) -> Iterable[str]:
    yield file.stem
    yield file.name
    number = 2
    while True:
        yield f"{file.name}-{number}"
        number += 1


def write_output(path: Path, data: bytes) -> None:
    """Write the whole file or nothing. Raises OSError."""
    beside = path.with_name(f".aisubs-{os.getpid()}.part")  # not made of `path`'s name, which may be as long as allowed
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def folder_problem(folder: Path) -> str | None:
    """Why nothing can be written into `folder` (made if missing), as a sentence, or None. Tells before the work."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as fault:
        return f"Nothing can be written into {folder}: {fault.strerror or fault}."
