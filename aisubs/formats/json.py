"""The project's own JSON (.json), schema `aisubs/1`: everything known about a transcript, nothing rounded or repaired.

`parse` gives back what `write` was given. aisubs-1.schema.json beside this file and docs/formats.md describe it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter, ValidationError

from aisubs.formats.choices import Choices
from aisubs.formats.cue import Cue
from aisubs.formats.encoding import line_by_line, utf_8
from aisubs.model.captions.own_cues import check_own_cue
from aisubs.model.errors import error
from aisubs.model.losses import losses_of
from aisubs.model.speech_model import is_toy
from aisubs.model.transcript import Segment, Transcript, Word

SCHEMA = "aisubs/1"


def write(transcript: Transcript, cues: Sequence[Cue], choices: Choices) -> bytes:
    """A .json file. Infinite numbers become null; lone surrogates U+FFFD; nothing else is changed."""
    head: dict[str, Any] = {
        "schema": SCHEMA,
        "title": transcript.title,
        "duration_ms": transcript.duration_ms,
        "language": transcript.language,
        "text_language": transcript.text_language,
        "task": transcript.task,
        "model": transcript.model,
        "toy": is_toy(transcript.model),
        "coverage": asdict(transcript.coverage) if transcript.coverage else None,
        "losses": losses_of(transcript).as_json(),
        "extra": transcript.extra,
        "paragraphs": transcript.paragraphs,
    }
    if transcript.own:
        head["own"] = [cue.as_json() for cue in transcript.own]
    if transcript.shifts:
        head["shifts"] = transcript.shifts
    return utf_8(line_by_line(head, "segments", [_segment(segment) for segment in transcript.segments]))


def parse(data: bytes) -> Transcript:
    """The transcript in a file made by `write`. Raises `bad_request` for anything else."""
    try:
        value = json.loads(data)
        if not isinstance(value, dict) or value.get("schema") != SCHEMA:
            raise error("bad_request", f"this is not a transcript in the form {SCHEMA}")
        return _checked(_adapter().validate_python(value))
    except (ValidationError, ValueError, RecursionError) as problem:
        raise error("bad_request", f"this is not a transcript in the form {SCHEMA}: {problem}") from problem


def _checked(transcript: Transcript) -> Transcript:
    """Raises ValueError for captions that could not be shown."""
    for cue in transcript.own:
        check_own_cue(cue, max(cue.end_ms, transcript.duration_ms))
    if any(right <= left for (left, _), (right, _) in pairwise(transcript.shifts)):
        raise ValueError("shifts do not rise")
    return transcript


@cache
def _adapter() -> TypeAdapter[Transcript]:
    return TypeAdapter(Transcript)


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "start_ms": segment.start_ms,
        "end_ms": segment.end_ms,
        "text": segment.text,
        "speaker": segment.speaker,
        "language": segment.language,
        "model": segment.model,
        "avg_logprob": segment.avg_logprob,
        "compression_ratio": segment.compression_ratio,
        "no_speech_prob": segment.no_speech_prob,
        "marks": [mark.value for mark in segment.marks],
        "words": [_word(word) for word in segment.words],
    }


def _word(word: Word) -> dict[str, Any]:
    shown = {"start_ms": word.start_ms, "end_ms": word.end_ms, "text": word.text, "confidence": word.confidence}
    return shown if word.override is None else shown | {"override": word.override.as_json()}
