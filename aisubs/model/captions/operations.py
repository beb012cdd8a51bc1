"""What people do to captions. Words are named as (id of the paragraph, index of the word); `first` and `last` are the
first and the last word of a cue as it is shown, or of any range.

    setTimes    a cue keeps its words and appears, or goes, at a time of its own; null: as it flows
    splitCue    a cue ends before the word `at`
    mergeCues   what were several cues is one
    breakLine   the lines of a cue begin at the words `at`; none: wherever is best
    release     a range flows again as the profile has it
    style       a range is in italics, or not
    place       a range stands at the top or bottom, left, in the middle or right
    shift       every cue from the word `first` on appears `ms` later
    addCue, changeCue, removeCue    a cue without words of the text
    override    what was decided in some paragraphs, whole: what undoes the others
    layer       own cues and shifts, whole: made here, never sent
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import ConfigDict, Field

from aisubs.model.captions.overrides import (
    Align,
    Index,
    Overrides,
    Position,
    Time,
    overrides_from_json,
    overrides_to_json,
)
from aisubs.model.captions.own_cues import CueId, OwnCue, own_cues_from_json
from aisubs.model.paragraph_id import ParagraphId

WordAt: TypeAlias = tuple[ParagraphId, Index]
Shifts: TypeAlias = tuple[tuple[int, int], ...]
"""(from_ms, by_ms), rising: what is said from `from_ms` on is shown `by_ms` later, beside what earlier ones say."""

_Milliseconds = Annotated[int, Field(strict=True, gt=-(2**53), lt=2**53)]
_FORBID = ConfigDict(extra="forbid")


class _Plain:
    """Told in the history as one change."""

    __slots__ = ()
    __pydantic_config__: ClassVar[ConfigDict] = _FORBID
    changes: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class SetTimes(_Plain):
    op: Literal["setTimes"]
    first: WordAt
    last: WordAt
    start_ms: Time | None
    end_ms: Time | None


@dataclass(frozen=True, slots=True)
class SplitCue(_Plain):
    op: Literal["splitCue"]
    first: WordAt
    last: WordAt
    at: WordAt


@dataclass(frozen=True, slots=True)
class MergeCues(_Plain):
    op: Literal["mergeCues"]
    first: WordAt
    last: WordAt


@dataclass(frozen=True, slots=True)
class BreakLine(_Plain):
    op: Literal["breakLine"]
    first: WordAt
    last: WordAt
    at: Annotated[tuple[WordAt, ...], Field(max_length=8)]


@dataclass(frozen=True, slots=True)
class Release(_Plain):
    op: Literal["release"]
    first: WordAt
    last: WordAt


@dataclass(frozen=True, slots=True)
class Style(_Plain):
    op: Literal["style"]
    first: WordAt
    last: WordAt
    italic: bool


@dataclass(frozen=True, slots=True)
class Place(_Plain):
    op: Literal["place"]
    first: WordAt
    last: WordAt
    position: Position | None = None
    align: Align | None = None


@dataclass(frozen=True, slots=True)
class Shift(_Plain):
    op: Literal["shift"]
    first: WordAt
    ms: _Milliseconds


@dataclass(frozen=True, slots=True)
class AddCue(_Plain):
    op: Literal["addCue"]
    cue: OwnCue

    def as_json(self) -> dict[str, Any]:
        return {"op": self.op, "cue": self.cue.as_json()}


@dataclass(frozen=True, slots=True)
class ChangeCue(_Plain):
    """`cue` takes the place of the one with its id."""

    op: Literal["changeCue"]
    cue: OwnCue

    def as_json(self) -> dict[str, Any]:
        return {"op": self.op, "cue": self.cue.as_json()}


@dataclass(frozen=True, slots=True)
class RemoveCue(_Plain):
    op: Literal["removeCue"]
    id: CueId

    def as_json(self) -> dict[str, Any]:
        return {"op": self.op, "id": self.id}


@dataclass(frozen=True, slots=True)
class Decided:
    """All that is decided in one paragraph."""

    __pydantic_config__: ClassVar[ConfigDict] = _FORBID

    id: ParagraphId
    overrides: Annotated[Overrides, Field(max_length=20_000)]


@dataclass(frozen=True, slots=True)
class SetOverrides:
    __pydantic_config__: ClassVar[ConfigDict] = _FORBID

    op: Literal["override"]
    paragraphs: Annotated[tuple[Decided, ...], Field(max_length=50_000)]

    @property
    def changes(self) -> int:
        return len(self.paragraphs)

    def as_json(self) -> dict[str, Any]:
        rows = [{"id": one.id, "overrides": overrides_to_json(one.overrides)} for one in self.paragraphs]
        return {"op": self.op, "paragraphs": rows}


@dataclass(frozen=True, slots=True)
class NewLayer:
    """People send no such operation: it undoes a shift, and comes with an older text that is the newest again."""

    op: Literal["layer"]
    own: tuple[OwnCue, ...]
    shifts: Shifts

    changes: ClassVar[int] = 1

    def as_json(self) -> dict[str, Any]:
        return {"op": self.op, "own": [cue.as_json() for cue in self.own], "shifts": self.shifts}


Spanning: TypeAlias = SetTimes | SplitCue | MergeCues | BreakLine | Release | Style | Place
FromPeople: TypeAlias = Spanning | Shift | AddCue | ChangeCue | RemoveCue | SetOverrides
CaptionOperation: TypeAlias = FromPeople | NewLayer
Undoing: TypeAlias = AddCue | ChangeCue | RemoveCue | SetOverrides | NewLayer


def undoing_from_json(row: Mapping[str, Any]) -> Undoing:
    """Inverse of `as_json`, for what was checked before it was stored."""
    if row["op"] == "override":
        decided = (Decided(one["id"], overrides_from_json(one["overrides"])) for one in row["paragraphs"])
        return SetOverrides("override", tuple(decided))
    if row["op"] == "layer":
        return NewLayer("layer", own_cues_from_json(row["own"]), tuple((a, b) for a, b in row["shifts"]))
    if row["op"] == "removeCue":
        return RemoveCue("removeCue", row["id"])
    cue = OwnCue(**row["cue"])
    return AddCue("addCue", cue) if row["op"] == "addCue" else ChangeCue("changeCue", cue)
