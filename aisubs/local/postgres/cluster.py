"""The folder of one database cluster: made once, its password, and the processes that are using it.

<data_dir>/postgres/
    cluster/      what `initdb` makes; belongs to the server's account
    password      of the only database user, readable by us alone
    port          the port used last: taken again, so that URLs handed out stay true over a restart
    server.log    what the server prints
    starting.lock, users.lock     see supervisor.py
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from aisubs.local.postgres.account import Account, leave_to_owner
from aisubs.local.postgres.binaries import Binaries
from aisubs.model.errors import error

USER = "aisubs"
DATABASE = "postgres"
_INITDB_TIMEOUT_S = 300.0
_PROC = Path("/proc")
_HAS_PROC = _PROC / "self" / "cwd"  # Linux, not macOS
_LOG_LIMIT_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What a server says about itself in `postmaster.pid`. `ready` is its own word, not yet proof."""

    pid: int
    port: int
    ready: bool


class Cluster:
    """The folder `home` and what is in it. Callers hold `starting.lock` for everything that writes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "cluster"
        self.log = home / "server.log"
        self._password = home / "password"
        self._port = home / "port"
        self._pid_file = self.folder / "postmaster.pid"

    @property
    def exists(self) -> bool:
        return self.folder.exists()

    # ── made once ────────────────────────────────────────────────────────────────────────────────────────────────

    def make(self, account: Account, binaries: Binaries, *, sync: bool) -> None:
        """Make the cluster in a draft folder and rename it, so that there is never half a one.

        Raises `database_unavailable`, with what `initdb` said.
        """
        for abandoned in self.home.glob("cluster.draft.*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        # A name of its own: an initdb that outlived its killed parent may still write into the abandoned one.
        draft = Path(tempfile.mkdtemp(prefix="cluster.draft.", dir=self.home))
        account.own(draft)
        password = secrets.token_urlsafe(32)
        self._write_private(self._password, password)
        command = [
            binaries.tool("initdb"),
            *("--pgdata", account.name_of(draft), "--username", USER, "--pwfile", "/dev/stdin"),
            *("--auth", "scram-sha-256", "--data-checksums", "--encoding", "UTF8"),
            *_locale(binaries.major),
            *(() if sync else ("--no-sync",)),
        ]
        # A file without a name: the server's account could not walk to one of ours.
        with tempfile.TemporaryFile(dir=self.home) as handed_over:
            handed_over.write(password.encode())
            handed_over.seek(0)
            account.own(handed_over.fileno())
            answer = account.run(command, draft, _INITDB_TIMEOUT_S, stdin=handed_over.fileno())
        if answer.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise error("database_unavailable", f"The database could not be created: {_tail(answer.stderr)}")
        draft.rename(self.folder)

    def check_version(self, binaries: Binaries) -> None:
        """Raises `database_unavailable` when another major version of Postgres made this cluster."""
        made_by = (self.folder / "PG_VERSION").read_text().strip()
        if made_by != str(binaries.major):
            raise error(
                "database_unavailable",
                f"The database in {self.folder} was made by Postgres {made_by}; this is Postgres {binaries.major}. "
                "Dump it with that version, or move the folder away to begin with an empty one.",
            )

    # ── what is kept beside it ───────────────────────────────────────────────────────────────────────────────────

    @property
    def password(self) -> str:
        try:
            return self._password.read_text()
        except FileNotFoundError as missing:
            raise error(
                "database_unavailable",
                f"{self._password} is missing, and nothing else opens the database in {self.folder}. "
                "Put it back, or move the folder away to begin with an empty one.",
            ) from missing

    @property
    def last_port(self) -> int | None:
        try:
            return int(self._port.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def remember_port(self, port: int) -> None:
        if port != self.last_port:
            self._write_private(self._port, str(port))

    def open_log(self) -> int:
        """A file descriptor that appends to the log; the log before it is kept once it has grown."""
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        descriptor = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        leave_to_owner(self.log)
        return descriptor

    def log_since(self, offset_bytes: int) -> str:
        """The last lines that the server printed after `offset_bytes`."""
        with self.log.open("rb") as log:
            log.seek(offset_bytes)
            return _tail(log.read(64 * 1024).decode(errors="replace"))

    def _write_private(self, path: Path, text: str) -> None:
        draft = path.with_name(path.name + ".draft")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        leave_to_owner(draft)
        draft.replace(path)

    # ── who is using it ──────────────────────────────────────────────────────────────────────────────────────────

    def postmaster(self) -> Postmaster | None:
        """The server that wrote `postmaster.pid`, which may be long gone. None without a complete file."""
        try:
            lines = self._pid_file.read_text().splitlines()
            return Postmaster(int(lines[0]), int(lines[3]), len(lines) > 7 and lines[7].strip() == "ready")
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def processes(self) -> set[int] | None:
        """Pids of the living server processes that stand in this cluster; zombies don't. None where /proc is not."""
        if not _HAS_PROC.exists():
            return None
        return {int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit() and self._holds(entry)}

    def lives(self, pid: int) -> bool:
        """Whether `pid` is a living process of this cluster."""
        if _HAS_PROC.exists():
            return self._holds(_PROC / str(pid))
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def _holds(self, process: Path) -> bool:
        try:
            if not (process / "comm").read_text().startswith("postgres"):
                return False
            return (process / "cwd").samefile(self.folder)
        except OSError:  # it has just ended, or belongs to somebody else
            return False

    def forget_postmaster(self) -> None:
        """Remove a `postmaster.pid` whose server is gone, where its pid now belongs to a zombie or to a stranger.

        Postgres would take either for a living server and refuse to start. Only for clusters without processes.
        """
        self._pid_file.unlink(missing_ok=True)


def _locale(major: int) -> tuple[str, ...]:
    if major >= 17:  # sorts the same on every system, and needs nothing from it
        return ("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8")
    return ("--locale", "C.UTF-8")


def _tail(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " | ".join(lines[-6:]) or "no message"
