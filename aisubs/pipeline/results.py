"""A transcript as a file, for whoever may read the job: what was written on completion, or made from its windows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from typing import Any

from aisubs.formats import FORMATS, render
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Job, Options, Status
from aisubs.model.names import split_suffix
from aisubs.model.transcript import Transcript, Window
from aisubs.pipeline.coverage import take_stock
from aisubs.pipeline.jobs import Jobs
from aisubs.pipeline.mirror_results import read_whole
from aisubs.ports import Store

log = logging.getLogger(__name__)

NO_LANGUAGE = "und"
"""ISO 639-2 for "undetermined": nothing was said, and nobody chose a language."""

_WINDOWS_PER_PAGE = 200


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A transcript ready to be sent. `sha256` (hex) is of `data`."""

    data: bytes
    media_type: str
    filename: str
    sha256: str


def read_result(
    job: Job,
    format_name: str,
    *,
    jobs: Jobs,
    store: Store,
    profile: str | None = None,
    choices: Mapping[str, object] | None = None,
    partial: bool = False,
) -> ResultFile:
    """The transcript of `job` in one format.

    With `partial`, what is saved so far of a job that is not completed (and may never be).
    Raises `bad_format`, `bad_request` for a choice or profile that does not exist, `not_finished`.
    """
    if format_name not in FORMATS:
        raise error("bad_format", format=format_name)
    chosen = Options.model_validate(job.options)
    # A cached job shares the result of another, maybe of another person: its files hold that recording's name.
    as_written = profile in (None, chosen.cue_profile) and not choices and not job.cached
    result = jobs.get_result(job.job_id) if job.status is Status.COMPLETED else None
    data = _written(result, format_name, store) if result and as_written else None
    if data is None:
        transcript = _transcript(job, chosen, result, jobs, partial)
        data = render(transcript, format_name, profile or chosen.cue_profile, **(choices or {}))
    found = FORMATS[format_name]
    name = split_suffix(job.filename)[0] + found.suffix
    return ResultFile(data, found.media_type, name, sha256(data).hexdigest())


def assemble(windows: Iterable[Window], *, language: str | None, task: str, model: str, title: str) -> Transcript:
    """One transcript out of the saved windows, which begin at 0. Raises `incomplete` when they leave a gap."""
    tiles = list(windows)
    coverage = take_stock(tiles)
    return Transcript(
        duration_ms=coverage.total_ms,
        language=language or NO_LANGUAGE,
        segments=tuple(chain.from_iterable(tile.segments for tile in tiles)),
        task=task,
        model=model,
        coverage=coverage,
        title=title,
    )


def read_all_windows(read: Callable[[int, int], list[Window]]) -> Iterator[Window]:
    """All windows by pages; `read(since_seq, limit)` is Jobs.read_windows of one job."""
    since = 0
    while page := read(since, _WINDOWS_PER_PAGE):
        yield from page
        since = page[-1].seq + 1


def _written(result: dict[str, Any], format_name: str, store: Store) -> bytes | None:
    """The file of this format that was written on completion, if there is one and it is still there."""
    keys = [file["key"] for file in result["files"] if file["format"] == format_name]
    if not keys:
        return None
    try:
        return read_whole(store, keys[0])
    except AisubsError as fault:
        if fault.code != "object_not_found":
            raise
        log.warning("result.file_missing", extra={"object": keys[0]})  # the windows still tell everything
        return None


def _transcript(job: Job, chosen: Options, result: dict[str, Any] | None, jobs: Jobs, partial: bool) -> Transcript:
    if result is None and not partial:
        raise error("not_finished", f"the job is {job.status}")
    return assemble(
        read_all_windows(lambda since, limit: jobs.read_windows(job.job_id, since, limit)),
        language=result["language"] if result else job.language,
        task=chosen.task,
        model=result["model"] if result else "",
        title=job.filename,
    )
