"""YouTube captions (.sbv): `H:MM:SS.mmm,H:MM:SS.mmm`, lines, an empty line."""

from __future__ import annotations

from collections.abc import Sequence

from aisubs.formats.choices import Choices
from aisubs.formats.clock import clock
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import encode
from aisubs.model.transcript import Transcript


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """An .sbv file. The format has no tags, no escapes and no place on the screen: text stands as it is."""
    blocks = [f"{_time(cue.start_ms)},{_time(cue.end_ms)}\n" + "\n".join(cue.shown) + "\n" for cue in cues]
    return encode("\n".join(blocks), choices)


def _time(time_ms: int) -> str:
    shown = clock(time_ms, ".")
    return shown.removeprefix("0") if time_ms < 36_000_000 else shown
