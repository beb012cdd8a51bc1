"""The server process of one cluster: start it or find it running, and stop it.

Callers hold `starting.lock`, except for `runs`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping

from aisubs.local.postgres.account import ENVIRONMENT, Account
from aisubs.local.postgres.binaries import Binaries
from aisubs.local.postgres.cluster import Cluster, Postmaster
from aisubs.local.postgres.loopback import ADDRESS, refusal
from aisubs.model.errors import error

_READY_TIMEOUT_S = 90.0  # recovery after a crash reads the log of writes first
_POLL_S = 0.02
_STOP_STEPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))  # fast, immediate, by force


class ServerProcess:
    """At most one server per cluster, started by us as our child or by another aisubs."""

    def __init__(self, cluster: Cluster, options: Mapping[str, str]) -> None:
        self._cluster = cluster
        self._options = dict(options)
        self._child: subprocess.Popen[bytes] | None = None

    def attach(self, password: str) -> Postmaster | None:
        """The living server of this cluster, waited for if it is just starting; remains of a dead one are removed."""
        self._reap()
        deadline = time.monotonic() + _READY_TIMEOUT_S
        refused: str | None = "it is not ready"
        while (found := self._cluster.postmaster()) is not None and self._cluster.lives(found.pid):
            if found.ready and (refused := refusal(found.port, password)) is None:
                return found
            if time.monotonic() > deadline:
                raise error(
                    "database_unavailable",
                    f"The server of {self._cluster.folder} runs (process {found.pid}) but does not answer: {refused}",
                )
            time.sleep(_POLL_S)
        while leftovers := self._cluster.processes():
            # They notice by themselves that their postmaster is gone, unless they are busy. What they have not
            # committed is lost with them either way, and no new server may start before they are gone.
            if time.monotonic() > deadline:
                raise error("database_unavailable", f"Processes {sorted(leftovers)} of a dead server do not end.")
            for process in leftovers:
                _send(process, signal.SIGQUIT)
            time.sleep(_POLL_S)
        if found is not None and self._cluster.processes() is not None:
            self._cluster.forget_postmaster()
        return None

    def launch(self, account: Account, binaries: Binaries, port: int, password: str) -> Postmaster:
        """Start the server as our child and wait until it answers.

        Raises `database_unavailable` with what it printed.
        """
        log_descriptor = self._cluster.open_log()
        printed_bytes = os.fstat(log_descriptor).st_size
        try:
            self._child = subprocess.Popen(
                [binaries.tool("postgres"), "-D", account.name_of(self._cluster.folder), *self._flags(port)],
                cwd=self._cluster.folder,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log_descriptor,
                stderr=log_descriptor,
                start_new_session=True,
                umask=0o077,
                **account.identity,
            )
        finally:
            os.close(log_descriptor)
        return self._wait_until_ready(self._child, port, password, printed_bytes)

    def runs(self, server: Postmaster) -> bool:
        """Whether that very process still lives."""
        if self._child is not None and self._child.pid == server.pid:
            return self._child.poll() is None
        return self._cluster.lives(server.pid)

    def stop(self, server: Postmaster) -> None:
        """Stop a server that is ours or that an aisubs now gone has left behind: gently, then by force."""
        for step, patience_s in _STOP_STEPS:
            if not self.runs(server):
                return
            if step is signal.SIGKILL:  # its children would outlive it
                for process in self._cluster.processes() or {server.pid}:
                    _send(process, step)
            else:
                _send(server.pid, step)
            deadline = time.monotonic() + patience_s
            while self.runs(server) and time.monotonic() < deadline:
                time.sleep(_POLL_S)
        if self.runs(server):
            raise error("database_unavailable", f"The database server (process {server.pid}) cannot be stopped.")

    def abandon(self) -> None:
        """Stop what `launch` has started, if it lives: the start as a whole has failed."""
        if self._child is not None and self._child.poll() is None:
            self.stop(Postmaster(self._child.pid, port=0, ready=False))

    def _wait_until_ready(
        self, child: subprocess.Popen[bytes], port: int, password: str, printed_bytes: int
    ) -> Postmaster:
        deadline = time.monotonic() + _READY_TIMEOUT_S
        refused: str | None = ""
        while child.poll() is None and time.monotonic() < deadline:
            found = self._cluster.postmaster()
            if found is not None and found.pid == child.pid and found.ready:
                refused = refusal(port, password)
                if refused is None:
                    return found
            time.sleep(_POLL_S)
        said = f"{self._cluster.log_since(printed_bytes)} {refused}"
        if child.poll() is None:
            self.stop(Postmaster(child.pid, port, ready=False))
            raise error("database_unavailable", f"The database server did not start in {_READY_TIMEOUT_S:g} s: {said}")
        raise error("database_unavailable", f"The database server did not start: {said}")

    def _flags(self, port: int) -> list[str]:
        settings = {
            "listen_addresses": ADDRESS,
            "port": str(port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Errors are raised to whoever caused them; written here too, refusals could fill the disk.
            "log_min_messages": "log",
            "log_checkpoints": "off",
            "cluster_name": "aisubs",
            **self._options,
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _reap(self) -> None:
        """Take our dead child out of the process table; as a zombie it would still count as a running server."""
        if self._child is not None and self._child.poll() is not None:
            self._child = None


def _send(pid: int, what: signal.Signals) -> None:
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        return  # it was faster
