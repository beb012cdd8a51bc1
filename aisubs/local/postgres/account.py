"""Which operating system account the server runs as.

Postgres refuses to run as root, so root lends it an unprivileged account. That account may be unable to walk to the
data directory (`/root` is closed to it), and opening other people's folders to it would be rude. On Linux the way
around is `/proc/self/cwd`: root enters the folder, then gives up its rights, and the server addresses the folder it
stands in by that name, without ever walking there (Postgres 16 and newer; older ones leave their folder at the start).
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aisubs.model.errors import error

_HERE = Path("/proc/self/cwd")
_UNPRIVILEGED = ("nobody", "postgres", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    """An account with a name. `lent` says that it is not our own: we are root and step down to it."""

    name: str
    uid: int
    gid: int
    lent: bool

    @property
    def identity(self) -> dict[str, Any]:
        """Arguments of `subprocess` that make a child run as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.lent else {}

    def own(self, path: Path | int) -> None:
        """Give one file or folder of ours (or an open file by its descriptor) to this account."""
        if self.lent:
            os.chown(path, self.uid, self.gid)

    def name_of(self, folder: Path) -> str:
        """How a process of this account that was started inside `folder` addresses it."""
        return str(folder if self.can_walk_to(folder) or not _HERE.exists() else _HERE)

    def can_walk_to(self, folder: Path) -> bool:
        """Whether this account may pass through every folder on the way and into the last."""
        return not self.lent or all(map(self._may_enter, (folder, *folder.resolve().parents)))

    def _may_enter(self, folder: Path) -> bool:
        held = folder.stat()
        if held.st_uid == self.uid:
            return bool(held.st_mode & 0o100)
        return bool(held.st_mode & (0o010 if held.st_gid == self.gid else 0o001))

    def run(
        self, command: Sequence[str | Path], folder: Path, timeout_s: float, stdin: int = subprocess.DEVNULL
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end inside `folder`, with a bare environment (no `PG*` of ours, no secrets).

        Raises OSError when it cannot be started or does not end in time.
        """
        try:
            return subprocess.run(
                list(map(str, command)),
                cwd=folder,
                env=ENVIRONMENT,
                stdin=stdin,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout_s,
                umask=0o077,
                **self.identity,
            )
        except subprocess.TimeoutExpired as late:
            raise TimeoutError(f"{command[0]} did not end within {timeout_s:g} s") from late


ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
"""All that the server's programs get to see. English messages, so that ours can quote them."""


def choose_account(home: Path, cluster: Path) -> Account:
    """Our own account; as root the one that owns the cluster or its folder, or a well-known unprivileged one."""
    uid = os.geteuid()
    if uid != 0:
        return _named(uid, lent=False)
    for place in (cluster, home):
        if place.exists() and (owner := place.stat().st_uid) != 0:
            return _named(owner, lent=True)
    for name in _UNPRIVILEGED:
        try:
            return _named(pwd.getpwnam(name).pw_uid, lent=True)
        except KeyError:
            continue
    raise error(
        "database_unavailable",
        f"Postgres refuses to run as root and none of the accounts {', '.join(_UNPRIVILEGED)} exists. "
        "Run aisubs as another user, or set DATABASE_URL.",
    )


def leave_to_owner(path: Path) -> None:
    """As root in somebody's folder (sudo), make `path` theirs, so that they can use it without us."""
    folder = path.parent.stat()
    if os.geteuid() == 0 and path.stat().st_uid != folder.st_uid:
        os.chown(path, folder.st_uid, folder.st_gid)


def _named(uid: int, *, lent: bool) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as nameless:
        raise error(
            "database_unavailable",
            f"Postgres needs a user that has a name, and {uid} has no entry in /etc/passwd. "
            "Add one, run aisubs as another user, or set DATABASE_URL.",
        ) from nameless
    return Account(entry.pw_name, uid, entry.pw_gid if lent else os.getegid(), lent)
