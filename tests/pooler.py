"""A real PgBouncer in transaction mode before a database, as a pooler of a hosted project is."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.debian import NotToBeHad, unpacked, walkable_shelf

SERVERS = 2
"""Fewer than those who ask, so that each transaction may come to another server than the one before."""
_PATIENCE_S = 30.0
_CONFIG = """
[databases]
{name} = host={host} port={port} dbname={name} user={user} password='{password}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {servers}
max_client_conn = 100
"""


@contextmanager
def in_transaction_mode(url: str) -> Iterator[str]:
    """The URL of the same database behind the pooler. Skips the test where there is none to be had."""
    program = _program()
    parts = urlsplit(url)
    folder = Path(tempfile.mkdtemp(dir=walkable_shelf()))
    folder.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = free.getsockname()[1]
    name, user, password = parts.path.lstrip("/"), parts.username or "", parts.password or ""
    config = folder / "pgbouncer.ini"
    config.write_text(
        _CONFIG.format(
            name=name, host=parts.hostname, port=parts.port, user=user, password=password,
            listen=listen, servers=SERVERS,
        )
    )  # fmt: skip
    as_nobody = {"user": "nobody"} if os.geteuid() == 0 else {}
    process = subprocess.Popen([program, "-q", config], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **as_nobody)  # type: ignore[call-overload]
    try:
        pooled = urlunsplit(parts._replace(netloc=f"{user}@127.0.0.1:{listen}"))
        _wait(process, pooled)
        yield pooled
    finally:
        process.kill()
        process.communicate()
        shutil.rmtree(folder)


def _program() -> str:
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    try:
        return found or str(unpacked("pgbouncer", {"pgbouncer": "usr/sbin/pgbouncer"}) / "pgbouncer")
    except NotToBeHad as reason:
        pytest.skip(f"needs PgBouncer: {reason}")


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            psycopg.connect(url, prepare_threshold=None).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
