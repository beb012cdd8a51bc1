"""The wheel as people install it: built from this checkout, into an environment of its own, for anybody's use."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"
INSTALL_TIMEOUT_S = 600.0


def build(target: Path) -> tuple[Path, Path]:
    """Wheel and sdist by the command that a release is made with. A page that `make web-test` has built is taken."""
    command = ["make", "-s", "wheel", f"DIST={target}"]
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,), (sdist,) = target.glob("*.whl"), target.glob("*.tar.gz")
    return wheel, sdist


@dataclass(frozen=True)
class User:
    """An account, and a home folder that was empty when it was made."""

    home: Path
    identity: dict[str, Any]
    """Arguments of `subprocess` that make a child run as this account."""

    def own(self, path: Path) -> None:
        if self.identity:
            os.chown(path, self.identity["user"], self.identity["group"])


@dataclass(frozen=True)
class Installed:
    """An environment without this repository. Everybody may enter it."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "environment/bin/python"

    def install(self, wheel: Path, extras: str) -> None:
        """With the versions of the lock, from the package index: the one thing here that needs a network."""
        _uv("venv", "-q", "--python", ordinary_python(), str(self.folder / "environment"))
        wanted = f"aisubs{extras} @ {wheel.as_uri()}"
        _uv("pip", "install", "-q", "-p", str(self.python), "-c", str(REPOSITORY / "requirements.lock"), wanted)

    def command(self, *arguments: object) -> list[str]:
        return [str(self.folder / "environment/bin/aisubs"), *map(str, arguments)]

    def run(self, user: User, *arguments: object, timeout_s: float = 300, **environment: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of `aisubs`, in the home folder of this user."""
        done = subprocess.run(
            self.command(*arguments), cwd=user.home, env=bare(user, **environment), timeout=timeout_s,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **user.identity,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr


def bare(user: User, **environment: str) -> dict[str, str]:
    """What a new account has: no setting, no PYTHONPATH, nothing of whoever runs the tests."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(user.home), "LANG": "C.UTF-8", **environment}


def ordinary_python() -> str:
    """An interpreter that the ordinary user of these tests can start as well; the tests' own may lie below /root."""
    names = (sys.executable, f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}", "/usr/bin/python3")
    recent = "import sys; sys.exit(sys.version_info < (3, 11))"
    for name in dict.fromkeys(names):
        try:
            if subprocess.run([name, "-c", recent], cwd="/", env={}, **nobody()).returncode == 0:
                return name
        except OSError:
            continue
    pytest.skip(f"an ordinary user can start none of {', '.join(names)}")


def nobody() -> dict[str, Any]:
    """Arguments of `subprocess` that step down from root to an ordinary account; none for whoever is ordinary."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that other accounts may enter; those of pytest are closed to them."""
    folder = Path(tempfile.mkdtemp(prefix="aisubs-wheel-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _uv(*arguments: str) -> None:
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    done = subprocess.run(
        [str(UV), *arguments], cwd="/", env=environment, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
