"""The edition under fire: `aisubs up` on a Postgres of its own, with a link on each side of it.

client ── HttpLink ── aisubs up ┬─ DatabaseLink ── Postgres
                      workers ──┘
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import psycopg

from aisubs.local.postgres import EmbeddedPostgres
from tests.chaos.database_link import DatabaseLink
from tests.chaos.http_link import HttpLink
from tests.http_server import serve
from tests.whole.edition import Up

WORKER = "aisubs.worker"
STALE_AFTER_S = 6
SHORT_BREATH = {
    "STALE_AFTER_S": str(STALE_AFTER_S),
    "CONCURRENCY": "2",
    "LOCAL_SIGN_IN": "false",
    "UPLOADS_PER_OWNER": "50",
    "JOBS_PER_DAY": "100000",
    "BYTES_PER_DAY": str(1 << 40),
}
DISK_BYTES = 400_000_000


class Stage:
    """Everything that one run needs. `url` is what clients use."""

    def __init__(
        self, home: Path, postgres: EmbeddedPostgres, link: DatabaseLink, *, own_disk: bool, model: str
    ) -> None:
        self.home = home
        self.own_disk = own_disk
        self.postgres = postgres
        self.database = link
        self.url = ""
        real = postgres.url
        behind = real.replace(f":{_port(real)}/", f":{link.port}/")
        environment = {**SHORT_BREATH, "DATABASE_URL": behind} | ({"MODEL": model} if model else {})
        self.up = Up(home / "edition", **environment)
        self.http = HttpLink(lambda: self.up.url)

    def start(self) -> None:
        """As often as it takes: the database may be away."""
        for _ in range(20):
            with suppress(AssertionError):  # it ended before it answered
                self.up.start_again_on(int(self.up.url.rpartition(":")[2])) if self.up.url else self.up.start()
                return
        raise AssertionError(f"the edition does not start\n{self.up.complaints()}")

    def workers(self) -> list[psutil.Process]:
        """Those of this edition, orphans of an earlier process of it too."""
        mine = str(self.up.data)
        found = []
        for process in psutil.process_iter(["cmdline"]):
            if any(WORKER in word for word in process.info["cmdline"] or []):
                with suppress(psutil.Error):
                    if mine in process.environ().get("DATA_DIR", ""):
                        found.append(process)
        return found

    def kill_edition(self) -> None:
        edition = psutil.Process(self.up.pid)
        edition.kill()
        assert self.up.process is not None
        self.up.process.wait(30)

    def ask(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Postgres itself, past the link, once it is there."""
        while True:
            with suppress(psycopg.OperationalError), psycopg.connect(self.postgres.url) as connection:
                return connection.execute(query, values).fetchall()


@contextmanager
def stage(home: Path, *, model: str = "") -> Iterator[Stage]:
    """In `home`, on a disk of its own where this account may make one. `model`: a folder with weights; else the toy."""
    with ExitStack() as parts:
        disk = home / "disk"
        disk.mkdir(parents=True)
        own_disk = _mount(disk)
        if own_disk:
            parts.callback(subprocess.run, ["umount", "-l", str(disk)], check=False)
        postgres = parts.enter_context(EmbeddedPostgres(home / "database"))
        link = DatabaseLink(_port(postgres.url))
        parts.callback(link.close)
        one = Stage(disk, postgres, link, own_disk=own_disk, model=model)
        one.url = parts.enter_context(serve(one.http.app))
        parts.callback(_end, one)
        one.start()
        yield one


def _end(one: Stage) -> None:
    one.up.close()
    for worker in one.workers():
        with suppress(psutil.Error):
            worker.kill()


def _mount(folder: Path) -> bool:
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _port(url: str) -> int:
    return int(url.partition("@")[2].partition("/")[0].rpartition(":")[2])
