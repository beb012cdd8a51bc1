"""A recording is complete in the store: look at it, make or move its row, wake the dispatcher.

The event that leads here is only a hint. Its identity is (bucket, name, generation); what counts is the object itself.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from aisubs.media.apart import duration_apart
from aisubs.media.probe import Limits, Wish
from aisubs.model import places
from aisubs.model.dropped import why_passed_over
from aisubs.model.errors import AisubsError, BadInput, Unavailable, error
from aisubs.model.job import Job, Options, Source
from aisubs.model.names import check_object_name, fits_database, shown_filename
from aisubs.pipeline.drop_options import drop_options
from aisubs.pipeline.jobs import Jobs
from aisubs.ports import Queue, Store, StoredObject
from aisubs.settings import Settings

log = logging.getLogger(__name__)


def is_recording(name: str, size_bytes: int) -> bool:
    """False for what uploads leave behind or people do not mean: markers, empty files, parts, our own results."""
    if name.startswith(places.ASKED_FOR):
        return size_bytes > 0
    return not (
        size_bytes == 0
        or name.endswith("/")
        or name.startswith(places.OWN)
        or why_passed_over(places.dropped_name(name)) is not None
    )


def receive_upload(
    name: str,
    generation: int | None,
    *,
    store: Store,
    jobs: Jobs,
    queue: Queue,
    limits: Limits,
    settings: Settings,
    source: Source = Source.BUCKET,
    filename: str | None = None,
    token_hash: str | None = None,
    owner_id: str | None = None,
    options: Options | None = None,
) -> Job | None:
    """Returns the job, or None when this object makes none. Safe to call any number of times for one object.

    `settings` say what may be chosen. Whatever is wrong with the object itself, also what nobody thought of, is a
    failed job with a sentence, and not tried again.
    An object that no longer exists in this generation makes no job: a newer generation has an event of its own.
    Raises only what is worth trying again (`store_unavailable`, `database_unavailable`).
    """
    found = _find(name, generation, store)
    if found is None:
        return None
    announced = jobs.find_announced(found.bucket, found.name, found.generation) if is_upload(found.name) else None
    if is_upload(found.name) and (announced is None or announced["ended"]):
        _turn_away(found, store, ended=announced is not None)
        return None
    landed = _landed(found, source, filename) | {"token_hash": token_hash, "owner_id": owner_id, "options": {}}
    try:
        chosen = options or _options(found, store, announced, settings)
        landed["options"] = chosen.as_json()
        landed["duration_ms"] = _look(store, found, limits, chosen)
    except Unavailable:
        raise
    except Exception as fault:
        if isinstance(fault, AisubsError) and fault.code == "object_not_found":
            log.info("upload.gone", extra={"object": name, "generation": generation})
            return None
        refusal = fault if isinstance(fault, BadInput) else error("unreadable", repr(fault))
        log.info("upload.refused", extra={"object": name, "error_code": refusal.code, "reason": refusal.reason})
        if refusal is not fault:
            log.exception("upload.crashed", extra={"object": name})
        return _refuse(found, landed, refusal, store, jobs, forget=announced is not None)
    job = jobs.receive_upload(**landed)
    if job is not None:
        wake(queue, f"{job.job_id}-{job.retry_count}-{job.version}")
    elif announced:  # cancelled while its header was looked at
        _turn_away(found, store, ended=True)
    return job


def _find(name: str, generation: int | None, store: Store) -> StoredObject | None:
    """The object if it is there and may be a recording."""
    if not fits_database(name):
        log.warning("upload.bad_name", extra={"object": repr(name)})
        return None
    try:
        found = store.stat(name, generation)
    except AisubsError as fault:
        if fault.code != "object_not_found":
            raise
        log.info("upload.gone", extra={"object": name, "generation": generation})
        return None
    if not is_recording(found.name, found.size_bytes) and not found.name.startswith(places.ASKED_FOR):
        log.info("upload.ignored", extra={"object": name, "size_bytes": found.size_bytes})
        return None
    return found


def _refuse(
    found: StoredObject, landed: dict[str, Any], refusal: AisubsError, store: Store, jobs: Jobs, *, forget: bool
) -> Job | None:
    """The job has failed; the bytes of an upload, which nobody else has put there, go. Not if it was found fit when its
    event came before: then this look at it has failed, and the job goes on."""
    job = jobs.refuse_upload(**landed, error_code=refusal.code, error_message=refusal.sentence)
    if forget and (job is None or job.error_code == refusal.code):
        store.delete(found.name, found.generation)
    return job


def _options(found: StoredObject, store: Store, announced: dict[str, Any] | None, settings: Settings) -> Options:
    """What was chosen when it was announced, or where it was dropped. Raises BadInput."""
    check_object_name(found.name)
    if announced is None:
        return drop_options(store, found.name, found.metadata, settings)
    if announced["file_size_bytes"] != found.size_bytes:
        raise error("size_mismatch", f"{found.size_bytes} bytes, {announced['file_size_bytes']} announced")
    return Options.model_validate(announced["options"])


def is_upload(name: str) -> bool:
    """Whether only an announcement can have led there."""
    return name.startswith(places.UPLOADS)


def _turn_away(found: StoredObject, store: Store, *, ended: bool) -> None:
    """Nobody waits for this upload. What was never announced to this database is left where it is: it may be that the
    database was lost, and the bucket's own rules end it."""
    log.warning("upload.nobodys", extra={"object": found.name, "size_bytes": found.size_bytes, "deleted": ended})
    if ended:
        store.delete(found.name, found.generation)


def wake(queue: Queue, name: str, delay_s: float = 0.0) -> None:
    """Ask for a dispatch. A queue that is down loses nothing: the sweep wakes what it finds startable."""
    try:
        queue.wake(name, delay_s)
    except AisubsError as fault:
        log.warning("queue.wake_failed", extra={"error_code": fault.code, "reason": fault.reason})


def _landed(found: StoredObject, source: Source, filename: str | None) -> dict[str, Any]:
    return {
        "bucket": found.bucket,
        "object_name": found.name,
        "generation": found.generation,
        "file_size_bytes": found.size_bytes,
        "content_type": found.content_type,
        "crc32c": found.crc32c,
        "duration_ms": None,
        "filename": filename or shown_filename(found.name),
        "source": source.value,
    }


def _look(store: Store, found: StoredObject, limits: Limits, options: Options) -> int | None:
    """The duration in milliseconds if the header tells it. Raises BadInput for what is no fit recording."""
    if found.size_bytes > limits.max_bytes:
        raise error("too_big", f"{found.size_bytes} bytes", limit=f"{limits.max_bytes / 1024**3:.1f} GiB")
    reader = store.open(found.name, found.generation)
    try:
        duration_ms = duration_apart(reader, limits, Wish(options.audio_track, options.language))
    finally:
        reader.close()
    if duration_ms and duration_ms > limits.max_duration_ms:
        raise error("too_long", limit=str(timedelta(milliseconds=limits.max_duration_ms)))
    return duration_ms
