"""One line of what `aisubs doctor` reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`advice` says what to do when something is not `ok`."""

    name: str
    ok: bool
    detail: str
    advice: str = ""
