"""Put the results of dropped files where people look for them: beside the file, in a results folder or bucket.

The worker does it right after publishing; the sweep repeats what a crash left out. `talk.mp4` gets `talk.mp4.srt`,
`.vtt`, `.json` and `.txt`, or `talk.mp4.error.txt` with one sentence. A file there that a person changed is left alone
(aisubs/pipeline/written_files.py). A text that is corrected in the page is written anew once nobody has saved for a
while; the machine's goes to `versions/talk.mp4.machine.srt`. In a library of films only the subtitles are put, beside
the film (beside_film.py).
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from aisubs.formats import FORMATS, render, render_all
from aisubs.formats.json import parse
from aisubs.model import places
from aisubs.model.errors import AisubsError, BadInput
from aisubs.model.job import Job, Options, Status
from aisubs.model.names import check_object_name, shown_filename
from aisubs.pipeline.beside_film import put_beside
from aisubs.pipeline.jobs import HouseReads, Jobs
from aisubs.pipeline.read_transcript import read_text
from aisubs.pipeline.written_files import WrittenFiles
from aisubs.ports import BesideRecordings, Mirror, Store

log = logging.getLogger(__name__)

_TEXT = "text/plain; charset=utf-8"


QUIET_S = 30.0
"""Whoever corrects a text saves every few seconds; its files are written once that pauses."""

_VERSIONS = "versions/"


def mirror_finished(*, jobs: Jobs, store: Store, mirror: Mirror, batch: int = 50, quiet_s: float = QUIET_S) -> int:
    """Mirror every dropped file that is over and was not mirrored yet; returns how many were.

    One that cannot be mirrored (a full disk, say) is logged, waits longer each time, and holds up no other.
    """
    done = 0
    for row in jobs.list_unmirrored(batch, quiet_s):
        try:
            _mirror(row, jobs, store, mirror)
        except Exception as fault:
            known = isinstance(fault, AisubsError | OSError)
            log.warning("results.not_mirrored", exc_info=not known, extra=_not_mirrored(row, fault))
            jobs.postpone_mirror(row["job_id"])
            continue
        jobs.record_mirror(row["job_id"], row["revision"])
        log.info("results.mirrored", extra={"job_id": row["job_id"], "object": row["object_name"]})
        done += 1
    return done


def _not_mirrored(row: dict[str, Any], fault: Exception) -> dict[str, Any]:
    reason = getattr(fault, "reason", "") or repr(fault)
    return {"job_id": row["job_id"], "object": row["object_name"], "reason": reason}


def _place_of(object_name: str) -> str:
    """Where people look for the results of this dropped object; a name that no store may hold loses its folders."""
    name = places.dropped_name(object_name)
    try:
        return check_object_name(name)
    except BadInput:
        return shown_filename(name)


def tell_of_failure(name: str, sentence: str, written: WrittenFiles, job_id: str | None = None) -> None:
    """Say beside the results of the dropped file `name` why there are none."""
    written.put(_error_file(name), f"{sentence}\n".encode(), _TEXT, job_id=job_id)


def forget_failure(name: str, written: WrittenFiles) -> None:
    """What was said of an earlier attempt, or of an earlier version of the file, is no longer true."""
    written.delete(_error_file(name))


def _error_file(name: str) -> str:
    return f"{name}.error.txt"


def _mirror(row: dict[str, Any], jobs: Jobs, store: Store, mirror: Mirror) -> None:
    name, written = _place_of(str(row["object_name"])), WrittenFiles(jobs, mirror)
    if row["status"] != Status.COMPLETED:
        if row["error_message"] and not _replaced(row, store):  # a cancelled job has nothing to tell
            tell_of_failure(name, row["error_message"], written, row["job_id"])
        return
    result = jobs.house_result(row["job_id"])
    corrected = _corrected(Job.model_validate(row), result, jobs)
    files: dict[str, bytes] = {}
    for file in result["files"] if result else ():
        data = read_whole(store, file["key"])
        if file["format"] == "json" and f"/{row['job_id']}/" not in file["key"]:
            # A twin's result, maybe of another owner: the name of their recording is none of ours.
            data = render(replace(parse(data), title=row["filename"]), "json")
        if corrected:
            place = f"{_VERSIONS}{name}.machine.{file['format']}"
            written.put(place, data, FORMATS[file["format"]].media_type, job_id=row["job_id"])
        files[file["format"]] = corrected.get(file["format"], data)
    whose = row["job_id"] if corrected else None
    if not (
        files and isinstance(mirror, BesideRecordings) and put_beside(name, files, jobs, mirror, row["job_id"], whose)
    ):
        for format_name, data in files.items():
            media_type = FORMATS[format_name].media_type
            written.put(f"{name}.{format_name}", data, media_type, corrected_job=whose, job_id=row["job_id"])
    forget_failure(name, written)


def _corrected(job: Job, result: dict[str, Any] | None, jobs: Jobs) -> dict[str, bytes]:
    """By format, the files of the text that people made; empty where nobody has."""
    if not job.revision or result is None:
        return {}
    text = read_text(job, jobs=HouseReads(jobs), revision=job.revision, result=result)
    profile = Options.model_validate(job.options).cue_profile
    return render_all(text.transcript, [file["format"] for file in result["files"]], profile)


def _replaced(row: dict[str, Any], store: Store) -> bool:
    """Its recording is gone because a newer version lies there, which gets an answer of its own."""
    if row["error_code"] != "source_gone":
        return False
    try:
        store.stat(row["object_name"])
    except AisubsError as fault:
        if fault.code != "object_not_found":
            raise
        return False
    return True


def read_whole(store: Store, name: str) -> bytes:
    """The bytes of a small object. Raises `object_not_found`."""
    reader = store.open(name)
    try:
        return reader.read_at(0, reader.size_bytes)
    finally:
        reader.close()
