"""What was said and when: words, segments, windows and the transcript they make.

All times are integer milliseconds from the start of the recording (pts 0 of the file, not of the audio track).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the model wrote it: a leading space in `text` means that a space precedes it (Chinese has none).

    `"".join(word.text for word in segment.words) == segment.text` holds for every segment that has words.
    """

    start_ms: int
    end_ms: int
    text: str
    confidence: float | None = None  # 0..1, the mean probability of its tokens


class Mark(StrEnum):
    """What the quality guards found about a segment. A marked segment is kept, never dropped."""

    REDECODED = "redecoded"  # the first answer was doubtful and this one replaced it
    LOOP = "loop"  # repeats itself even after the second try
    DOUBTFUL = "doubtful"  # low probability even after the second try
    NO_SPEECH = "no_speech"  # the model itself says this may not be speech


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech with its words. `speaker` is a label such as "Speaker 1", or None."""

    start_ms: int
    end_ms: int
    text: str
    words: tuple[Word, ...] = ()
    speaker: str | None = None
    avg_logprob: float | None = None
    compression_ratio: float | None = None
    no_speech_prob: float | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A tile of the recording: [start_ms, end_ms) follows the window before it without a gap.

    `speech_ms` is what the voice activity detection called speech; `segments` is empty for a tile of silence.
    `speech` lists the speech spans [(start_ms, end_ms), ...] inside the tile.
    """

    seq: int
    start_ms: int
    end_ms: int
    speech_ms: int
    segments: tuple[Segment, ...] = ()
    speech: tuple[tuple[int, int], ...] = ()


class Account(StrEnum):
    """How a millisecond of the recording is accounted for in the coverage ledger."""

    TRANSCRIBED = "transcribed"
    NO_SPEECH = "no_speech"
    REDECODED = "redecoded"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The ledger: every millisecond stands in exactly one account, and the sum is the duration.

    `unresolved` lists the spans [(start_ms, end_ms), ...] that a person should listen to.
    """

    transcribed_ms: int
    no_speech_ms: int
    redecoded_ms: int
    unresolved_ms: int
    unresolved: tuple[tuple[int, int], ...] = ()

    @property
    def total_ms(self) -> int:
        return self.transcribed_ms + self.no_speech_ms + self.redecoded_ms + self.unresolved_ms


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole recording, ready to be written in any format."""

    duration_ms: int
    language: str  # ISO 639-1, as Whisper names it
    segments: tuple[Segment, ...]
    task: str = "transcribe"  # or "translate"
    model: str = ""
    coverage: Coverage | None = None
    title: str = ""  # the recording's file name; shown by formats that have a place for it
    extra: dict[str, Any] = field(default_factory=dict)
    paragraphs: tuple[int, ...] | None = None
    """Indices of the segments that begin a paragraph, where people have set them; None leaves it to the format."""

    @property
    def text(self) -> str:
        return " ".join(segment.text.strip() for segment in self.segments if segment.text.strip())


_SEGMENTS = TypeAdapter(tuple[Segment, ...])
_WINDOW = TypeAdapter(Window)


def segments_to_json(segments: tuple[Segment, ...]) -> list[dict[str, Any]]:
    """The JSON kept in `transcript_windows.segments`. Inverse of `segments_from_json`."""
    dumped: list[dict[str, Any]] = _SEGMENTS.dump_python(segments, mode="json")
    return dumped


def segments_from_json(value: object) -> tuple[Segment, ...]:
    """Parse the JSON of `segments_to_json`. Raises pydantic.ValidationError for anything else."""
    return _SEGMENTS.validate_python(value)


def window_from_row(row: dict[str, Any]) -> Window:
    """Parse a row as `read_windows` returns it: seq, start_ms, end_ms, speech_ms, speech, segments."""
    return _WINDOW.validate_python(
        {name: row[name] for name in ("seq", "start_ms", "end_ms", "speech_ms", "segments", "speech")}
    )
