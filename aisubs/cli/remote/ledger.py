"""What was announced to which server, so that nothing is sent twice and a cut upload goes on where it was.

An announcement is written down, with the secret word that makes it repeatable, before the server hears of it: whatever
breaks in between, the same word finds the same job.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from aisubs.local.deposit import Signature

BUSY_S = 30.0

_TABLES = """
CREATE TABLE IF NOT EXISTS announced (
  account TEXT, digest TEXT, choices TEXT, word TEXT NOT NULL, job_id TEXT, token TEXT, upload TEXT,
  PRIMARY KEY (account, digest, choices)
);
CREATE TABLE IF NOT EXISTS prepared (
  path BLOB PRIMARY KEY, size_bytes INTEGER, mtime_ns INTEGER, digest TEXT
);
"""


@dataclass(frozen=True, slots=True)
class Announced:
    """`word` is the Idempotency-Key; `job_id` and `token` are None until the server has answered. `upload` is where to
    send it and how far that is, as JSON; None once there is nothing to send."""

    digest: str
    choices: str
    word: str
    job_id: str | None = None
    token: str | None = None
    upload: str | None = None


class Ledger:
    """Of one account (a key, or none) at one server. Threads and commands may share it; it holds secrets."""

    def __init__(self, path: Path, url: str, key: str | None) -> None:
        path.touch(mode=0o600)
        self._path = path
        self._account = sha256(f"{url}\0{key or ''}".encode()).hexdigest()
        with self._open() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(_TABLES)

    def find(self, digest: str, choices: str) -> Announced | None:
        asked = "SELECT word, job_id, token, upload FROM announced WHERE (account, digest, choices) = (?, ?, ?)"
        with self._open() as database:
            row = database.execute(asked, (self._account, digest, choices)).fetchone()
        return Announced(digest, choices, *row) if row else None

    def begin(self, digest: str, choices: str) -> Announced:
        """A new announcement, or the one that another command has begun just now."""
        said = "INSERT INTO announced (account, digest, choices, word) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        with self._open() as database:
            database.execute(said, (self._account, digest, choices, secrets.token_urlsafe(32)))
        begun = self.find(digest, choices)
        assert begun is not None
        return begun

    def note(self, one: Announced) -> None:
        """What the server has answered."""
        said = "UPDATE announced SET job_id = ?, token = ?, upload = ? WHERE (account, digest, choices) = (?, ?, ?)"
        row = (one.job_id, one.token, one.upload, self._account, one.digest, one.choices)
        with self._open() as database:
            database.execute(said, row)

    def forget(self, one: Announced) -> None:
        """Its job is gone: the next announcement of this content is another one."""
        said = "DELETE FROM announced WHERE (account, digest, choices, word) = (?, ?, ?, ?)"
        with self._open() as database:
            database.execute(said, (self._account, one.digest, one.choices, one.word))

    def digest_of(self, path: Path, signature: Signature) -> str | None:
        """Of what was sent of a file in this state, to whatever server."""
        asked = "SELECT digest FROM prepared WHERE (path, size_bytes, mtime_ns) = (?, ?, ?)"
        with self._open() as database:
            row = database.execute(asked, (_bytes_of(path), signature.size_bytes, signature.mtime_ns)).fetchone()
        return row[0] if row else None

    def note_digest(self, path: Path, signature: Signature, digest: str) -> None:
        row = (_bytes_of(path), signature.size_bytes, signature.mtime_ns, digest)
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO prepared VALUES (?, ?, ?, ?)", row)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Committed in the end, onto the disk."""
        with closing(sqlite3.connect(self._path, timeout=BUSY_S)) as database:
            database.execute("PRAGMA synchronous = FULL")
            with database:
                yield database


def _bytes_of(path: Path) -> bytes:
    return bytes(path.absolute())
