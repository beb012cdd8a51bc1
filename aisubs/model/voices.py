"""Voices by what a diarizer makes of them: prints, which are biometric data, and whom they are known to be of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import hypot
from operator import mul
from struct import unpack

_HEAVIEST_MS = 60_000
"""What a print counts for at most: a long recording is one room, however long it is."""


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


def likeness(one: VoicePrint, others: Sequence[VoicePrint]) -> float | None:
    """The cosine of a print with the mean of those of one person, where longer ones count for more; None where no
    network made both."""
    comparable = [other for other in others if other.network == one.network and len(other.data) == len(one.data)]
    if not comparable:
        return None
    mean = [0.0] * (len(one.data) // 2)
    for other in comparable:
        weight = min(other.heard_ms, _HEAVIEST_MS)
        for index, value in enumerate(_numbers(other)):
            mean[index] += weight * value
    length = hypot(*mean) * hypot(*_numbers(one))
    return sum(map(mul, mean, _numbers(one))) / length if length else 0.0


def _numbers(print_: VoicePrint) -> tuple[float, ...]:
    return unpack(f"<{len(print_.data) // 2}e", print_.data)
