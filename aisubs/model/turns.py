"""Who spoke when, before it is known what was said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """One person speaks, [start_ms, end_ms). `speaker` counts from 1 in the order in which they are first heard.

    Turns of two people may overlap; those of one person do not.
    """

    start_ms: int
    end_ms: int
    speaker: int


@dataclass(frozen=True, slots=True)
class SpeakerCount:
    """How many people may be told apart: exactly `number`, or `least` to `most`. None leaves it open."""

    number: int | None = None
    least: int | None = None
    most: int | None = None
