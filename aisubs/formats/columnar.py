"""Columnar JSON (.columns.json) for the viewer in the browser: about a quarter of the size of `json`.

One object per paragraph, with parallel arrays over its words. `offsets` count UTF-16 code units into `text`, as
JavaScript strings do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aisubs.formats.choices import Choices
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import line_by_line, utf_8
from aisubs.formats.paragraphs import Paragraph, paragraphs
from aisubs.formats.timeline import timed_words
from aisubs.model import document
from aisubs.model.captions.overrides import normal
from aisubs.model.transcript import Transcript

SCHEMA = "aisubs-columns/1"


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """A JSON file: `starts` and `durations` in ms, `conf` in whole percent, or null where the model gave none."""
    head = {
        "title": transcript.title,
        "duration_ms": transcript.duration_ms,
        "language": transcript.text_language,
    }
    return write_document(columns_of(transcript), head)


def write_document(shown: document.Document, head: Mapping[str, Any]) -> bytes:
    """The same of a document that is there already; `head` says what else the file holds."""
    rows = [paragraph.as_json() for paragraph in shown.paragraphs]
    return utf_8(line_by_line({"schema": SCHEMA, **head}, "paragraphs", rows))


def columns_of(transcript: Transcript) -> document.Document:
    """The transcript as a document that can be edited: paragraphs "0", "1", …, and no names."""
    gathered = paragraphs(timed_words(transcript), transcript.paragraphs)
    return document.Document(tuple(_columns(str(number), paragraph) for number, paragraph in enumerate(gathered)))


def _columns(paragraph_id: str, paragraph: Paragraph) -> document.Paragraph:
    offsets: list[int] = []
    length = 0
    for i, word in enumerate(paragraph.words):
        length += word.spaced and i > 0
        offsets.append(length)
        length += len(word.text) if word.text.isascii() else len(word.text.encode("utf-16-le", "surrogatepass")) // 2
    return document.Paragraph(
        id=paragraph_id,
        text=paragraph.text,
        offsets=tuple(offsets),
        starts=tuple(word.start_ms for word in paragraph.words),
        durations=tuple(word.end_ms - word.start_ms for word in paragraph.words),
        conf=tuple(_percent(word.confidence) for word in paragraph.words),
        speaker=paragraph.speaker,
        language=paragraph.language,
        overrides=normal((at, word.override) for at, word in enumerate(paragraph.words) if word.override is not None),
    )


def _percent(confidence: float | None) -> int | None:
    return None if confidence is None or confidence != confidence else round(100 * min(max(confidence, 0.0), 1.0))
