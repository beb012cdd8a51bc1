"""What S3 has instead of generations, and other things that it writes in its own way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.header import Header, decode_header, make_header
from hashlib import sha256
from typing import Any

from aisubs.ports import StoredObject

_HASH_BITS = 30


def generation_of(etag: str, modified_at: datetime) -> int:
    """A number for one state of an object, from what listing and looking both tell: 33 bits of time, 30 of the ETag.

    S3 tells times in whole seconds: two states of one second are told apart, but not which came first, and the same
    bytes written twice in one second are one generation.
    """
    digest = int.from_bytes(sha256(etag.strip('"').encode()).digest()[:4], "big")
    return (int(modified_at.timestamp()) << _HASH_BITS) | (digest >> (32 - _HASH_BITS))


def stored(bucket: str, name: str, answer: Mapping[str, Any]) -> StoredObject:
    """From the answer to HeadObject, or an entry of ListObjectsV2."""
    return StoredObject(
        bucket=bucket,
        name=name,
        generation=generation_of(answer["ETag"], answer["LastModified"]),
        size_bytes=int(answer.get("ContentLength", answer.get("Size", 0))),
        content_type=answer.get("ContentType") or "application/octet-stream",
        crc32c=answer.get("ChecksumCRC32C"),
        metadata={key: _from_header(value) for key, value in answer.get("Metadata", {}).items()},
        updated_at=answer["LastModified"].isoformat(),
    )


def header_of(value: str) -> str:
    """A metadata value as a header carries it: RFC 2047 for what is not ASCII, as S3 itself writes it."""
    return value if value.isascii() else Header(value, "utf-8", maxlinelen=10**9).encode()


def _from_header(value: str) -> str:
    return str(make_header(decode_header(value))) if value.startswith("=?") else value
