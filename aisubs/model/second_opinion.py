"""What became of a second opinion: a larger model was asked about the seconds that the first one left in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

NO_SECOND = "none"
"""The choice of a job that wants no second opinion, where the worker's own setting is to ask for one."""


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """`model` as people know it. Of the recording `asked_ms` were decoded again, and for `changed_ms` of that the new
    answer replaced the first; that took `wall_ms`, loading the model included. `refused`: the code of the error why the
    model could not be asked, or not to the end. `next_seq`: windows before this one are done.
    """

    model: str
    asked_ms: int = 0
    changed_ms: int = 0
    wall_ms: int = 0
    done: bool = False
    refused: str | None = None
    next_seq: int = 0

    @property
    def sentence(self) -> str:
        """For people, in English: "second opinion by base: 34 s decoded again in 12 s, 21 s of it replaced"."""
        if self.refused:
            return f"no second opinion: {self.model} could not be asked ({self.refused})"
        if not self.asked_ms:
            return f"second opinion by {self.model}: nothing was in doubt"
        asked_s, changed_s, wall_s = (round(ms / 1000) for ms in (self.asked_ms, self.changed_ms, self.wall_ms))
        return f"second opinion by {self.model}: {asked_s} s decoded again in {wall_s} s, {changed_s} s of it replaced"

    @property
    def lasting(self) -> dict[str, Any]:
        """What goes into files: the same, however often the work was interrupted."""
        return {"model": self.model, "asked_ms": self.asked_ms, "changed_ms": self.changed_ms, "refused": self.refused}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(**value)
