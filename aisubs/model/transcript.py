"""What was said and when: words, segments, windows and the transcript they make.

All times are integer milliseconds from the start of the recording (pts 0 of the file, not of the audio track).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from aisubs.model.captions.overrides import Override
from aisubs.model.captions.own_cues import OwnCue


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the model wrote it: a leading space in `text` means that a space precedes it (Chinese has none).

    `"".join(word.text for word in segment.words) == segment.text` holds for every segment that has words.
    """

    start_ms: int
    end_ms: int
    text: str
    confidence: float | None = None  # 0..1, the mean probability of its tokens
    override: Annotated[Override | None, Field(exclude_if=lambda value: value is None)] = None
    """What people decided about its captions; models never do."""


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
    language: str | None = None
    """ISO 639-1, as Whisper names it; None in what was transcribed before languages were told apart."""
    model: str | None = None
    """Which speech model wrote it, where that is not the transcript's: a second opinion."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What the file of a recording does not give of it; spans are (start_ms, end_ms).

    `missing` was lost to damage: silence stands in its place. `gaps` are jumps of the file's clock, filled with
    silence: the recorder paused, or a loss that left no other trace. `cut`: the file ends before its recording does;
    `promised_ms` is the length that the file claims then, if it claims one.
    """

    missing: tuple[tuple[int, int], ...] = ()
    gaps: tuple[tuple[int, int], ...] = ()
    cut: bool = False
    promised_ms: int | None = None

    def shifted(self, by_ms: int) -> Damage:
        """The same on a clock on which everything is `by_ms` later."""
        missing, gaps = (tuple((a + by_ms, b + by_ms) for a, b in spans) for spans in (self.missing, self.gaps))
        promised_ms = None if self.promised_ms is None else self.promised_ms + by_ms
        return replace(self, missing=missing, gaps=gaps, promised_ms=promised_ms)


@dataclass(frozen=True, slots=True)
class Window:
    """A tile of the recording: [start_ms, end_ms) follows the window before it without a gap.

    `speech_ms` is what the voice activity detection called speech; `segments` is empty for a tile of silence.
    `speech` lists the speech spans [(start_ms, end_ms), ...] inside the tile. `damage` is None where there is none;
    only the last window can be `cut`.
    """

    seq: int
    start_ms: int
    end_ms: int
    speech_ms: int
    segments: tuple[Segment, ...] = ()
    speech: tuple[tuple[int, int], ...] = ()
    damage: Damage | None = None


class Account(StrEnum):
    """How a millisecond of the recording is accounted for in the coverage ledger."""

    TRANSCRIBED = "transcribed"
    NO_SPEECH = "no_speech"
    REDECODED = "redecoded"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The ledger: every millisecond stands in exactly one account, and the sum is the duration.

    `unresolved` lists the spans [(start_ms, end_ms), ...] that a person should listen to; `missing`, which is part of
    it, and `gaps` are those of `Damage`. `cut_at_ms` is where the file ends too early, `promised_ms` the length that it
    claims then; both are None for a file that ends where its recording does. `overlaps`, in no account, is where two or
    more people speak at once, as far as speakers were told apart: what stands there may be of either.
    """

    transcribed_ms: int
    no_speech_ms: int
    redecoded_ms: int
    unresolved_ms: int
    unresolved: tuple[tuple[int, int], ...] = ()
    missing: tuple[tuple[int, int], ...] = ()
    gaps: tuple[tuple[int, int], ...] = ()
    cut_at_ms: int | None = None
    promised_ms: int | None = None
    overlaps: tuple[tuple[int, int], ...] = ()

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
    own: tuple[OwnCue, ...] = ()
    """Cues without words of the text, in order."""
    shifts: tuple[tuple[int, int], ...] = ()
    """(from_ms, by_ms), rising: what is said from then on is shown so much later, beside what earlier ones say."""

    @property
    def text_language(self) -> str:
        """What most of the text is written in; `language` is what was spoken. Whisper translates into English alone."""
        return "en" if self.task == "translate" else self.language

    def language_of(self, segment: Segment) -> str | None:
        """What a segment is written in, where that is not `text_language`."""
        known = None if self.task == "translate" else segment.language
        return known if known != self.language else None

    @property
    def text(self) -> str:
        return " ".join(segment.text.strip() for segment in self.segments if segment.text.strip())


_SEGMENTS = TypeAdapter(tuple[Segment, ...])
_WINDOW = TypeAdapter(Window)
_DAMAGE = TypeAdapter(Damage | None)


def segments_to_json(segments: tuple[Segment, ...]) -> list[dict[str, Any]]:
    """The JSON kept in `transcript_windows.segments`. Inverse of `segments_from_json`."""
    dumped: list[dict[str, Any]] = _SEGMENTS.dump_python(segments, mode="json")
    return dumped


def segments_from_json(value: object) -> tuple[Segment, ...]:
    """Parse the JSON of `segments_to_json`. Raises pydantic.ValidationError for anything else."""
    return _SEGMENTS.validate_python(value)


def damage_to_json(damage: Damage | None) -> dict[str, Any] | None:
    """The JSON kept in `transcript_windows.damage`."""
    dumped: dict[str, Any] | None = _DAMAGE.dump_python(damage, mode="json")
    return dumped


def window_from_row(row: dict[str, Any]) -> Window:
    """Parse a row as `read_windows` returns it: seq, start_ms, end_ms, speech_ms, speech, segments, damage."""
    return _WINDOW.validate_python(
        {name: row[name] for name in ("seq", "start_ms", "end_ms", "speech_ms", "segments", "speech", "damage")}
    )
