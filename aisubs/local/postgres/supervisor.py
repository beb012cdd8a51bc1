"""Start the embedded Postgres, or join the one that runs already; watch it; stop it when the last user leaves.

Several aisubs processes may use one data directory (`up` and, beside it, `transcribe`), and any of them may be killed
at any moment. Two file locks keep them in order, both gone with their holder:

    starting.lock   held alone while somebody makes, starts or stops the server
    users.lock      held together by everybody who uses the server; whoever can take it alone is the last one

The server runs in a session of its own: Ctrl-C is for us, and we stop the server after everything that uses it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from aisubs.local.postgres.account import choose_account, leave_to_owner
from aisubs.local.postgres.binaries import executable_binaries, wheel_binaries
from aisubs.local.postgres.cluster import DATABASE, USER, Cluster, Postmaster
from aisubs.local.postgres.lock import FileLock
from aisubs.local.postgres.loopback import ADDRESS, choose_port
from aisubs.local.postgres.server import ServerProcess
from aisubs.model.errors import AisubsError, error

log = logging.getLogger(__name__)

_LOCK_TIMEOUT_S = 120.0
_PORT_ATTEMPTS = 3
_WATCH_S = 0.5
_SLOWEST_WATCH_S = 30.0


class EmbeddedPostgres:
    """A Postgres on the loopback that belongs to one data directory.

        with EmbeddedPostgres(data_dir) as postgres:
            connect(postgres.url)

    `port` 0 takes the port used last, or a free one; if the server already runs, its port is what counts (`url`).
    `options` are server settings. Raises `database_unavailable`, whose reason says what to do.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int = 0,
        *,
        binaries: Path | None = None,
        options: Mapping[str, str] | None = None,
    ) -> None:
        self._cluster = Cluster(Path(data_dir).absolute() / "postgres")
        self._wanted_port = port
        self._source = binaries
        self._sync = (options or {}).get("fsync") != "off"
        self._process = ServerProcess(self._cluster, options or {})
        self._starting = FileLock(self._cluster.home / "starting.lock")
        self._users = FileLock(self._cluster.home / "users.lock")
        self._mutex = threading.RLock()
        self._leaving = threading.Event()
        self._watcher: threading.Thread | None = None
        self._server: Postmaster | None = None
        self._password = ""

    @property
    def url(self) -> str:
        """`postgresql://…` with the password in it: not for logs. Stays the same over a restart of the server."""
        if self._server is None:
            raise error("database_unavailable", "The embedded Postgres has not been started.")
        secret = quote(self._password, safe="")
        where = f"{ADDRESS}:{self._server.port}/{DATABASE}"
        return f"postgresql://{USER}:{secret}@{where}?sslmode=disable&gssencmode=disable"

    @property
    def pid(self) -> int | None:
        """Process id of the server, None before `start`."""
        return self._server.pid if self._server else None

    def start(self) -> EmbeddedPostgres:
        """Return when the server answers: made and started if need be. Starting twice is fine."""
        with self._mutex:
            if self._server is not None:
                return self
            try:
                self._make_home()
                with self._starting.held(_LOCK_TIMEOUT_S):
                    self._join_users()
            except OSError as problem:
                raise _explained(problem) from problem
            self._leaving.clear()
            self._watcher = threading.Thread(target=self._watch, name="postgres-watch", daemon=True)
            self._watcher.start()
            return self

    def ensure_running(self) -> bool:
        """Bring a server back that has died; True if that was needed. A thread of ours asks twice a second."""
        with self._mutex:
            if self._server is None or self._process.runs(self._server):
                return False
            log.warning("postgres.died", extra={"pid": self._server.pid})
            if not self._cluster.exists:  # an empty one in its place would only hide that
                raise error("database_unavailable", f"{self._cluster.folder} was removed while its server was running.")
            try:
                with self._starting.held(_LOCK_TIMEOUT_S):
                    self._bring_up()
            except OSError as problem:
                raise _explained(problem) from problem
            return True

    def stop(self) -> None:
        """Stop the server, unless another process still uses it. Stopping twice is fine."""
        self._leaving.set()
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join()
        with self._mutex:
            server, self._server, self._watcher = self._server, None, None
            if server is None:
                return
            try:
                self._leave(server)
            except OSError as problem:
                raise _explained(problem) from problem
            finally:
                self._users.release()

    def __enter__(self) -> EmbeddedPostgres:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _make_home(self) -> None:
        home = self._cluster.home
        if not home.exists():
            home.mkdir(parents=True, exist_ok=True)
            home.chmod(0o711)  # the server's account passes through; everything inside is closed to others
            leave_to_owner(home)

    # ── under starting.lock ──────────────────────────────────────────────────────────────────────────────────────

    def _join_users(self) -> None:
        if not self._users.take(shared=True):
            raise error("database_unavailable", f"{self._cluster.home / 'users.lock'} is locked by another program.")
        try:
            self._bring_up()
        except BaseException:  # Ctrl-C too must leave nothing behind
            self._process.abandon()
            self._users.release()
            raise

    def _bring_up(self) -> None:
        """Attach to the server of this cluster if one lives, else start one."""
        cluster = self._cluster
        if cluster.exists:
            self._password = cluster.password
            running = self._process.attach(self._password)
            if running is not None:
                self._server = running
                log.info("postgres.attached", extra={"pid": running.pid, "port": running.port})
                return
        account = choose_account(cluster.home, cluster.folder)
        binaries = executable_binaries(self._source or wheel_binaries(), account, cluster.home)
        if not cluster.exists:
            cluster.make(account, binaries, sync=self._sync)
        cluster.check_version(binaries)
        self._password = cluster.password
        pinned = self._server.port if self._server else self._wanted_port
        for attempt in range(_PORT_ATTEMPTS):
            port = choose_port(pinned, cluster.last_port if attempt == 0 else None)
            try:
                started = self._process.launch(account, binaries, port, self._password)
                break
            except AisubsError as problem:
                # Between choosing a port and taking it, somebody else may have taken it.
                if pinned or "Address already in use" not in problem.reason or attempt + 1 == _PORT_ATTEMPTS:
                    raise
        cluster.remember_port(port)
        self._server = started
        log.info("postgres.started", extra={"pid": started.pid, "port": port})

    def _leave(self, server: Postmaster) -> None:
        if not self._cluster.home.exists():  # nobody else can be using what is left of it
            self._process.stop(server)
            return
        with self._starting.held(_LOCK_TIMEOUT_S):
            self._users.release()
            if self._users.take(shared=False):
                # Another aisubs, gone since, may have restarted it without us noticing.
                self._process.stop(self._cluster.postmaster() or server)

    # ── watching ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _watch(self) -> None:
        pause_s = _WATCH_S
        while not self._leaving.wait(pause_s):
            try:
                self.ensure_running()
                pause_s = _WATCH_S
            except AisubsError as problem:
                pause_s = min(pause_s * 2, _SLOWEST_WATCH_S)
                log.error("postgres.restart_failed", extra={"reason": problem.reason, "again_in_s": pause_s})


def _explained(problem: OSError) -> AisubsError:
    return error("database_unavailable", f"The embedded Postgres cannot be used: {problem}")
