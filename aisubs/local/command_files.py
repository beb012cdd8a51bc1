"""What `aisubs transcribe` writes. A text that is corrected in the page is written there anew, unless a person changed
that file or took it away; the machine's text stays in the page, among the earlier versions."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from urllib.parse import unquote_to_bytes

from aisubs.model.errors import AisubsError
from aisubs.model.job import Job
from aisubs.model.names import fits_database
from aisubs.pipeline.jobs import HouseReads, Jobs
from aisubs.pipeline.mirror_results import QUIET_S
from aisubs.pipeline.results import read_result
from aisubs.ports import Store

log = logging.getLogger(__name__)


def write_output(path: Path, data: bytes) -> None:
    """Write the whole file or nothing. Raises OSError."""
    beside = path.with_name(f".aisubs-{os.getpid()}.part")  # not made of `path`'s name, which may be as long as allowed
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Writing:
    """How a file is written: whatever a command was told about it, so that a later text is written the same way."""

    format: str
    profile: str | None = None
    choices: Mapping[str, object] = field(default_factory=dict)

    def data(self, job: Job, *, jobs: Jobs, store: Store) -> bytes:
        """The newest text of `job`. Raises what `read_result` raises."""
        found = read_result(
            job, self.format, jobs=HouseReads(jobs), store=store, profile=self.profile, choices=self.choices
        )
        return found.data


def note_output(jobs: Jobs, path: Path, job: Job, writing: Writing, data: bytes) -> None:
    """Remember that `data`, the newest text of `job`, was written to `path`."""
    _record(jobs, _stored(path.absolute()), job, writing, sha256(data).hexdigest())


def rewrite_corrected(jobs: Jobs, store: Store, *, batch: int = 50, quiet_s: float = QUIET_S) -> int:
    """Bring the files of commands up to date; returns how many were written.

    What cannot be written (a drive that is not there) is logged, tried again at the next correction, and holds up no
    other file.
    """
    done = 0
    for row in jobs.list_corrected_files(batch, quiet_s):
        path, job = _path_of(row["path"]), Job.model_validate(row["job"])
        writing, digest = Writing(row["format"], row["profile"], row["choices"]), row["sha256"]
        try:
            if _digest(path) == digest:
                data = writing.data(job, jobs=jobs, store=store)
                write_output(path, data)
                digest = sha256(data).hexdigest()
                done += 1
            else:
                log.info("results.kept", extra={"object": row["path"]})
        except (AisubsError, OSError) as fault:
            log.warning("results.not_rewritten", extra={"object": row["path"], "reason": repr(fault)})
        _record(jobs, row["path"], job, writing, digest)
    return done


def _stored(path: Path) -> str:
    """As text that a database holds: the path itself, or its URI where a name on it is not UTF-8."""
    return str(path) if fits_database(str(path)) else path.as_uri()


def _path_of(stored: str) -> Path:
    """The other way; no absolute path begins as a URI does."""
    if stored.startswith("/"):
        return Path(stored)
    return Path(os.fsdecode(unquote_to_bytes(stored.removeprefix("file://"))))


def _record(jobs: Jobs, path: str, job: Job, writing: Writing, digest: str) -> None:
    jobs.record_command_file(path, job.job_id, writing.format, writing.profile, writing.choices, digest, job.revision)


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
