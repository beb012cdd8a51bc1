"""A Google Cloud Storage bucket.

Uploads are resumable sessions that the server starts: size and web origin are bound to them and an existing object is
never overwritten. Reads are ranged and pinned to a generation. Read URLs are signed by a key file where there is one,
and by IAM's signBlob where there is none (Cloud Run); both are behind google-auth's `Signing`.
A write is whole, so it is repeated when its answer is lost; one that must be the first (`if_generation_match=0`) then
finds itself and fails. What it does not do: keep old generations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

import requests
from google.api_core import exceptions as google_errors
from google.auth import exceptions as auth_errors
from google.cloud.storage.retry import DEFAULT_RETRY

from aisubs.adapters.store.gcs.signer import find_signer
from aisubs.model.errors import error
from aisubs.model.media_type import content_disposition
from aisubs.model.names import check_object_name
from aisubs.ports import RangeReader, StoredObject, UploadSession

if TYPE_CHECKING:
    from google.auth.credentials import Signing
    from google.cloud.storage import Blob, Client

CALL_TIMEOUT_S = 30.0

RETRY = DEFAULT_RETRY.with_timeout(20.0)
"""What an event waits for may not take the library's two minutes: whoever sent it gives up and sends it again."""
CHUNK_BYTES = 8 * 1024**2
"""What is held of a stream while it is written; the library's own is 100 MB."""
SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)


class GcsStore:
    """One bucket. `signer` signs read URLs; None where there is nobody to do it."""

    def __init__(self, client: Client, bucket: str, signer: Signing | None = None) -> None:
        self.bucket = bucket
        self._client = client
        self._bucket = client.bucket(bucket)
        self._signer = signer

    @classmethod
    def connect(cls, bucket: str, signing_account: str | None = None) -> GcsStore:
        """With the credentials that google-auth finds. Raises `store_unavailable` when there are none."""
        import google.auth
        from google.cloud.storage import Client

        with _mapped():
            credentials, project = google.auth.default(scopes=SCOPES)
            signer = find_signer(credentials, signing_account)
            return cls(Client(project=project or "", credentials=credentials), bucket, signer)

    def stat(self, name: str, generation: int | None = None) -> StoredObject:
        with _mapped():
            blob = self._bucket.get_blob(name, generation=generation, timeout=CALL_TIMEOUT_S, retry=RETRY)
        if blob is None:
            raise error("object_not_found", f"gs://{self.bucket}/{name}#{generation}")
        return _stored(blob)

    def open(self, name: str, generation: int | None = None) -> RangeReader:
        found = self.stat(name, generation)
        return GcsReader(self._bucket.blob(name, generation=found.generation), found.size_bytes)

    def put(
        self,
        name: str,
        data: bytes | BinaryIO,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        if_generation_match: int | None = None,
    ) -> StoredObject:
        blob = self._bucket.blob(check_object_name(name), chunk_size=CHUNK_BYTES)
        blob.metadata = dict(metadata) if metadata else None
        with _mapped():
            blob.upload_from_file(
                BytesIO(data) if isinstance(data, bytes) else _Whole(data),
                size=len(data) if isinstance(data, bytes) else None,
                content_type=content_type,
                if_generation_match=if_generation_match,
                checksum="crc32c",
                timeout=CALL_TIMEOUT_S,
                retry=RETRY,
            )
        return _stored(blob)

    def delete(self, name: str, generation: int | None = None) -> None:
        with _mapped():
            try:
                self._bucket.delete_blob(name, generation=generation, timeout=CALL_TIMEOUT_S, retry=RETRY)
            except google_errors.NotFound:
                return

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        with _mapped():
            found = self._client.list_blobs(self._bucket, prefix=prefix or None, timeout=CALL_TIMEOUT_S, retry=RETRY)
            for blob in found:
                yield _stored(blob)

    def start_upload(self, name: str, size_bytes: int, content_type: str, origin: str | None = None) -> UploadSession:
        with _mapped():
            url = self._bucket.blob(check_object_name(name)).create_resumable_upload_session(
                content_type=content_type,
                size=size_bytes,
                origin=origin,
                if_generation_match=0,
                checksum=None,
                timeout=CALL_TIMEOUT_S,
                retry=RETRY,
            )
        return UploadSession(url=str(url))

    def read_url(self, name: str, filename: str, content_type: str, ttl_s: int, generation: int | None = None) -> str:
        if self._signer is None:
            raise error("store_unavailable", "no key file, and SIGNING_SERVICE_ACCOUNT is not set: nobody signs URLs")
        with _mapped():
            return str(
                self._bucket.blob(name).generate_signed_url(
                    version="v4",
                    method="GET",
                    credentials=self._signer,
                    expiration=timedelta(seconds=ttl_s),
                    response_type=content_type,
                    response_disposition=content_disposition(content_type, filename),
                    generation=None if generation is None else str(generation),
                    api_access_endpoint=self._client.api_endpoint or "https://storage.googleapis.com",
                )
            )

    def ping(self) -> str:
        with _mapped():
            next(iter(self._client.list_blobs(self._bucket, max_results=1, timeout=CALL_TIMEOUT_S, retry=RETRY)), None)
        return f"bucket gs://{self.bucket}"


class GcsReader:
    """Ranged reads of one generation."""

    def __init__(self, blob: Blob, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self._blob = blob

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        end = min(offset_bytes + length_bytes, self.size_bytes)
        if end <= offset_bytes:
            return b""
        with _mapped():
            try:
                # raw: an object stored with gzip encoding must not change its length under us.
                data = bytes(
                    self._blob.download_as_bytes(
                        start=offset_bytes,
                        end=end - 1,
                        raw_download=True,
                        if_generation_match=self._blob.generation,
                        checksum=None,
                        timeout=CALL_TIMEOUT_S,
                        retry=RETRY,
                    )
                )
            except (google_errors.NotFound, google_errors.PreconditionFailed) as fault:
                raise error("source_gone", str(fault)) from fault
        if len(data) != end - offset_bytes:
            raise error("truncated", f"{len(data)} of {end - offset_bytes} bytes at {offset_bytes}")
        return data

    def close(self) -> None:
        """Nothing is held open between reads."""


class _Whole:
    """A stream whose short reads are filled up: the library takes a short one for the end, and so would cut off what
    comes over a pipe, or what breaks off later."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.tell, self.seek = stream.tell, stream.seek

    def read(self, size: int = -1) -> bytes:
        data = bytearray()
        while size < 0 or len(data) < size:
            block = self._stream.read(size - len(data) if size >= 0 else -1)
            if not block:
                break
            data += block
        return bytes(data)


def _stored(blob: Blob) -> StoredObject:
    return StoredObject(
        bucket=blob.bucket.name,
        name=blob.name,
        generation=int(blob.generation),
        size_bytes=int(blob.size),
        content_type=blob.content_type or "application/octet-stream",
        crc32c=blob.crc32c,
        metadata=dict(blob.metadata or {}),
        updated_at=blob.updated.isoformat() if blob.updated else None,
    )


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except google_errors.PreconditionFailed as fault:
        raise error("precondition_failed", str(fault)) from fault
    except google_errors.NotFound as fault:
        raise error("object_not_found", str(fault)) from fault
    except google_errors.BadRequest as fault:  # 400: encrypted with a customer's key, a name that may not be
        raise error("unreadable", str(fault)) from fault
    except (google_errors.GoogleAPIError, auth_errors.GoogleAuthError, requests.RequestException) as fault:
        raise error("store_unavailable", f"{type(fault).__name__}: {fault}") from fault
