"""Comma-separated values (.csv, RFC 4180) for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from aisubs.formats.choices import Choices
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import encode
from aisubs.formats.tables import inert, rows
from aisubs.model.transcript import Transcript


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """A .csv file: start_ms, end_ms, speaker, text. What would be run as a formula gets an apostrophe in front."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("start_ms", "end_ms", "speaker", "text"))
    for row in rows(transcript, cues, choices):
        writer.writerow((row.start_ms, row.end_ms, inert(row.speaker), inert(row.text)))
    return encode(table.getvalue(), choices)
