"""Requests to the loopback Cloud Storage, by path and method."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.doubles.gcs import signature
from tests.doubles.gcs.objects import Blob, Failure, Upload
from tests.doubles.gcs.sessions import Session
from tests.doubles.loopback import Request

if TYPE_CHECKING:
    from tests.doubles.gcs.server import Gcs

OBJECTS = re.compile(r"(?:/download|/upload)?/storage/v1/b/([^/]+)/o(?:/([^/]+?)(/compose)?)?/?")


class Handler(Request):
    gcs: Gcs

    def _serve(self) -> None:
        fault = self.gcs.fault_for(self.command, self.path)
        if fault is not None and fault.status == 0:
            return self.hang_up()
        if fault is not None and fault.status is not None:
            self.body()
            return self.answer(fault.status, Failure(fault.status, "backendError", "A fault was planned.").body())
        self._session = self.gcs.sessions.get(self.query.get("upload_id", ""))
        self._cors = self.gcs.cors_headers(self.headers.get("origin"), self._session)
        try:
            status, body, headers = self._route()
        except Failure as failure:
            status, body, headers = failure.status, failure.body(), {}
        if fault is not None:
            return self.hang_up()
        return self.answer(status, body, **self._cors | headers)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_OPTIONS = _serve

    def _route(self) -> tuple[int, Any, dict[str, str]]:
        if self.command == "OPTIONS":
            return self._preflight()
        found = OBJECTS.fullmatch(self.url_path)
        if found is None:
            return self._signed_read()
        if self._session is not None:
            return self._continue_session(self._session)
        if self.gcs.identity.account_of(self.headers.get("authorization")) is None:
            raise Failure(401, "required", "Anonymous caller does not have storage access.")
        bucket, name = found[1], unquote(found[2] or "")
        if self.url_path.startswith("/upload/") and self.command == "POST":
            return self._upload(bucket)
        if self.command == "POST" and found[3]:
            return self._compose(bucket, name)
        if self.command == "DELETE":
            self.gcs.buckets.delete(bucket, name, self._number("generation"), self._number("ifGenerationMatch"))
            return 204, b"", {}
        if self.command == "GET" and not name:
            return self._list(bucket)
        if self.command == "GET":
            blob = self.gcs.buckets.get(bucket, name, self._number("generation"), self._number("ifGenerationMatch"))
            return self._media(blob) if self.query.get("alt") == "media" else (200, blob.resource(), {})
        raise Failure(501, "notImplemented", f"{self.command} {self.path}")

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _list(self, bucket: str) -> tuple[int, Any, dict[str, str]]:
        names = self.gcs.buckets.names(bucket, self.query.get("prefix", ""))
        names = [name for name in names if name.encode() > self.query.get("pageToken", "").encode()]
        size = min(int(self.query.get("maxResults", self.gcs.page_size)), self.gcs.page_size)
        page: dict[str, Any] = {"kind": "storage#objects"}
        if names:
            page["items"] = [self.gcs.buckets.get(bucket, name).resource() for name in names[:size]]
        if len(names) > size:
            page["nextPageToken"] = names[size - 1]
        return 200, page, {}

    def _media(self, blob: Blob, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        """Whole or in part: https://www.rfc-editor.org/rfc/rfc9110#name-range-requests."""
        resource, size = blob.resource(), len(blob.data)
        headers = {
            "Content_Type": blob.content_type,
            "Accept_Ranges": "bytes",
            "ETag": f'"{resource["etag"]}"',
            "x_goog_generation": str(blob.generation),
            "x_goog_hash": f"crc32c={resource['crc32c']}",
            "x_goog_stored_content_length": str(size),
        } | headers
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("range", ""))
        if asked is None or asked.groups() == ("", ""):
            return 200, blob.data, headers
        first, last = asked.groups()
        start = int(first) if first else max(0, size - int(last))
        end = min(int(last) + 1 if first and last else size, size)
        if start >= end:
            raise Failure(416, "requestedRangeNotSatisfiable", "Request range not satisfiable")
        return 206, blob.data[start:end], headers | {"Content_Range": f"bytes {start}-{end - 1}/{size}"}

    def _signed_read(self) -> tuple[int, Any, dict[str, str]]:
        refusal = signature.objection(self.command, self.path, dict(self._lowered()), self.gcs.identity)
        if refusal:
            return refusal[0], f"<Error><Code>{refusal[1]}</Code></Error>".encode(), {"Content_Type": "application/xml"}
        if self.command not in ("GET", "HEAD"):
            raise Failure(501, "notImplemented", f"{self.command} by a signed URL")
        bucket, _, name = unquote(self.url_path).removeprefix("/").partition("/")
        asked = {"Content_Type": "response-content-type", "Content_Disposition": "response-content-disposition"}
        chosen = {header: self.query[name] for header, name in asked.items() if name in self.query}
        return self._media(self.gcs.buckets.get(bucket, name, self._number("generation")), **chosen)

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _upload(self, bucket: str) -> tuple[int, Any, dict[str, str]]:
        kind, body = self.query.get("uploadType"), self.body()
        if kind == "media":
            kind_of = self.headers.get("content-type", "application/octet-stream")
            upload = Upload(bucket, self.query["name"], kind_of, {}, self._number("ifGenerationMatch"))
            return 200, self.gcs.buckets.finish(upload, body).resource(), {}
        if kind == "multipart":
            resource, kind_of, data = _related(body, self.headers["content-type"])
            return 200, self.gcs.buckets.finish(self._described(bucket, resource, kind_of), data).resource(), {}
        if kind == "resumable":
            kind_of = self.headers.get("x-upload-content-type", "application/octet-stream")
            upload = self._described(bucket, json.loads(body or b"{}"), kind_of)
            announced = self.headers.get("x-upload-content-length")
            session = Session(upload, int(announced) if announced else None, self.headers.get("origin"))
            self.gcs.buckets.check(upload)
            key = self.gcs.open_session(session)
            return (
                200,
                b"",
                {"Location": f"{self.gcs.url}/upload/storage/v1/b/{bucket}/o?uploadType=resumable&upload_id={key}"},
            )
        raise Failure(400, "badRequest", f"uploadType {kind}")

    def _described(self, bucket: str, resource: dict[str, Any], content_type: str) -> Upload:
        return Upload(
            bucket,
            resource.get("name") or self.query["name"],
            resource.get("contentType") or content_type,
            resource.get("metadata") or {},
            self._number("ifGenerationMatch"),
            resource.get("crc32c"),
        )

    def _continue_session(self, session: Session) -> tuple[int, Any, dict[str, str]]:
        if self.command == "DELETE":
            session.cancel()
            return 499, b"", {}
        blob = session.put(self.body(), self.headers.get("content-range"), self.gcs.buckets)
        if blob is not None:
            return 200, blob.resource(), {}
        there = len(session.received)
        return 308, b"", {"Range": f"bytes=0-{there - 1}"} if there else {}

    def _compose(self, bucket: str, name: str) -> tuple[int, Any, dict[str, str]]:
        asked = json.loads(self.body())
        parts = [self.gcs.buckets.get(bucket, part["name"]) for part in asked["sourceObjects"]]
        upload = self._described(bucket, {"name": name} | asked.get("destination", {}), parts[0].content_type)
        upload.components = sum(part.components or 1 for part in parts)
        return 200, self.gcs.buckets.finish(upload, b"".join(part.data for part in parts)).resource(), {}

    # ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _preflight(self) -> tuple[int, bytes, dict[str, str]]:
        if not self._cors:
            return 200, b"", {}
        return (
            200,
            b"",
            {
                "Access_Control_Allow_Methods": "GET, HEAD, PUT, POST, DELETE",
                "Access_Control_Allow_Headers": self.headers.get("access-control-request-headers", ""),
                "Access_Control_Max_Age": "3600",
            },
        )

    def _number(self, name: str) -> int | None:
        return int(self.query[name]) if self.query.get(name) else None

    def _lowered(self) -> list[tuple[str, str]]:
        return [(name.lower(), value) for name, value in self.headers.items()]


def _related(body: bytes, content_type: str) -> tuple[dict[str, Any], str, bytes]:
    """The resource, the type and the bytes of a multipart/related upload. No mail parser: it may change line ends."""
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    parts = [part.removeprefix(b"\r\n").removesuffix(b"\r\n") for part in body.split(b"--" + boundary)[1:3]]
    (_, resource), (head, data) = (part.split(b"\r\n\r\n", 1) for part in parts)
    return json.loads(resource), head.decode().partition(":")[2].strip(), data
