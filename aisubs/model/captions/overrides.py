"""What is decided at one word about the captions that it is in. Everything else flows, as the profile has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import ConfigDict, Field

Time = Annotated[int, Field(strict=True, ge=0, lt=2**53)]
"""Milliseconds from the start of the recording."""

Index = Annotated[int, Field(strict=True, ge=0, lt=20_000)]
"""Of a word in its paragraph."""

Before = Literal["cue", "line", "join"]
Position = Literal["top", "bottom"]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Override:
    """`before` the word a cue begins, or a line of the same cue, or neither (`join`). The cue that begins with the word
    appears at `start_ms`, the cue that ends with it goes at `end_ms`. None, False: as it flows."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    before: Before | None = None
    start_ms: Time | None = None
    end_ms: Time | None = None
    italic: bool = False
    position: Position | None = None
    align: Align | None = None

    @property
    def continues(self) -> bool:
        """Whether the word stands in the cue of the word before it, whatever the profile."""
        return self.before in ("line", "join")

    @property
    def opens(self) -> bool:
        """Whether a cue begins with the word, whatever the profile."""
        return self.before == "cue" or self.start_ms is not None

    @property
    def place(self) -> tuple[Position | None, Align | None]:
        return self.position, self.align

    def as_json(self) -> dict[str, Any]:
        """What is decided, and nothing else."""
        shown = {
            "before": self.before,
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "italic": self.italic or None,
            "position": self.position,
            "align": self.align,
        }
        return {name: value for name, value in shown.items() if value is not None}


FLOWING = Override()

Overrides: TypeAlias = tuple[tuple[Index, Override], ...]
"""Of a paragraph: indices of words, rising, with what is decided there."""


def overrides_to_json(overrides: Overrides) -> list[tuple[int, dict[str, Any]]]:
    return [(index, override.as_json()) for index, override in overrides]


def overrides_from_json(rows: Iterable[Sequence[Any]]) -> Overrides:
    """Inverse of `overrides_to_json`, for what was checked before it was stored."""
    return tuple((index, Override(**row)) for index, row in rows)


def normal(overrides: Iterable[tuple[Index, Override]] | None) -> Overrides | None:
    """Without those that decide nothing; None where none is left."""
    return tuple(one for one in overrides or () if one[1] != FLOWING) or None


def check_overrides(overrides: Overrides, words: int, duration_ms: int) -> None:
    """Raises ValueError, with a sentence, for overrides that do not fit a paragraph of so many words."""
    if any(right[0] <= left[0] for left, right in pairwise(overrides)):
        raise ValueError("the words of overrides do not rise")
    if overrides and overrides[-1][0] >= words:
        raise ValueError(f"an override lies outside the {words} words of the paragraph")
    for _, override in overrides:
        check_times(override.start_ms, override.end_ms, duration_ms, joined=False)


def check_times(start_ms: int | None, end_ms: int | None, duration_ms: int, *, joined: bool = True) -> None:
    """Raises ValueError for times outside the recording or, of one cue (`joined`), without length."""
    if any(time_ms is not None and time_ms > duration_ms for time_ms in (start_ms, end_ms)):
        raise ValueError(f"a cue lies outside the recording, which is {duration_ms} ms long")
    if joined and start_ms is not None and end_ms is not None and end_ms <= start_ms:
        raise ValueError("a cue must end after it starts")
