"""A transcript as a file, for whoever may read the job: what was written on completion, or made on demand."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from aisubs.formats import FORMATS, render
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Job, Options, Status
from aisubs.model.names import filename_of, split_suffix
from aisubs.pipeline.jobs import Reads
from aisubs.pipeline.mirror_results import read_whole
from aisubs.pipeline.read_transcript import MACHINE, read_text
from aisubs.ports import Store

log = logging.getLogger(__name__)


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
    jobs: Reads,
    store: Store,
    profile: str | None = None,
    choices: Mapping[str, object] | None = None,
    partial: bool = False,
    revision: int | None = None,
) -> ResultFile:
    """The transcript of `job` in one format: of the newest text (None), or of another revision.

    With `partial`, what is saved so far of a job that is not completed (and may never be).
    Raises `bad_format`, `bad_request` for a choice or profile that does not exist, `not_finished`,
    `revision_not_found`.
    """
    if format_name not in FORMATS:
        raise error("bad_format", format=format_name)
    chosen = Options.model_validate(job.options)
    # A cached job shares the result of another, maybe of another person: its files hold that recording's name.
    as_written = profile in (None, chosen.cue_profile) and not choices and not job.cached and job.title is None
    result = jobs.get_result(job.job_id) if job.status is Status.COMPLETED else None
    if revision is None:
        revision = job.revision
    data = _written(result, format_name, store) if result and as_written and revision == MACHINE else None
    if data is None:
        text = read_text(job, jobs=jobs, revision=revision, result=result, partial=partial)
        data = render(text.transcript, format_name, profile or chosen.cue_profile, **(choices or {}))
    found = FORMATS[format_name]
    name = filename_of(job.title or split_suffix(job.filename)[0], found.suffix)
    return ResultFile(data, found.media_type, name, sha256(data).hexdigest())


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
