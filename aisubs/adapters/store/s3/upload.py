"""Uploads that a browser carries out itself, with presigned URLs.

S3 has no resumable session behind one URL. A multipart upload is the nearest thing: the client PUTs each part to its
own URL (in any order, again after a failure), keeps the `ETag` of each answer, and POSTs the list of them to
`complete_url` with the header `If-None-Match: *`; DELETE on `abort_url` forgets it. The size of each part is signed.
The bucket's CORS configuration must allow PUT, POST and DELETE from the web origin and expose `ETag`.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

MIN_PART_BYTES = 16 * 1024**2
MAX_PARTS = 1_000
"""S3 takes 10 000 parts; a list of a thousand URLs is as long as an answer should get."""
COMPLETION_HEADERS = {"If-None-Match": "*"}


def part_sizes(size_bytes: int) -> list[int]:
    """Equal parts, the last one shorter; as few as fit the limits."""
    part_bytes = max(MIN_PART_BYTES, -(-size_bytes // MAX_PARTS))
    return [min(part_bytes, size_bytes - start) for start in range(0, max(size_bytes, 1), part_bytes)]


def completion_body(etags: list[str]) -> bytes:
    """What is POSTed to `complete_url`: the parts by number with the ETags that their PUTs were answered with."""
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(etag)}</ETag></Part>"
        for number, etag in enumerate(etags, start=1)
    )
    return f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
