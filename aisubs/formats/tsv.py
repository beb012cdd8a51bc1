"""Tab-separated values (.tsv) as Whisper's own command writes them: milliseconds, milliseconds, text."""

from __future__ import annotations

from collections.abc import Sequence

from aisubs.formats.choices import Choices
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import encode
from aisubs.formats.tables import inert, labelled_rows
from aisubs.model.transcript import Transcript


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """A .tsv file with a header. Text holds neither tabs nor line ends, so nothing is quoted; what a spreadsheet would
    run gets an apostrophe in front."""
    lines = ["start\tend\ttext\n"]
    for row in labelled_rows(transcript, cues, choices):
        lines.append(f"{row.start_ms}\t{row.end_ms}\t{inert(row.text)}\n")
    return encode("".join(lines), choices)
