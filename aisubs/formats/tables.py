"""The rows that the table formats (TSV, CSV, Audacity labels) share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from aisubs.formats.choices import Choices
from aisubs.formats.cue import Cue
from aisubs.formats.timeline import joined, speaker_changes, timed_words
from aisubs.model.transcript import Transcript

# A spreadsheet runs a cell that begins like this as a formula (OWASP, "CSV Injection"). Apostrophes are counted in, so
# that taking one away always gives back the text.
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠]")


def inert(text: str) -> str:
    """The cell with an apostrophe in front if a spreadsheet would run it."""
    return f"'{text}" if _FORMULA.match(text) else text


@dataclass(frozen=True, slots=True)
class Row:
    """What is said from `start_ms` to `end_ms`: `text` without labels, dashes or line ends."""

    start_ms: int
    end_ms: int
    speaker: str
    text: str


def rows(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> Iterator[Row]:
    """One row per cue, segment or word, as chosen. Times never run backwards."""
    if choices.rows == "cues":
        for cue in cues:
            yield Row(cue.start_ms, cue.end_ms, " / ".join(cue.speakers), cue.spoken)
        return
    words = timed_words(transcript)
    if choices.rows == "words":
        for word in words:
            yield Row(word.start_ms, word.end_ms, word.speaker or "", word.text)
        return
    for _, group in groupby(words, key=lambda word: word.segment):
        segment = list(group)
        yield Row(segment[0].start_ms, segment[-1].end_ms, segment[0].speaker or "", joined(segment))


def labelled_rows(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> list[Row]:
    """The same for tables without a column for the speaker: names, where they change, stand before the text."""
    if choices.rows == "cues":
        return [Row(cue.start_ms, cue.end_ms, "", cue.on_one_line) for cue in cues]
    plain = list(rows(transcript, cues, choices))
    names = speaker_changes([row.speaker for row in plain], choices.speakers)
    return [
        replace(row, text=f"{name}: {row.text}" if name else row.text) for row, name in zip(plain, names, strict=True)
    ]
