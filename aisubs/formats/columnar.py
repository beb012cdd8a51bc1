"""Columnar JSON (.columns.json) for the viewer in the browser: about a quarter of the size of `json`.

One object per paragraph, with parallel arrays over its words. `offsets` count UTF-16 code units into `text`, as
JavaScript strings do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aisubs.formats.choices import Choices
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import line_by_line, utf_8
from aisubs.formats.paragraphs import Paragraph, paragraphs
from aisubs.formats.timeline import timed_words
from aisubs.model.transcript import Transcript

SCHEMA = "aisubs-columns/1"


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """A JSON file: `starts` and `durations` in ms, `conf` in whole percent, or null where the model gave none."""
    head: dict[str, Any] = {
        "schema": SCHEMA,
        "title": transcript.title,
        "duration_ms": transcript.duration_ms,
        "language": transcript.language,
    }
    rows = [_columns(number, paragraph) for number, paragraph in enumerate(paragraphs(timed_words(transcript)))]
    return utf_8(line_by_line(head, "paragraphs", rows))


def _columns(number: int, paragraph: Paragraph) -> dict[str, Any]:
    offsets: list[int] = []
    length = 0
    for i, word in enumerate(paragraph.words):
        length += word.spaced and i > 0
        offsets.append(length)
        length += len(word.text.encode("utf-16-le", "surrogatepass")) // 2
    return {
        "id": number,
        "speaker": paragraph.speaker,
        "text": paragraph.text,
        "offsets": offsets,
        "starts": [word.start_ms for word in paragraph.words],
        "durations": [word.end_ms - word.start_ms for word in paragraph.words],
        "conf": [_percent(word.confidence) for word in paragraph.words],
    }


def _percent(confidence: float | None) -> int | None:
    return None if confidence is None or confidence != confidence else round(100 * min(max(confidence, 0.0), 1.0))
