"""Programs from Debian that a test wants and this machine may not have.

Their packages are downloaded and unpacked (never installed) into a folder of the user's, once; where that fails, the
tests that want them are skipped with the reason.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from aisubs.local.postgres.lock import FileLock

_WRAPPER = """#!/bin/sh
LD_LIBRARY_PATH={libraries} exec {program} "$@"
"""


class NotToBeHad(Exception):
    """This machine has no such program and cannot get one; the text says why."""


def walkable_shelf() -> Path:
    """A folder that is kept between runs, outside of the repository and of pytest's own.

    Root's server runs as another account, which may not be able to walk to those, and Postgres 15 insists on walking.
    """
    shelf = Path(tempfile.gettempdir()) / f"aisubs-tests-{os.geteuid()}"
    shelf.mkdir(exist_ok=True)
    if shelf.is_symlink() or shelf.stat().st_uid != os.geteuid():
        raise NotToBeHad(f"{shelf} belongs to somebody else")
    shelf.chmod(0o755)
    return shelf


def unpacked(package: str, programs: Mapping[str, str]) -> Path:
    """A folder with these programs of a package, name -> path inside it. Raises NotToBeHad."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise NotToBeHad(f"{package} is not here, and this is not a Debian system")
    shelf = walkable_shelf()
    wrappers = shelf / package / "bin"
    with FileLock(shelf / f"{package}.lock").held(timeout_s=600):
        if not wrappers.exists():
            draft = Path(tempfile.mkdtemp(dir=shelf))
            try:
                _unpack(package, programs, draft, shelf / package)
                draft.chmod(0o755)
                draft.rename(shelf / package)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    return wrappers


def _unpack(package: str, programs: Mapping[str, str], draft: Path, final: Path) -> None:
    try:
        plan = _apt("install", "--simulate", "--no-install-recommends", package)
    except NotToBeHad:
        if os.geteuid() != 0:
            raise
        _apt("update")
        plan = _apt("install", "--simulate", "--no-install-recommends", package)
    packages = re.findall(r"^Inst (\S+)", plan, re.MULTILINE)
    _apt("download", *packages, folder=draft)
    for archive in sorted(draft.glob("*.deb")):
        subprocess.run(["dpkg-deb", "--extract", archive, draft], check=True, capture_output=True)
        archive.unlink()
    libraries = ":".join(str(final / folder.relative_to(draft)) for folder in draft.glob("usr/lib/*-linux-*"))
    wrappers = draft / "bin"
    if wrappers.is_symlink():
        wrappers.unlink()
    wrappers.mkdir(exist_ok=True)
    for name, path in programs.items():
        (wrappers / name).write_text(_WRAPPER.format(libraries=libraries, program=final / path))
        (wrappers / name).chmod(0o755)


def _apt(*arguments: str, folder: Path | None = None) -> str:
    try:
        answer = subprocess.run(
            ["apt-get", "-qq", *(("-y",) if arguments[0] == "install" else ()), *arguments],
            cwd=folder,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
        )
    except subprocess.TimeoutExpired as late:
        raise NotToBeHad(f"apt-get {arguments[0]} did not end in 180 s") from late
    if answer.returncode != 0:
        said = (answer.stderr or answer.stdout).strip().splitlines() or ["no message"]
        raise NotToBeHad(f"apt-get {' '.join(arguments)}: {said[-1]}")
    return answer.stdout
