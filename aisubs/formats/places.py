"""Where on the screen a cue stands, as SubStation Alpha says it and SubRip borrows it."""

from __future__ import annotations

from aisubs.formats.cue import Cue

_COLUMNS = {"left": 1, "center": 2, "right": 3}
_ROWS = {"bottom": 0, "top": 6}
_USUAL = 2


def place_tag(cue: Cue) -> str:
    """`{\\an8}` for the middle of the top, by the keys of a number pad; "" for the usual place."""
    key = _COLUMNS[cue.align or "center"] + _ROWS[cue.position or "bottom"]
    return "" if key == _USUAL else f"{{\\an{key}}}"
