"""OpenAI's `verbose_json` (.verbose.json): what programs written for that API read.

Every field of a segment is present, because typed clients refuse a segment that lacks one. Times are seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from aisubs.formats.choices import Choices
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import line_by_line, utf_8
from aisubs.formats.timeline import TimedWord, joined, timed_words
from aisubs.model.language import LANGUAGES
from aisubs.model.transcript import Segment, Transcript

_TEXT_TIMES = 1.0  # compression ratio of text that does not repeat itself, where none was measured


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """A JSON file of the shape of `POST /v1/audio/transcriptions` with `response_format=verbose_json`."""
    words = timed_words(transcript)
    head: dict[str, Any] = {
        "task": transcript.task,
        "language": LANGUAGES.get(transcript.language, transcript.language).lower(),
        "duration": transcript.duration_ms / 1000,
        "text": joined(words),
    }
    segments = [
        _segment(number, transcript.segments[index], list(group))
        for number, (index, group) in enumerate(groupby(words, key=lambda word: word.segment))
    ]
    tail: dict[str, Any] = {}
    if choices.words:
        tail["words"] = [
            {"word": word.text, "start": word.start_ms / 1000, "end": word.end_ms / 1000} for word in words
        ]
    tail["usage"] = {"type": "duration", "seconds": -(-transcript.duration_ms // 1000)}
    return utf_8(line_by_line(head, "segments", segments, tail))


def _segment(number: int, segment: Segment, words: list[TimedWord]) -> dict[str, Any]:
    return {
        "id": number,
        "seek": words[0].start_ms // 10,  # in frames of 10 ms; upstream: where the window began
        "start": words[0].start_ms / 1000,
        "end": words[-1].end_ms / 1000,
        "text": (" " if words[0].spaced else "") + joined(words),
        "tokens": [],  # not kept
        "temperature": 0.0,
        "avg_logprob": _number(segment.avg_logprob, 0.0),
        "compression_ratio": _number(segment.compression_ratio, _TEXT_TIMES),
        "no_speech_prob": _number(segment.no_speech_prob, 0.0),
    }


def _number(value: float | None, otherwise: float) -> float:
    """`value` where it is a number JSON can hold."""
    return otherwise if value is None or not -1e308 < value < 1e308 else float(value)
