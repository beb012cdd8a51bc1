"""Bytes on their way: in pieces, each of which stays where it has arrived (docs/how-it-works.md tells the protocol)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from aisubs.cli.progress import Look
from aisubs.cli.remote.parcel import Parcel
from aisubs.cli.remote.server import Server
from aisubs.model.errors import AisubsError

CHUNK_BYTES = 8 << 20
"""A multiple of 256 KiB, as Google's store wants it."""
_GONE = (403, 404, 410)
"""What an address answers whose time is over."""


class UploadGone(Exception):
    """The place to send to is no longer there; another one may be had."""


@dataclass(slots=True)
class Sending:
    """One parcel to one address; `keep` hears what must be known to go on after a crash."""

    server: Server
    parcel: Parcel
    keep: Callable[[str], None]
    waits: dict[str, Any]
    """`stop` and `tell`, as Server.send takes them."""

    def send(self, upload: str) -> None:
        """All that is not there yet. Raises UploadGone, and what Server.send raises."""
        said = json.loads(upload)
        try:
            if said.get("parts"):
                self._send_parts(said)
            else:
                self._send_chunks(said["url"])
        except AisubsError as fault:
            if fault.http_status in _GONE:
                raise UploadGone(fault.sentence) from fault
            raise

    def _send_chunks(self, url: str) -> None:
        total = self.parcel.size_bytes
        answer = self._put(url, b"", f"bytes */{total}")
        while answer.status_code == 308:
            stored = answer.headers.get("range", "")
            start = int(stored.rpartition("-")[2]) + 1 if stored else 0
            self._tell(start)
            chunk = self._read(start, CHUNK_BYTES)
            answer = self._put(url, chunk, f"bytes {start}-{start + len(chunk) - 1}/{total}")

    def _put(self, url: str, chunk: bytes, span: str) -> Any:
        return self.server.send("PUT", url, content=chunk, headers={"Content-Range": span}, **self.waits)

    def _send_parts(self, said: dict[str, Any]) -> None:
        """To S3: each part has an address, its ETag says that it is there."""
        parts, etags = said["parts"], said.setdefault("etags", [])
        size = parts["part_bytes"]
        for number, url in enumerate(parts["part_urls"]):
            if number < len(etags):
                continue
            self._tell(number * size)
            answer = self.server.send("PUT", url, content=self._read(number * size, size), **self.waits)
            etags.append(answer.headers["etag"])
            self.keep(json.dumps(said))
        listed = (
            f"<Part><PartNumber>{n}</PartNumber><ETag>{escape(tag)}</ETag></Part>" for n, tag in enumerate(etags, 1)
        )
        body = f"<CompleteMultipartUpload>{''.join(listed)}</CompleteMultipartUpload>"
        headers = {"If-None-Match": "*", "Content-Type": "application/xml"}
        try:
            answer = self.server.send("POST", parts["complete_url"], content=body, headers=headers, **self.waits)
        except AisubsError as fault:
            if fault.http_status != 412:  # it is there already: the answer to an earlier completion was lost
                raise
        else:
            if "<Error>" in answer.text:  # S3 may send its 200 before it knows
                raise UploadGone(answer.text[:200])

    def _read(self, start: int, length: int) -> bytes:
        self.parcel.file.seek(start)
        return self.parcel.file.read(min(length, self.parcel.size_bytes - start))

    def _tell(self, start: int) -> None:
        self.waits["tell"](Look("sending", 100.0 * start / self.parcel.size_bytes))
