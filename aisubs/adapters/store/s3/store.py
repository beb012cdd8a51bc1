"""A bucket of an S3-compatible storage, with conditional writes (Amazon since 2024, MinIO, R2 and others have them).

Endpoint, region and credentials are those of the AWS SDK: AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID, … or a
profile or role. Uploads from browsers are multipart (upload.py says what the page does).
What it does not do: send events; the sweep finds what was uploaded. Single writes end at 5 GiB, the limit of S3.
"""

from __future__ import annotations

import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any, BinaryIO

import google_crc32c
from botocore import exceptions as s3_errors
from botocore.config import Config

from aisubs.adapters.store.s3.faults import ABSENT, UNMET, code_of, mapped
from aisubs.adapters.store.s3.generation import generation_of, header_of, stored
from aisubs.adapters.store.s3.upload import COMPLETION_HEADERS, part_sizes
from aisubs.model.errors import AisubsError, error
from aisubs.model.media_type import content_disposition
from aisubs.model.names import check_object_name
from aisubs.ports import MultipartUpload, RangeReader, StoredObject, UploadSession

UPLOAD_TTL_S = 24 * 3600
_SPOOLED_BYTES = 8 * 1024**2


class S3Store:
    """One bucket. Threads may share it."""

    def __init__(self, client: Any, bucket: str) -> None:
        self.bucket = bucket
        self._client = client

    @classmethod
    def connect(cls, bucket: str) -> S3Store:
        """Raises `store_unavailable` when the SDK is not configured."""
        import boto3

        config = Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "max_attempts": 3},
            signature_version="s3v4",
            # Only checksums that we ask for: not every S3-compatible storage knows the SDK's defaults.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        with mapped():
            return cls(boto3.client("s3", config=config), bucket)

    def stat(self, name: str, generation: int | None = None) -> StoredObject:
        return stored(self.bucket, name, self._head(name, generation))

    def open(self, name: str, generation: int | None = None) -> RangeReader:
        head = self._head(name, generation)
        return S3Reader(self._client, self.bucket, name, head["ETag"], int(head["ContentLength"]))

    def put(
        self,
        name: str,
        data: bytes | BinaryIO,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        if_generation_match: int | None = None,
    ) -> StoredObject:
        check_object_name(name)
        condition = self._condition(name, if_generation_match)
        with tempfile.SpooledTemporaryFile(_SPOOLED_BYTES) as whole:
            checksum, size_bytes = _spool(data, whole)
            with mapped():
                answer = self._client.put_object(
                    Bucket=self.bucket,
                    Key=name,
                    Body=whole,
                    ContentType=content_type,
                    ChecksumAlgorithm="CRC32C",
                    ChecksumCRC32C=checksum,
                    Metadata={key: header_of(value) for key, value in (metadata or {}).items()},
                    **condition,
                )
        # The answer to a write does not tell the time; the object does, unless it was overwritten meanwhile.
        head = self._head_if(name, answer["ETag"])
        at = head.get("LastModified") or parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        return StoredObject(
            bucket=self.bucket,
            name=name,
            generation=generation_of(answer["ETag"], at),
            size_bytes=size_bytes,
            content_type=content_type,
            crc32c=checksum,
            metadata=dict(metadata or {}),
            updated_at=at.isoformat(),
        )

    def delete(self, name: str, generation: int | None = None) -> None:
        """Between the look and the deletion of one generation another may come: few storages delete on condition.
        Without a generation the uploads that still lead there end as well."""
        if generation is None:
            self._end_uploads(name)
        try:
            if generation is not None:
                self._head(name, generation)
            with mapped():
                self._client.delete_object(Bucket=self.bucket, Key=name)
        except AisubsError as fault:
            if fault.code != "object_not_found":
                raise

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        with mapped():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
                for item in page.get("Contents", ()):
                    yield stored(self.bucket, item["Key"], item)

    def start_upload(
        self,
        name: str,
        size_bytes: int,
        content_type: str,
        origin: str | None = None,  # noqa: ARG002
    ) -> UploadSession:
        """A multipart upload; `origin` is the business of the bucket's CORS configuration. Earlier ones to this name
        end, and their parts go."""
        key = {"Bucket": self.bucket, "Key": check_object_name(name)}
        sizes = part_sizes(size_bytes)
        self._end_uploads(name)
        with mapped():
            upload_id = self._client.create_multipart_upload(**key, ContentType=content_type)["UploadId"]
            upload = {**key, "UploadId": upload_id}
            parts = tuple(
                self._presigned("upload_part", upload | {"PartNumber": number, "ContentLength": part})
                for number, part in enumerate(sizes, start=1)
            )
            condition = {name.replace("-", ""): value for name, value in COMPLETION_HEADERS.items()}
            return MultipartUpload(
                url=parts[0],
                expires_at=(datetime.now(UTC) + timedelta(seconds=UPLOAD_TTL_S)).isoformat(),
                part_bytes=sizes[0],
                part_urls=parts,
                complete_url=self._presigned("complete_multipart_upload", upload | condition),
                abort_url=self._presigned("abort_multipart_upload", upload),
            )

    def read_url(self, name: str, filename: str, content_type: str, ttl_s: int, generation: int | None = None) -> str:
        if generation is not None:
            self._head(name, generation)  # holds for now only: a condition would be a header, which no player sends
        shown = {
            "ResponseContentType": content_type,
            "ResponseContentDisposition": content_disposition(content_type, filename),
        }
        with mapped():
            return self._presigned("get_object", {"Bucket": self.bucket, "Key": name} | shown, ttl_s)

    def ping(self) -> str:
        with mapped():
            self._client.list_objects_v2(Bucket=self.bucket, MaxKeys=1)
        return f"bucket s3://{self.bucket}"

    def _end_uploads(self, name: str) -> None:
        with mapped():
            pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket, Prefix=name)
            started = [item for page in pages for item in page.get("Uploads", ()) if item["Key"] == name]
        for item in started:
            try:
                with mapped():
                    self._client.abort_multipart_upload(Bucket=self.bucket, Key=name, UploadId=item["UploadId"])
            except AisubsError as fault:
                if fault.code != "object_not_found":  # completed or aborted meanwhile
                    raise

    def _head(self, name: str, generation: int | None = None) -> dict[str, Any]:
        with mapped():
            head: dict[str, Any] = self._client.head_object(Bucket=self.bucket, Key=name, ChecksumMode="ENABLED")
        if generation not in (None, generation_of(head["ETag"], head["LastModified"])):
            raise error("object_not_found", f"s3://{self.bucket}/{name}#{generation}")
        return head

    def _condition(self, name: str, generation: int | None) -> dict[str, str]:
        if generation is None:
            return {}
        if generation == 0:
            return {"IfNoneMatch": "*"}
        try:
            return {"IfMatch": self._head(name, generation)["ETag"]}
        except AisubsError as fault:
            if fault.code != "object_not_found":
                raise
            raise error("precondition_failed", fault.reason) from fault

    def _head_if(self, name: str, etag: str) -> dict[str, Any]:
        with mapped():
            try:
                head: dict[str, Any] = self._client.head_object(Bucket=self.bucket, Key=name, IfMatch=etag)
            except s3_errors.ClientError as fault:
                if code_of(fault) in ABSENT | UNMET:
                    return {}
                raise
        return head

    def _presigned(self, method: str, parameters: dict[str, Any], ttl_s: int = UPLOAD_TTL_S) -> str:
        return str(self._client.generate_presigned_url(method, Params=parameters, ExpiresIn=ttl_s))


class S3Reader:
    """Ranged reads of one state of an object, pinned by its ETag."""

    def __init__(self, client: Any, bucket: str, name: str, etag: str, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self._client = client
        self._pinned = {"Bucket": bucket, "Key": name, "IfMatch": etag}

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        end = min(offset_bytes + length_bytes, self.size_bytes)
        if end <= offset_bytes:
            return b""
        with mapped():
            try:
                answer = self._client.get_object(**self._pinned, Range=f"bytes={offset_bytes}-{end - 1}")
                data = bytes(answer["Body"].read())
            except s3_errors.ClientError as fault:
                if code_of(fault) in ABSENT | UNMET:
                    raise error("source_gone", str(fault)) from fault
                raise
        if len(data) != end - offset_bytes:
            raise error("truncated", f"{len(data)} of {end - offset_bytes} bytes at {offset_bytes}")
        return data

    def close(self) -> None:
        """Nothing is held open between reads."""


def _spool(data: bytes | BinaryIO, whole: Any) -> tuple[str, int]:
    """Copy `data` to a rewound temporary file; its CRC32C and size, which S3 wants before the bytes."""
    checksum: Any = google_crc32c.Checksum()  # type: ignore[no-untyped-call]
    stream = BytesIO(data) if isinstance(data, bytes) else data
    while block := stream.read(1024**2):
        checksum.update(block)
        whole.write(block)
    size_bytes = int(whole.tell())
    whole.seek(0)
    return b64encode(checksum.digest()).decode(), size_bytes
