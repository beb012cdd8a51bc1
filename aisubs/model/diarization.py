"""What became of telling speakers apart, and the form in which turns are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from aisubs.model.turns import Turn


@dataclass(frozen=True, slots=True)
class Diarization:
    """`diarizer` is the fingerprint of what listened. Its first `chunks` rows are saved; they reach to `heard_ms`, and
    listening took `wall_ms`. `heard`: to the end. `found` people speak. `refused`: the code of the error why they could
    not be told apart.
    """

    diarizer: str
    chunks: int = 0
    heard_ms: int = 0
    wall_ms: int = 0
    heard: bool = False
    found: int | None = None
    refused: str | None = None

    @property
    def sentence(self) -> str:
        """For people, in English: "2 speakers told apart in 12 s"."""
        if self.refused:
            return f"speakers could not be told apart ({self.refused})"
        if not self.found:
            return "no speakers were heard"
        return f"{self.found} speaker{'s' if self.found > 1 else ''} told apart in {round(self.wall_ms / 1000)} s"

    @property
    def lasting(self) -> dict[str, Any]:
        """What goes into files: the same, however often the work was interrupted."""
        return {"found": self.found, "refused": self.refused}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(**value)


def turns_to_json(turns: Iterable[Turn]) -> list[list[int]]:
    """[[start_ms, end_ms, speaker], ...], as they are kept with the result. Inverse of `turns_from_json`."""
    return [[turn.start_ms, turn.end_ms, turn.speaker] for turn in turns]


def turns_from_json(value: Iterable[Iterable[int]] | None) -> tuple[Turn, ...]:
    """The turns; none of a job that did not want to know."""
    return tuple(Turn(*row) for row in value or ())
