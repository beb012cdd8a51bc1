"""The operation that says where two speak at once, when the speakers of a text were told apart anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from aisubs.model.document import Spans, spans_from_json


@dataclass(frozen=True, slots=True)
class NewOverlaps:
    """`Document.overlaps` is `spans` now. People send no such operation: it comes with a revision that is made here."""

    op: Literal["overlaps"]
    spans: Spans | None

    changes: ClassVar[int] = 0
    """Of paragraphs and names."""

    def as_json(self) -> dict[str, Any]:
        return {"op": self.op, "spans": self.spans}

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> NewOverlaps:
        return NewOverlaps("overlaps", spans_from_json(row["spans"]))
