"""The part of the model hub's API that its client needs to fetch one model: what it holds, its files, in ranges."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

COMMIT = "5" * 40


@dataclass
class Hub:
    """`files` of the one repository. `cut_after`: connections that send more of model.bin than this break off there.
    `asked`: the ranges of model.bin that were asked for, "" for the whole."""

    repository: str
    files: dict[str, bytes]
    cut_after: int | None = None
    asked: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(repository: str, folder: Path, **files: bytes) -> Iterator[Hub]:
    """A hub with the files of `folder` as `repository`, on loopback."""
    held = {path.name: path.read_bytes() for path in folder.iterdir()} | files
    hub = Hub(repository, held)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            _answer(self, hub, with_body=False)

        def do_GET(self) -> None:
            _answer(self, hub, with_body=True)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(request: BaseHTTPRequestHandler, hub: Hub, *, with_body: bool) -> None:
    path = urlsplit(request.path).path
    api = f"/api/models/{hub.repository}"
    if path in (api, f"{api}/revision/main", f"{api}/revision/{COMMIT}"):
        siblings = [_sibling(name, data) for name, data in hub.files.items()]
        _send(request, 200, {"id": hub.repository, "sha": COMMIT, "siblings": siblings}, with_body)
    elif found := re.fullmatch(rf"/{re.escape(hub.repository)}/resolve/[^/]+/([^/]+)", path):
        _send_file(request, hub, found[1], with_body)
    else:
        _send(request, 404, {"error": "Repository not found"}, with_body)


def _send(request: BaseHTTPRequestHandler, status: int, value: object, with_body: bool) -> None:
    data = json.dumps(value).encode()
    request.send_response(status)
    if status == 404:
        request.send_header("X-Error-Code", "RepoNotFound")
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    if with_body:
        request.wfile.write(data)


def _send_file(request: BaseHTTPRequestHandler, hub: Hub, name: str, with_body: bool) -> None:
    data = hub.files[name]
    wanted = request.headers.get("Range", "")
    if name == "model.bin" and with_body:
        hub.asked.append(wanted)
    start = int(found[1]) if (found := re.match(r"bytes=(\d+)-", wanted)) else 0
    request.send_response(206 if wanted else 200)
    request.send_header("ETag", f'"{_digest(data)}"')
    request.send_header("X-Repo-Commit", COMMIT)
    request.send_header("Accept-Ranges", "bytes")
    request.send_header("Content-Length", str(len(data) - start))
    if wanted:
        request.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
    request.end_headers()
    if not with_body:
        return
    end = len(data)
    if name == "model.bin" and hub.cut_after is not None and hub.cut_after < end:
        end = max(start, hub.cut_after)
        request.close_connection = True
    request.wfile.write(data[start:end])


def _sibling(name: str, data: bytes) -> dict[str, object]:
    told: dict[str, object] = {"rfilename": name, "size": len(data), "blobId": _digest(data)}
    if name == "model.bin":
        told["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
    return told


def _digest(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()
