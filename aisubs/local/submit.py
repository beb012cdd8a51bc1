"""A file that a command names becomes a job; the same content with the same choices finds the job made before."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from aisubs.local.deposit import SteadyFile, deposit, steady
from aisubs.local.tokens import OWNER
from aisubs.media.probe import Limits
from aisubs.model import places
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Job, Options, Source, Status
from aisubs.model.names import readable_filename
from aisubs.pipeline.expire_jobs import delete_job
from aisubs.pipeline.jobs import Holder, hash_token
from aisubs.pipeline.receive_upload import receive_upload, wake
from aisubs.ports import StoredObject
from aisubs.wiring import App

BLOCK_BYTES = 1 << 20
UNLIMITED = 1_000_000
"""Queue capacity for commands: they wait in line, they are never refused."""


def submit_file(
    path: Path,
    options: Options,
    *,
    app: App,
    limits: Limits,
    token: str,
    check: Callable[[], None],
    script: str | None = None,
) -> Job:
    """Returns the job of this content with these options: a new one, an unfinished one, or one that is over.

    One that failed or was cancelled is tried again. `script` is the text whose digest the options name; `check`
    may raise to call the copying off.
    Raises BadInput, StillChanging, OSError for an unreadable file, Unavailable.
    """
    with steady(path, check) as file:
        if file.signature.size_bytes == 0:
            raise error("empty_file")
        if file.signature.size_bytes > app.settings.max_upload_bytes:
            raise error("too_big", limit=f"{app.settings.max_upload_bytes / 1024**3:.1f} GiB")
        name = _object_name(file, path, options, app.settings.model)
        if script is not None:
            app.store.put(places.script_of(name), script.encode(), "text/plain; charset=utf-8")
        job, fresh = _receive(file, name, readable_filename(path.name), options, app, limits, token)
        if not fresh and (job is None or _is_hopeless(job)):
            # An old refusal may be out of date (limits were raised), and a deleted job is none: begin anew.
            _forget(job, name, app, token)
            if script is not None:
                app.store.put(places.script_of(name), script.encode(), "text/plain; charset=utf-8")
            job, fresh = _receive(file, name, readable_filename(path.name), options, app, limits, token)
    if job is None:
        raise error("source_gone", f"{name} vanished from the store while it was submitted")
    if not fresh and job.status.came_to_nothing:
        return _try_again(job, app, token)
    return job


def _object_name(file: SteadyFile, path: Path, options: Options, model: str) -> str:
    """Where this content with these choices lies: equal ones meet in one object, and so in one job."""
    content, choices = sha256(), sha256(f"{model} {sorted(options.as_json().items())}".encode())
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        content.update(block)
    suffix = path.suffix.lower() if path.suffix.isascii() and len(path.suffix) <= 10 else ""
    return f"{places.COMMANDS}{content.hexdigest()}-{choices.hexdigest()[:16]}/source{suffix}"


def _receive(
    file: SteadyFile, name: str, filename: str, options: Options, app: App, limits: Limits, token: str
) -> tuple[Job | None, bool]:
    """The job, and whether its object was brought just now."""
    stored, fresh = _stored(file, name, app)
    job = receive_upload(
        name,
        stored.generation,
        store=app.store,
        jobs=app.jobs,
        queue=app.queue,
        limits=limits,
        settings=app.settings,
        source=Source.CLI,
        filename=filename,
        token_hash=hash_token(token),
        owner_id=OWNER,
        options=options,
    )
    return job, fresh


def _stored(file: SteadyFile, name: str, app: App) -> tuple[StoredObject, bool]:
    try:
        return app.store.stat(name), False
    except AisubsError as absent:
        if absent.code != "object_not_found":
            raise
    file.seek(0)
    try:
        return deposit(app.store, file, name, {}, if_generation_match=0), True
    except AisubsError as fault:
        if fault.code != "precondition_failed":
            raise
        return app.store.stat(name), False  # another command brought the same content meanwhile


def _is_hopeless(job: Job) -> bool:
    return job.status is Status.FAILED and job.retryable is False


def _try_again(job: Job, app: App, token: str) -> Job:
    retried = app.jobs.retry_job(job.job_id, Holder.of([token]), UNLIMITED)
    wake(app.queue, f"{retried.job_id}-{retried.retry_count}-{retried.version}")
    return retried


def _forget(job: Job | None, name: str, app: App, token: str) -> None:
    if job is not None:
        delete_job(job.job_id, Holder.of([token]), jobs=app.jobs, store=app.store, mirror=app.mirror)
    app.store.delete(name)
