"""How often the model was asked again about what its first answer left in doubt, why, and what that cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class SecondPasses:
    """`passes` further answers were asked for, about `windows` windows; that took `wall_ms`. `reasons`: by what spoke
    against the first answer (aisubs/pipeline/transcribe/doubts.py) the windows of which it did; a window may have
    several."""

    passes: int = 0
    windows: int = 0
    wall_ms: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)

    def and_one(self, passes: int, reasons: Iterable[str], wall_ms: int) -> Self:
        """With one more window, if it took any."""
        if not passes:
            return self
        counted = Counter(self.reasons) + Counter(set(reasons))
        return type(self)(self.passes + passes, self.windows + 1, self.wall_ms + wall_ms, dict(counted))

    @property
    def lasting(self) -> dict[str, Any]:
        """What goes into files: the same, however often the work was interrupted (a database sorts in its own way)."""
        return {"passes": self.passes, "windows": self.windows, "reasons": dict(sorted(self.reasons.items()))}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(**value)
