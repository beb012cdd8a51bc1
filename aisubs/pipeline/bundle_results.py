"""The texts of many jobs in one ZIP archive, made while it is sent: no text but the present one is held in memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from aisubs.formats import FORMATS
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Job, Status
from aisubs.model.names import split_suffix
from aisubs.pipeline.jobs import Holder, Jobs, Reads
from aisubs.pipeline.results import ResultFile, read_result
from aisubs.ports import Store

log = logging.getLogger(__name__)

LEFT_OUT = "NOT INCLUDED.txt"
"""Names what was asked for and is not in the archive, with the reason."""

_NOT_THERE = error("job_not_found").sentence
_NOT_FINISHED = error("not_finished").sentence


@dataclass(frozen=True, slots=True)
class Wish:
    """In which formats and profile, and with which choices each text is wanted; a format is told the choices that it
    takes, where there are several."""

    format_names: tuple[str, ...]
    profile: str | None
    choices: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes into an archive, and what of it is known to be missing: (name, reason)."""

    jobs: Sequence[Job]
    missing: Sequence[tuple[str, str]]


def plan_bundle(job_ids: Sequence[str], holder: Holder, *, jobs: Jobs) -> Bundle:
    """Which of the jobs have a text, in the order asked for. Raises `not_finished` when none has."""
    rows = jobs.list_jobs(holder, 1, len(job_ids), {"ids": list(job_ids)})
    found = {job.job_id: job for job in map(Job.model_validate, rows)}
    whole = [found[job_id] for job_id in job_ids if job_id in found and found[job_id].status is Status.COMPLETED]
    missing = [
        (found[job_id].name if job_id in found else job_id, _NOT_FINISHED if job_id in found else _NOT_THERE)
        for job_id in job_ids
        if job_id not in found or found[job_id].status is not Status.COMPLETED
    ]
    if not whole:
        raise error("not_finished", f"none of {len(job_ids)} jobs has a text")
    return Bundle(whole, missing)


def write_bundle(bundle: Bundle, wish: Wish, *, jobs: Reads, store: Store) -> Iterator[bytes]:
    """The archive, piece by piece. Raises as `read_result` does for the first text, before the first piece."""

    def read(job: Job, name: str) -> ResultFile:
        choices = _taken(wish, name)
        return read_result(job, name, jobs=jobs, store=store, profile=wish.profile, choices=choices, revision=None)

    first = read(bundle.jobs[0], wish.format_names[0])
    return _written(bundle, [(job, name) for job in bundle.jobs for name in wish.format_names], first, read)


def _taken(wish: Wish, name: str) -> Mapping[str, Any]:
    """A single format refuses a choice that it does not know."""
    if len(wish.format_names) == 1 or name not in FORMATS:
        return wish.choices
    return {choice: value for choice, value in wish.choices.items() if choice in FORMATS[name].choices}


def _written(
    bundle: Bundle, wanted: Sequence[tuple[Job, str]], first: ResultFile, read: Callable[[Job, str], ResultFile]
) -> Iterator[bytes]:
    pieces = _Pieces()
    taken: set[str] = {LEFT_OUT.casefold()}
    missing = list(bundle.missing)
    with ZipFile(cast(Any, pieces), "w", ZIP_DEFLATED) as archive:
        for number, (job, name) in enumerate(wanted):
            try:
                file = read(job, name) if number else first
            except AisubsError as fault:  # deleted meanwhile, say: the others are not to suffer
                log.warning("bundle.left_out", extra={"job_id": job.job_id, "error_code": fault.code})
                missing.append((job.name, fault.sentence))
                continue
            archive.writestr(_entry(_unique(file.filename, taken), job), file.data)
            yield pieces.take()
        if missing:
            archive.writestr(LEFT_OUT, "".join(f"{name}: {reason}\n" for name, reason in missing))
    yield pieces.take()


def _entry(name: str, job: Job) -> ZipInfo:
    """Dated as the text is. ZIP knows no zones and nothing before 1980."""
    made = datetime.fromisoformat(job.edited_at or job.completed_at or job.created_at)
    entry = ZipInfo(name, made.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _unique(name: str, taken: set[str]) -> str:
    """`talk.srt`, `talk (2).srt`: each once, also where case makes no difference."""
    stem, suffix = split_suffix(name)
    number, candidate = 1, name
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{stem} ({number}){suffix}"
    taken.add(candidate.casefold())
    return candidate


class _Pieces:
    """What ZipFile writes to where nothing can be sought."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        self._data += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        data = bytes(self._data)
        self._data.clear()
        return data
