"""Audacity label track (.txt): seconds, seconds, text, separated by tabs; no header."""

from __future__ import annotations

from collections.abc import Sequence

from aisubs.formats.choices import Choices
from aisubs.formats.clock import decimal_seconds
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import encode
from aisubs.formats.tables import labelled_rows
from aisubs.model.transcript import Transcript


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """A file for Audacity's File > Import > Labels."""
    return encode(
        "".join(
            f"{decimal_seconds(row.start_ms)}\t{decimal_seconds(row.end_ms)}\t{row.text}\n"
            for row in labelled_rows(transcript, cues, choices)
        ),
        choices,
    )
