"""Who spoke when, before it is known what was said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """One person speaks, [start_ms, end_ms). `speaker` counts from 1 in the order in which they are first heard.

    Turns of two people may overlap; those of one person do not.
    """

    start_ms: int
    end_ms: int
    speaker: int


LEAST_OVERLAP_MS = 200
"""A shorter one is an edge that was not measured well."""


def overlaps_of(turns: Iterable[Turn]) -> tuple[tuple[int, int], ...]:
    """Where two or more speak at once, (start_ms, end_ms) in order."""
    changes = sorted((at_ms, by) for turn in turns for at_ms, by in ((turn.start_ms, 1), (turn.end_ms, -1)))
    found: list[tuple[int, int]] = []
    speaking = began_ms = 0
    for at_ms, by in changes:
        if speaking == 1 and by == 1:
            began_ms = at_ms
        elif speaking == 2 and by == -1 and at_ms - began_ms >= LEAST_OVERLAP_MS:
            found.append((began_ms, at_ms))
        speaking += by
    return tuple(found)


@dataclass(frozen=True, slots=True)
class SpeakerCount:
    """How many people may be told apart: exactly `number`, or `least` to `most`. None leaves it open."""

    number: int | None = None
    least: int | None = None
    most: int | None = None

    def allows(self, number: int) -> bool:
        """Whether so many may be told apart."""
        return number == (self.number or number) and (self.least or 1) <= number <= (self.most or number)

    def check(self) -> None:
        """Raises ValueError, with a sentence that names the options, for numbers that contradict each other."""
        if self.least and self.most and self.least > self.most:
            raise ValueError("min_speakers is larger than max_speakers")
        if self.number and not (self.least or 1) <= self.number <= (self.most or self.number):
            raise ValueError("num_speakers does not lie between min_speakers and max_speakers")
