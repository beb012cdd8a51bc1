"""Puts a speech model into a folder, pinned: `python -m gpu_job.fetch_model large-v3-turbo FOLDER --revision …`.

Used when the worker's image is built, so that a worker needs no hub at run time. A directory is copied as it is;
anything else is a size or a hub name that faster-whisper knows.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from pathlib import Path

WEIGHTS = "model.bin"
BLOCK_BYTES = 1 << 20


def fetch(model: str, target: Path, revision: str | None) -> None:
    """Fill `target` with the files of the model. Raises OSError or the hub's own errors."""
    source = Path(model)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
        return
    from faster_whisper import download_model

    download_model(model, output_dir=str(target), revision=revision)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hex, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m gpu_job.fetch_model", description=__doc__)
    parser.add_argument("model", help="a directory, a size such as large-v3-turbo, or a hub name")
    parser.add_argument("target", type=Path, help="folder to fill")
    parser.add_argument("--revision", default="", help="commit of the hub repository to pin")
    parser.add_argument("--sha256", default="", help=f"expected SHA-256 of {WEIGHTS}; a different one is an error")
    given = parser.parse_args(arguments)
    fetch(given.model, given.target, given.revision or None)
    found = sha256_of(given.target / WEIGHTS)
    if given.sha256 and found != given.sha256.lower():
        sys.stderr.write(f"{WEIGHTS} has SHA-256 {found}, expected {given.sha256}: not used.\n")
        shutil.rmtree(given.target)
        return 1
    print(f"{given.model}: {WEIGHTS} {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
