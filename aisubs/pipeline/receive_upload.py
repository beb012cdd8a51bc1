"""A recording is complete in the store: look at it, make or move its row, wake the dispatcher.

The event that leads here is only a hint. Its identity is (bucket, name, generation); what counts is the object itself.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError

from aisubs.media.probe import Limits, probe
from aisubs.model.errors import AisubsError, BadInput, error
from aisubs.model.job import Job, Options, Source
from aisubs.pipeline.jobs import Jobs
from aisubs.ports import Queue, Store, StoredObject

log = logging.getLogger(__name__)

OWN_PREFIXES = ("results/", "tmp/")
"""What we write ourselves: an event for it must never make a job."""

UPLOADS_PREFIX = "uploads/"

FOLDER_OPTIONS = "aisubs.json"
"""A file of this name gives the options for everything dropped in its folder."""


def is_recording(name: str, size_bytes: int) -> bool:
    """False for what uploads leave behind or people do not mean: markers, empty files, parts, our own results."""
    last = PurePosixPath(name).name
    return not (
        size_bytes == 0
        or name.endswith("/")
        or name.startswith(OWN_PREFIXES)
        # gcloud's parallel composite uploads start with this, gsutil's have it in the middle.
        or "/parallel_composite_uploads/" in name
        or last.startswith((".", "~"))
        or last == FOLDER_OPTIONS
        or last.lower().endswith((".tmp", ".part", ".crdownload", ".error.txt"))
    )


def receive_upload(
    name: str,
    generation: int | None,
    *,
    store: Store,
    jobs: Jobs,
    queue: Queue,
    limits: Limits,
    source: Source = Source.BUCKET,
    filename: str | None = None,
    token_hash: str | None = None,
    options: Options | None = None,
) -> Job | None:
    """Returns the job, or None when this object makes none. Safe to call any number of times for one object.

    An object that no longer exists in this generation makes no job: a newer generation has an event of its own.
    Raises only what is worth trying again (`store_unavailable`, `database_unavailable`).
    """
    try:
        found = store.stat(name, generation)
    except AisubsError as fault:
        if fault.code != "object_not_found":
            raise
        log.info("upload.gone", extra={"object": name, "generation": generation})
        return None
    if not is_recording(found.name, found.size_bytes) and not found.name.startswith(UPLOADS_PREFIX):
        log.info("upload.ignored", extra={"object": name, "size_bytes": found.size_bytes})
        return None

    landed = _landed(found, source, filename, token_hash)
    try:
        landed["options"] = (options or _drop_options(store, found)).as_json()
        landed["duration_ms"] = _look(store, found, limits)
    except BadInput as refusal:
        landed.setdefault("options", {})
        job = jobs.refuse_upload(**landed, error_code=refusal.code, error_message=refusal.sentence)
        log.info("upload.refused", extra={"object": name, "error_code": refusal.code, "reason": refusal.reason})
        return job
    job = jobs.receive_upload(**landed)
    if job is not None:
        wake(queue, f"{job.job_id}-{job.retry_count}-{job.version}")
    return job


def wake(queue: Queue, name: str, delay_s: float = 0.0) -> None:
    """Ask for a dispatch. A queue that is down loses nothing: the sweep wakes what it finds startable."""
    try:
        queue.wake(name, delay_s)
    except AisubsError as fault:
        log.warning("queue.wake_failed", extra={"error_code": fault.code, "reason": fault.reason})


def _landed(found: StoredObject, source: Source, filename: str | None, token_hash: str | None) -> dict[str, Any]:
    return {
        "bucket": found.bucket,
        "object_name": found.name,
        "generation": found.generation,
        "file_size_bytes": found.size_bytes,
        "content_type": found.content_type,
        "crc32c": found.crc32c,
        "duration_ms": None,
        "filename": filename or PurePosixPath(found.name).name,
        "source": source.value,
        "token_hash": token_hash,
        "owner_id": None,
    }


def _look(store: Store, found: StoredObject, limits: Limits) -> int | None:
    """The duration in milliseconds if the header tells it. Raises BadInput for what is no fit recording."""
    if found.size_bytes > limits.max_bytes:
        raise error("too_big", f"{found.size_bytes} bytes", limit=f"{limits.max_bytes / 1024**3:.1f} GiB")
    reader = store.open(found.name, found.generation)
    try:
        info = probe(reader, limits)
    finally:
        reader.close()
    if info.duration_ms and info.duration_ms > limits.max_duration_ms:
        raise error("too_long", limit=str(timedelta(milliseconds=limits.max_duration_ms)))
    return info.duration_ms


def _drop_options(store: Store, found: StoredObject) -> Options:
    """Options of a dropped file: its own metadata, over those of the nearest folder's aisubs.json."""
    given: dict[str, Any] = {}
    if not found.name.startswith(UPLOADS_PREFIX):
        for folder in reversed([*PurePosixPath(found.name).parents]):
            given |= _folder_options(store, str(folder / FOLDER_OPTIONS))
    given |= _known(found.metadata)
    try:
        return Options.model_validate(given)
    except ValidationError as fault:
        first = fault.errors()[0]
        raise error("bad_request", f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from fault


def _folder_options(store: Store, name: str) -> dict[str, Any]:
    try:
        file = store.stat(name)
    except AisubsError as fault:
        if fault.code != "object_not_found":
            raise
        return {}
    reader = store.open(name, file.generation)
    try:
        given = json.loads(reader.read_at(0, min(file.size_bytes, 64 * 1024)))
    except ValueError as fault:
        raise error("bad_request", f"{name} is not valid JSON.") from fault
    finally:
        reader.close()
    if not isinstance(given, dict):
        raise error("bad_request", f"{name} must hold a JSON object.")
    return given


def _known(metadata: Mapping[str, str]) -> dict[str, str]:
    """Object metadata may hold anything; only the names of options are taken from it."""
    return {key: value for key, value in metadata.items() if key in Options.model_fields}
