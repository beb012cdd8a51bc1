"""The diarizer port: speech in, who spoke when out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aisubs.model.turns import SpeakerCount, Turn
from aisubs.model.voices import VoicePrint
from aisubs.ports.engine import Samples

SpokenSpans = Mapping[str, Sequence[tuple[int, int]]]
"""By speaker, when they speak: [start_ms, end_ms) of each word, or of longer stretches."""


@dataclass(frozen=True, slots=True)
class SpeakerChunk:
    """What is kept of the sound of one chunk, [start_ms, end_ms), to decide from.

    Only a diarizer of the same fingerprint reads `data`. It holds voice prints: it goes with its job, and never leaves
    by the API.
    """

    seq: int
    start_ms: int
    end_ms: int
    data: bytes


class Decider(Protocol):
    """The half of a diarizer that only looks at rows. It needs no weights, so it is also where nothing listens."""

    alike: float
    """Prints whose cosine is at least so large are taken for one person's, where people are asked about it."""

    def reads(self, fingerprint: str) -> bool:
        """Whether rows of a diarizer of this fingerprint are taken here."""
        ...

    def decide(self, rows: Sequence[SpeakerChunk], duration_ms: int, count: SpeakerCount) -> list[Turn]:
        """The turns of the whole recording, by start. `rows` are all of `listen`, in order. Deterministic.

        No rows with speech give no turns. Raises `diarizer_failed`.
        """
        ...

    def voices(self, rows: Sequence[SpeakerChunk], spoken: SpokenSpans) -> dict[str, VoicePrint]:
        """A print of each speaker who is heard long enough alone. Raises `diarizer_failed`."""
        ...


class Diarizer(Decider, Protocol):
    """Tells people apart in two steps: `listen` hears the sound once, in a stream, and decides nothing; `decide` looks
    at what it left and needs no sound, so that another number of speakers costs no second hearing."""

    fingerprint: str
    """Changes whenever a row or a turn could: weights, versions, threads."""

    def start_sample(self, first_chunk: int) -> int:
        """Where in the recording, in samples at 16 kHz, the sound that `listen` needs from `first_chunk` on begins."""
        ...

    def listen(self, blocks: Iterable[Samples], first_chunk: int = 0) -> Iterator[SpeakerChunk]:
        """Rows in order, as soon as their sound is there. `blocks` of any size begin at `start_sample(first_chunk)`;
        the rows are the same, whatever the blocks and wherever it begins. Memory does not grow with the recording.

        Raises `diarizer_failed`.
        """
        ...
