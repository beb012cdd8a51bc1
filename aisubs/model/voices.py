"""Voices by what a diarizer makes of them: prints, which are biometric data, and whom they are known to be of."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VoicePrint:
    """What one voice is in one recording. `data`: a direction, as float16, little-endian; `network`: what made it, for
    only prints of the same one can be compared; `heard_ms`: how much of the voice it was made of, nobody else
    speaking."""

    network: str
    data: bytes = field(repr=False)  # never in a log
    heard_ms: int


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """One print of somebody whom the owner has named."""

    voice_id: str
    name: str
    print: VoicePrint


@dataclass(frozen=True, slots=True)
class JobVoice:
    """The print of a speaker of a text, by the label; `voice_id` is whom it resembles, with the cosine of both."""

    speaker: str
    print: VoicePrint
    voice_id: str | None = None
    similarity: float | None = None
