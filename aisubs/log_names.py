"""File names of people stay out of the logs: those outlive a recording that was deleted. In their place stands the
beginning of a SHA-256, so that lines about one file are still found together, by whoever has its name."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import PurePosixPath

from aisubs.model import places

_OURS = (places.UPLOADS, places.RESULTS)
"""Names below these are made of random words and numbers of ours."""

DIGITS = 12


def without_names(line: Mapping[str, object]) -> dict[str, object]:
    """A line of the log whose field `object`, and wherever else the same name stands, tells no name of a person's."""
    name = line.get("object")
    if not isinstance(name, str) or not name or name.startswith(_OURS):
        return dict(line)
    known = {name, places.dropped_name(name), PurePosixPath(name).name} - {""}
    return {key: _replaced(value, sorted(known, key=len, reverse=True)) for key, value in line.items()}


def digest_of(name: str) -> str:
    """What the log says for a file of this name (its path in the bucket, or in the inbox)."""
    path = PurePosixPath(places.dropped_name(name))
    return f"{sha256(str(path).encode(errors='replace')).hexdigest()[:DIGITS]}{path.suffix}"


def _replaced(value: object, names: list[str]) -> object:
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, digest_of(name))
    return value
