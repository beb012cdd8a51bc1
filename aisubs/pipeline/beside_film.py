"""Subtitles of a dropped film beside it, as players find them: `talk.en.srt` beside `talk.mp4` in the inbox itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import PurePosixPath

from aisubs.formats import FORMATS
from aisubs.formats.json import parse
from aisubs.model.dropped import why_passed_over
from aisubs.model.errors import AisubsError
from aisubs.model.language import LANGUAGES
from aisubs.model.subtitle_names import subtitle_name, subtitles_of
from aisubs.pipeline.jobs import Jobs
from aisubs.pipeline.written_files import WrittenFiles
from aisubs.ports import BesideRecordings

log = logging.getLogger(__name__)

_WRITTEN = "srt"
"""What every player reads. Texts and JSON are had from the page: nobody wants them between films."""


def put_beside(
    name: str,
    files: Mapping[str, bytes],
    jobs: Jobs,
    mirror: BesideRecordings,
    job_id: str,
    corrected_job: str | None = None,
) -> bool:
    """Put the subtitles among `files` (by format, JSON too) beside the dropped film `name`; `job_id` and
    `corrected_job` as in WrittenFiles.put.

    Nothing is put where nobody speaks, or where the film has subtitles in that language that are not ours. False if
    they cannot be put there: they must go to the other results then.
    """
    said = parse(files["json"])
    language = "en" if said.task == "translate" else said.language
    if language not in LANGUAGES:
        return True
    written, path = WrittenFiles(jobs, mirror.beside), PurePosixPath(name)
    try:
        names = mirror.names(str(path.parent))
        there = [
            found.name for found in subtitles_of(path.name, names) if found.language == language and not found.forced
        ]
        theirs = [one for one in there if not written.may_replace(str(path.parent / one), corrected_job)]
        if theirs:
            log.info("results.kept", extra={"object": str(path.parent / theirs[0])})
            return True
        stem = path.name if _has_rival(path, names) else path.stem
        place = str(path.parent / subtitle_name(stem, language, FORMATS[_WRITTEN].suffix))
        media_type = FORMATS[_WRITTEN].media_type
        written.put(place, files[_WRITTEN], media_type, corrected_job=corrected_job, job_id=job_id)
    except AisubsError as fault:
        if fault.code != "store_unavailable":
            raise
        log.warning("results.not_beside", extra={"object": name, "reason": fault.reason})
        return False
    return True


def _has_rival(path: PurePosixPath, names: list[str]) -> bool:
    """Whether another recording would have subtitles of the same name: talk.mkv beside talk.mp4."""
    others = (PurePosixPath(name) for name in names if name != path.name and why_passed_over(name) is None)
    return any(other.stem == path.stem for other in others)
