"""What became of a script: which of its words were said, which were not, and what was said beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

KEPT_PASSAGES, PASSAGE_CHARS = 100, 200
"""How many passages are told of, and how much of the words of each."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What is said in [start_ms, end_ms) of the window `seq`: the words of the script in `ranges` [first, behind).
    Those of `unheard` were not heard, but may be there all the same."""

    seq: int
    start_ms: int
    end_ms: int
    ranges: tuple[tuple[int, int], ...]
    unheard: tuple[int, ...] = ()
    language: str | None = None

    @property
    def words(self) -> Iterator[int]:
        for first, behind in self.ranges:
            yield from range(first, behind)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        ranges = tuple((first, behind) for first, behind in value["ranges"])
        return cls(**{**value, "ranges": ranges, "unheard": tuple(value["unheard"])})


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Words of the script that nobody said, as far as could be heard: their number, how they begin, and up to where
    (ms) what stands before them was said; None: nothing before them was."""

    words: int
    text: str
    after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Unscripted:
    """Speech that is not in the script, and what it sounds like."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """Of `words` words of the script `said` were found in the sound; `moved` of those at another place than the script
    has them. `unsaid_words` were not found, `unsaid` tells of the first passages of them; so it is with `unscripted_ms`
    and `unscripted`. Directions in brackets that were not read out are in neither number.

    `placed` subtitles of the script, of which no word was heard, stand where those around them lead. Aligning took
    `wall_ms`; windows before `next_seq` are done.
    """

    words: int
    said: int
    moved: int = 0
    unsaid_words: int = 0
    unsaid: tuple[Unsaid, ...] = ()
    unscripted_ms: int = 0
    unscripted: tuple[Unscripted, ...] = ()
    placed: int = 0
    wall_ms: int = 0
    done: bool = False
    next_seq: int = 0

    @property
    def sentence(self) -> str:
        """For people, in English: "script: 1204 of 1250 words found in the sound, 46 not said"."""
        parts = [f"script: {self.said} of {self.words} words found in the sound"]
        if self.moved:
            parts.append(f"{self.moved} of them in another order")
        if self.unsaid_words:
            parts.append(f"{self.unsaid_words} not said, first “{self.unsaid[0].text}”")
        if self.unscripted_ms:
            parts.append(f"{max(1, round(self.unscripted_ms / 1000))} s of speech not in it")
        if self.placed:
            parts.append(f"{self.placed} subtitle{'s' if self.placed > 1 else ''} placed by those around")
        return ", ".join(parts)

    @property
    def lasting(self) -> dict[str, Any]:
        """What goes into files: the same, however often the work was interrupted."""
        return {name: value for name, value in asdict(self).items() if name not in ("wall_ms", "done", "next_seq")}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        unsaid = tuple(Unsaid(**row) for row in value["unsaid"])
        unscripted = tuple(Unscripted(**row) for row in value["unscripted"])
        return cls(**{**value, "unsaid": unsaid, "unscripted": unscripted})
