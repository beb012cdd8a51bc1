"""A browser announces a recording: check it, write the row, then open the upload session.

The row comes first, because it is what is admitted or refused; an upload without a row would be nobody's. When opening
the session fails, the row is cancelled at once; when that fails too, its deadline does it (expire_uploads). So nothing
stays for ever, whatever breaks in between.
"""

from __future__ import annotations

import base64
import logging
import secrets
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid4

from aisubs.model import places
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Job, Options, Status
from aisubs.model.names import clean_filename, split_suffix
from aisubs.pipeline.jobs import Holder, Jobs, hash_token
from aisubs.ports import Store, UploadSession

log = logging.getLogger(__name__)

_TOKEN_BYTES = 32
_NAME_BYTES = 16


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a client says about the file it is going to upload."""

    filename: str
    file_size_bytes: int
    content_type: str
    options: Options
    model: str
    """The model that would transcribe it now, as people are told it: the result of another is not offered instead."""
    video_hash: str | None = None
    """SHA-256 of the file in hex, for finding an earlier result of the same holder."""
    origin: str | None = None
    """The web page's origin, which the upload session is bound to."""
    address: str | None = None
    """Where it comes from: uploads of people who have not signed in are counted by it."""
    key: str | None = None
    """A secret word of the client's for this announcement: saying it again gives the same job and token."""
    script: str | None = None
    """What is said in it, where somebody knows: `options` name its digest."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The answer. The token is shown this once; only its hash is kept. No upload when the result is there already."""

    job: Job
    access_token: str
    upload: UploadSession | None


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What is accepted, and how long an announced upload may be silent: for `upload_lease_s` it counts as under way,
    after `upload_deadline_s` it is cancelled."""

    max_upload_bytes: int
    queue_capacity: int
    uploads_per_owner: int
    max_uploads: int
    upload_lease_s: float
    upload_deadline_s: float
    jobs_per_day: int | None = None
    bytes_per_day: int | None = None
    minutes_per_month: int | None = None
    """Of one sender, what is cached counted among the jobs and minutes; None: any."""


def offer_upload(said: Announcement, holder: Holder, limits: UploadLimits, *, jobs: Jobs, store: Store) -> Offer:
    """Raises `bad_name`, `empty_file`, `too_big`, `queue_full`, `too_many_uploads`, `key_reused`, `day_used_up`,
    `bytes_used_up`, `minutes_used_up`."""
    filename = clean_filename(said.filename)
    check_size(said.file_size_bytes, limits.max_upload_bytes)
    job_id, token = _identity(said.key)
    job = jobs.offer_upload(
        job_id=job_id,
        token_hash=hash_token(token),
        holder=holder.as_json(),
        filename=filename,
        file_size_bytes=said.file_size_bytes,
        content_type=said.content_type,
        bucket=store.bucket,
        object_name=source_name(secrets.token_hex(_NAME_BYTES), filename),
        options=said.options.as_json(),
        video_hash=said.video_hash,
        queue_capacity=limits.queue_capacity,
        upload_deadline_s=limits.upload_deadline_s,
        model=said.model,
        address=said.address,
        uploads_per_owner=limits.uploads_per_owner,
        max_uploads=limits.max_uploads,
        upload_lease_s=limits.upload_lease_s,
        jobs_per_day=limits.jobs_per_day,
        bytes_per_day=limits.bytes_per_day,
        minutes_per_month=limits.minutes_per_month,
    )
    if job.status is not Status.UPLOADING:
        return Offer(job, token, None)
    try:
        # The row's own name: of an announcement that was said before it is another than was made just now.
        name = find_upload(job_id, Holder.of([token]), jobs=jobs)
        if said.script is not None:
            store.put(places.script_of(name), said.script.encode(), "text/plain; charset=utf-8")
        upload = store.start_upload(name, said.file_size_bytes, said.content_type, said.origin)
    except AisubsError:
        _withdraw(job_id, token, jobs)
        raise
    return Offer(job, token, upload)


def drop_upload(name: str, job_id: str, *, store: Store) -> None:
    """Delete what has arrived of an upload that is over. A store that does not answer undoes nothing of that: what it
    keeps, and what arrives late, is deleted by the comparison with the bucket."""
    try:
        store.delete(name)
        store.delete(places.script_of(name))
    except AisubsError as fault:
        log.warning("upload.not_dropped", extra={"job_id": job_id, "reason": fault.reason})


def touch_upload(name: str, limits: UploadLimits, *, jobs: Jobs, store: Store) -> None:
    """Bytes of this upload have come, or its sender says that they do: it counts as under way, and gets time again.

    Raises `upload_gone` when no job waits for it.
    """
    if not jobs.touch_upload(store.bucket, name, limits.upload_lease_s, limits.upload_deadline_s):
        raise error("upload_gone", name)


def renew_upload(
    job_id: str,
    holder: Holder,
    origin: str | None,
    address: str | None,
    limits: UploadLimits,
    *,
    jobs: Jobs,
    store: Store,
) -> UploadSession:
    """A new session for an announced upload whose session is lost or has ended; it begins at the first byte, and its
    bytes count once more.

    Raises `upload_gone` when the job no longer waits for its upload, `day_used_up` and the like.
    """
    waits = jobs.renew_upload(
        job_id,
        holder,
        upload_lease_s=limits.upload_lease_s,
        upload_deadline_s=limits.upload_deadline_s,
        address=address,
        jobs_per_day=limits.jobs_per_day,
        bytes_per_day=limits.bytes_per_day,
    )
    return store.start_upload(waits["object_name"], waits["file_size_bytes"], "application/octet-stream", origin)


def find_upload(job_id: str, holder: Holder, *, jobs: Jobs) -> str:
    """Where the recording of an announced job is to lie. Raises `upload_gone`, `job_not_found`."""
    name = jobs.find_upload(job_id, holder)
    if name is None:
        raise error("upload_gone", "the recording is gone")
    return name


def source_name(word: str, filename: str) -> str:
    """Where the recording of a web upload is to lie. Only a plain suffix is taken from the name that the user chose."""
    return places.source_of_upload(word, split_suffix(filename)[1].lower())


def check_size(size_bytes: int, limit_bytes: int) -> None:
    """Raises `empty_file`, `too_big`."""
    if size_bytes <= 0:
        raise error("empty_file", f"{size_bytes} bytes")
    if size_bytes > limit_bytes:
        raise error("too_big", f"{size_bytes} bytes", limit=_readable(limit_bytes))


def _identity(key: str | None) -> tuple[str, str]:
    """Job id and 256-bit token: random, or both derived one way from the client's key, which then is the secret."""
    if key is None:
        return str(uuid4()), secrets.token_urlsafe(_TOKEN_BYTES)
    job = UUID(bytes=sha256(b"aisubs job\0" + key.encode()).digest()[:16], version=4)
    token = sha256(b"aisubs token\0" + key.encode()).digest()
    return str(job), base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def _withdraw(job_id: str, token: str, jobs: Jobs) -> None:
    try:
        jobs.cancel_job(job_id, Holder.of([token]), cancel_running=False)
    except AisubsError as fault:
        log.warning("upload.not_withdrawn", extra={"job_id": job_id, "error_code": fault.code, "reason": fault.reason})


def _readable(size_bytes: int) -> str:
    size, unit = float(size_bytes), "bytes"
    for larger in ("KiB", "MiB", "GiB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.0f} {unit}" if size.is_integer() else f"{size:.1f} {unit}"
