"""What people do to the words of a text and to its speakers: operations that one document is changed by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from aisubs.model.document import Paragraph, SpeakerLabel
from aisubs.model.paragraph_id import ParagraphId

_FORBID = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Splice:
    """`remove` is a contiguous run and `insert` goes where it was or, if it is empty, before `before` (None: at the
    end). A changed paragraph keeps its id. One that does not say what is decided about its captions takes that over
    from the words that it replaces."""

    __pydantic_config__: ClassVar[ConfigDict] = _FORBID

    op: Literal["splice"]
    remove: tuple[ParagraphId, ...] = ()
    insert: tuple[Paragraph, ...] = ()
    before: ParagraphId | None = None

    @property
    def changes(self) -> int:
        return max(len(self.remove), len(self.insert))

    def as_json(self) -> dict[str, Any]:
        return {
            "op": self.op,
            "remove": self.remove,
            "before": self.before,
            "insert": [paragraph.as_json() for paragraph in self.insert],
        }


@dataclass(frozen=True, slots=True)
class Relabel:
    """These paragraphs are spoken by `speaker`."""

    __pydantic_config__: ClassVar[ConfigDict] = _FORBID

    op: Literal["relabel"]
    ids: tuple[ParagraphId, ...]
    speaker: SpeakerLabel | None

    @property
    def changes(self) -> int:
        return len(self.ids)

    def as_json(self) -> dict[str, Any]:
        return {"op": self.op, "ids": self.ids, "speaker": self.speaker}


@dataclass(frozen=True, slots=True)
class Name:
    """Show `speaker` as `name`; None: as its label."""

    __pydantic_config__: ClassVar[ConfigDict] = _FORBID

    op: Literal["name"]
    speaker: SpeakerLabel
    name: Annotated[str, Field(min_length=1, max_length=100)] | None

    @property
    def changes(self) -> int:
        return 1

    def as_json(self) -> dict[str, Any]:
        return {"op": self.op, "speaker": self.speaker, "name": self.name}
