"""Put the results of dropped files where people look for them: beside the file, in a results folder or bucket.

The worker does it right after publishing; the sweep repeats what a crash left out. `talk.mp4` gets `talk.mp4.srt`,
`.vtt`, `.json` and `.txt`, or `talk.mp4.error.txt` with one sentence.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from aisubs.formats import FORMATS, render
from aisubs.formats.json import parse
from aisubs.model.errors import AisubsError
from aisubs.model.job import Status
from aisubs.pipeline.jobs import Jobs
from aisubs.ports import Mirror, Store

log = logging.getLogger(__name__)

INBOX_PREFIX = "inbox/"
"""Where the local edition keeps its copies of dropped files; people know them without it."""


_ERROR = ".error.txt"


def mirror_finished(*, jobs: Jobs, store: Store, mirror: Mirror, batch: int = 50) -> int:
    """Mirror every dropped file that is over and was not mirrored yet; returns how many were.

    One that cannot be mirrored (a full disk, say) is logged, left for the next round, and holds up no other.
    """
    done = 0
    for row in jobs.list_unmirrored(batch):
        try:
            _mirror(row, jobs, store, mirror)
        except (AisubsError, OSError) as fault:
            log.warning("results.not_mirrored", extra={"job_id": row["job_id"], "reason": repr(fault)})
            continue
        jobs.record_mirror(row["job_id"])
        log.info("results.mirrored", extra={"job_id": row["job_id"], "object": row["object_name"]})
        done += 1
    return done


def _mirror(row: dict[str, Any], jobs: Jobs, store: Store, mirror: Mirror) -> None:
    name = str(row["object_name"]).removeprefix(INBOX_PREFIX)
    if row["status"] != Status.COMPLETED:
        if row["error_message"]:  # a cancelled job has nothing to tell
            mirror.put(f"{name}{_ERROR}", f"{row['error_message']}\n".encode(), "text/plain; charset=utf-8")
        return
    result = jobs.get_result(row["job_id"])
    for file in result["files"] if result else ():
        data = read_whole(store, file["key"])
        if file["format"] == "json" and f"/{row['job_id']}/" not in file["key"]:
            # A twin's result, maybe of another owner: the name of their recording is none of ours.
            data = render(replace(parse(data), title=row["filename"]), "json")
        mirror.put(f"{name}.{file['format']}", data, FORMATS[file["format"]].media_type)
    mirror.delete(f"{name}{_ERROR}")  # of an attempt before this one


def read_whole(store: Store, name: str) -> bytes:
    """The bytes of a small object. Raises `object_not_found`."""
    reader = store.open(name)
    try:
        return reader.read_at(0, reader.size_bytes)
    finally:
        reader.close()
