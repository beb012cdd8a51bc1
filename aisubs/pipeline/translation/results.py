"""A translation as a file, for whoever may read the job: made on demand."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from aisubs.formats import FORMATS, render
from aisubs.model.errors import error
from aisubs.model.job import Job, Options
from aisubs.model.names import filename_of, split_suffix
from aisubs.pipeline.jobs import HolderReads
from aisubs.pipeline.results import ResultFile
from aisubs.pipeline.translation.read_translation import read_translated


def translated_result(
    job: Job,
    language: str,
    format_name: str,
    *,
    jobs: HolderReads,
    profile: str | None = None,
    choices: Mapping[str, object] | None = None,
    partial: bool = False,
    revision: int | None = None,
) -> ResultFile:
    """`talk.de.srt`. Raises as `read_translated`, `bad_format`, and `bad_request` for a choice or a profile that does
    not exist."""
    if format_name not in FORMATS:
        raise error("bad_format", format=format_name)
    text = read_translated(job, language, jobs=jobs, revision=revision, partial=partial)
    chosen = profile or Options.model_validate(job.options).cue_profile
    data = render(text.transcript, format_name, chosen, **(choices or {}))
    found = FORMATS[format_name]
    name = filename_of(job.title or split_suffix(job.filename)[0], f".{language}{found.suffix}")
    return ResultFile(data, found.media_type, name, sha256(data).hexdigest())
