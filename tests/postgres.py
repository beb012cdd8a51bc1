"""Real Postgres servers for tests: one per version and run; a migrated template; a clone of it for each test."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from aisubs.local.postgres import EmbeddedPostgres
from aisubs.local.postgres.lock import FileLock
from tests import in_memory
from tests.debian import NotToBeHad, walkable_shelf
from tests.debian_postgres import older_binaries
from tests.left_behind import MARK

VERSIONS = ("pg18", "pg15")
"""The embedded server, and the oldest Postgres that the SQL must run on."""

_TEMPLATE = "aisubs_template"
_LEFT_AFTER_S = 600.0
_UNSAFE_BUT_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # no database here lives long enough to need it
    "max_connections": "200",
}


class Servers:
    """The servers of one test run, started when first wanted. The workers of pytest-xdist share `folder` and them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._running: dict[str, EmbeddedPostgres] = {}
        self._admins: dict[str, psycopg.Connection] = {}

    def __enter__(self) -> Servers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @contextmanager
    def clone(self, version: str) -> Iterator[str]:
        """URL of a migrated database of its own."""
        with self._database(version, template=_TEMPLATE) as url:
            yield url

    @contextmanager
    def empty(self, version: str) -> Iterator[str]:
        """URL of a database of its own with nothing in it. Roles of earlier tests are there: they are the server's."""
        with self._database(version, template="template0") as url:
            yield url

    def _server(self, version: str) -> EmbeddedPostgres:
        if version not in self._running:
            folder, binaries = self._folder / version, None
            if version != VERSIONS[0]:
                try:
                    folder, binaries = _older_folder(self._folder), older_binaries()
                except NotToBeHad as reason:
                    pytest.skip(f"needs an older Postgres: {reason}")
            options = {**_UNSAFE_BUT_FAST, "cluster_name": f"aisubs {os.environ.get(MARK, '')}"}
            server = EmbeddedPostgres(folder, binaries=binaries, options=options)
            self._running[version] = self._stack.enter_context(server)
        return self._running[version]

    def _admin(self, version: str) -> psycopg.Connection:
        """A connection that stays: each new one costs as much as half a clone."""
        if version not in self._admins:
            url = self._server(version).url
            self._admins[version] = self._stack.enter_context(psycopg.connect(url, autocommit=True))
            _make_template(self._admins[version], url)
        return self._admins[version]

    @contextmanager
    def _database(self, version: str, template: str) -> Iterator[str]:
        name, admin = f"test_{secrets.token_hex(6)}", self._admin(version)
        # Copied as files: by default every page is written into the log, which takes twice as long.
        create = sql.SQL("create database {} template {} strategy file_copy")
        admin.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield url_of(self._server(version).url, name)
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _older_folder(run_folder: Path) -> Path:
    """Where this run keeps the older server; what runs before it have left there is cleared away."""
    memory = in_memory.walkable()
    if memory is not None:
        return memory / VERSIONS[-1]
    shelf = walkable_shelf()
    for left in shelf.glob("run-*/postgres/users.lock"):
        unused = FileLock(left)
        if time.time() - left.stat().st_mtime > _LEFT_AFTER_S and unused.take(shared=False):
            shutil.rmtree(left.parent.parent, ignore_errors=True)
            unused.release()
    return shelf / f"run-{sha256(str(run_folder).encode()).hexdigest()[:12]}-{run_folder.stat().st_ino}"


def url_of(url: str, database: str) -> str:
    """The same server, another database."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def _make_template(admin: psycopg.Connection, admin_url: str) -> None:
    # One worker makes it, the others wait here. Nobody may be connected to a template while it is cloned.
    admin.execute("select pg_advisory_lock(1)")
    try:
        _make_template_alone(admin, admin_url)
    finally:
        admin.execute("select pg_advisory_unlock(1)")


def _make_template_alone(admin: psycopg.Connection, admin_url: str) -> None:
    from aisubs.sql.migrate import migrate

    if admin.execute("select 1 from pg_database where datname = %s", [_TEMPLATE]).fetchone():
        return
    draft = sql.Identifier(f"{_TEMPLATE}_draft")
    admin.execute(sql.SQL("drop database if exists {} with (force)").format(draft))
    admin.execute(sql.SQL("create database {} template template0").format(draft))
    with psycopg.connect(url_of(admin_url, f"{_TEMPLATE}_draft")) as connection:
        migrate(connection)
    admin.execute(sql.SQL("alter database {} rename to {}").format(draft, sql.Identifier(_TEMPLATE)))
