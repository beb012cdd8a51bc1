"""From what a diarizer kept of the sound to turns: this needs no sound, so it can be done again in seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from aisubs.model.errors import AisubsError, error
from aisubs.model.turns import SpeakerCount, Turn
from aisubs.ports import Decider, SpeakerChunk

_CHUNKS_PER_PAGE = 500


def all_chunks(read: Callable[[int, int], list[SpeakerChunk]]) -> Iterator[SpeakerChunk]:
    """All rows by pages; `read(since_seq, limit)` is Jobs.read_speaker_chunks of one job."""
    since = 0
    while page := read(since, _CHUNKS_PER_PAGE):
        yield from page
        since = page[-1].seq + 1


def decide(decider: Decider, rows: Sequence[SpeakerChunk], duration_ms: int, count: SpeakerCount) -> list[Turn]:
    """The turns. Raises `diarizer_failed`, whatever it was that deciding ended with; MemoryError as it is."""
    try:
        return decider.decide(rows, duration_ms, count)
    except Exception as fault:
        raise fault_of_diarizer(fault) from fault


def fault_of_diarizer(fault: Exception) -> Exception:
    """As people are told of it."""
    return fault if isinstance(fault, AisubsError | MemoryError) else error("diarizer_failed", repr(fault))
