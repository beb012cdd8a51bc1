"""What uploading a large recording costs the server, memory above all: 1 GiB over the loopback, whole and in chunks."""

from __future__ import annotations

import http.client
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil

SIZE_BYTES = 1 << 30
CHUNK_BYTES = 32 << 20
BLOCK = bytes(range(256)) * 4096
MAX_GROWTH_MIB = 48

SERVER = """
import socket, sys
from pathlib import Path
import uvicorn
from fastapi import FastAPI
from aisubs.adapters.store.local import LocalStore
from aisubs.http.faults import install
from aisubs.http.uploads import upload_routes

listener = socket.create_server(("127.0.0.1", 0))
store = LocalStore(Path(sys.argv[1]), public_url=f"http://127.0.0.1:{listener.getsockname()[1]}")
http = FastAPI()
install(http)
http.include_router(upload_routes(store, None))
for number, size in enumerate(map(int, sys.argv[2:])):
    print(store.start_upload(f"{number}.mp4", size, "video/mp4").url, flush=True)
uvicorn.Server(uvicorn.Config(http, log_config=None, access_log=False)).run(sockets=[listener])
"""


def rows() -> Iterator[tuple[str, str, str, bool]]:
    sizes = [CHUNK_BYTES, SIZE_BYTES, SIZE_BYTES]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", SERVER, folder, *map(str, sizes)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            urls = [server.stdout.readline().strip() for _ in sizes]
            try:
                _send(urls[0], sizes[0], sizes[0])  # warm
                yield from _measure("one request", server.pid, urls[1], SIZE_BYTES)
                yield from _measure("chunks of 32 MiB", server.pid, urls[2], CHUNK_BYTES)
            finally:
                server.terminate()
        stored = [path.stat().st_size for path in Path(folder, "objects").glob("*.mp4@[0-9]*")]
    yield "bytes stored", f"{sum(stored)}", "all", sorted(stored) == sorted(sizes)


def _measure(way: str, pid: int, url: str, chunk_bytes: int) -> Iterator[tuple[str, str, str, bool]]:
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # forget the peak so far
    server = psutil.Process(pid)
    before, cpu = server.memory_info().rss, server.cpu_times()
    began_s = time.monotonic()
    _send(url, SIZE_BYTES, chunk_bytes)
    wall_s = time.monotonic() - began_s
    peak = int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
    grown_mib = max(0, peak - before) / 2**20
    goal = f"<= {MAX_GROWTH_MIB} MiB"
    yield f"memory of the server, 1 GiB in {way}", f"+{grown_mib:.1f} MiB", goal, grown_mib <= MAX_GROWTH_MIB
    cpu_s = sum(server.cpu_times()[:2]) - sum(cpu[:2])
    yield f"speed, 1 GiB in {way}", f"{1024 / wall_s:.0f} MiB/s, CPU {cpu_s:.1f} s", "told", True


def _send(url: str, total: int, chunk_bytes: int) -> None:
    at = urlsplit(url)
    wire = http.client.HTTPConnection(at.netloc, timeout=120)
    for start in range(0, total, chunk_bytes):
        end = min(start + chunk_bytes, total)
        headers = {"Content-Length": str(end - start), "Content-Range": f"bytes {start}-{end - 1}/{total}"}
        wire.request("PUT", at.path, _blocks(end - start), headers)
        answer = wire.getresponse()
        answer.read()
        assert answer.status == (200 if end == total else 308)
    wire.close()


def _blocks(length: int) -> Iterator[bytes]:
    for start in range(0, length, len(BLOCK)):
        yield BLOCK[: length - start]
