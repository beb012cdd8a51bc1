"""What an edit is made of: operations on a document, each of which has an inverse.

    splice    a run of paragraphs is replaced by others: typing, splitting, joining, moving words
    relabel   paragraphs get another speaker
    name      a speaker gets a name

Nothing here knows how paragraphs are made out of a transcript: a document and the inverses of what was done to it are
all it takes to have every former document again, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, TypeAlias
from unicodedata import category

from pydantic import ConfigDict, Field

from aisubs.model.document import (
    Document,
    Paragraph,
    ParagraphId,
    SpeakerLabel,
    check_paragraph,
    paragraph_from_json,
)
from aisubs.model.errors import error

MAX_PARAGRAPHS = 50_000
MAX_NAMES = 500

_FORBID = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Splice:
    """`remove` is a contiguous run and `insert` goes where it was or, if it is empty, before `before` (None: at the
    end). A changed paragraph keeps its id."""

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


Operation: TypeAlias = Splice | Relabel | Name


def operation_from_json(row: Mapping[str, Any]) -> Operation:
    """Inverse of `as_json`, for what was checked before it was stored."""
    if row["op"] == "splice":
        inserted = tuple(paragraph_from_json(paragraph) for paragraph in row["insert"])
        return Splice("splice", tuple(row["remove"]), inserted, row["before"])
    if row["op"] == "relabel":
        return Relabel("relabel", tuple(row["ids"]), row["speaker"])
    return Name("name", row["speaker"], row["name"])


def revise(
    document: Document, operations: Iterable[Operation], *, duration_ms: int
) -> tuple[Document, tuple[Operation, ...]]:
    """The document after the operations, and those that undo them.

    Raises `bad_request`, naming the operation, for one that does not fit the document or the recording.
    """
    draft = _Draft(document)
    undo: list[list[Operation]] = []
    for number, operation in enumerate(operations):
        try:
            _check(operation, duration_ms)
            undo.append(draft.apply(operation))
            draft.check_order(operation)
        except ValueError as fault:
            raise error("bad_request", f"operations.{number}: {fault}.") from fault
    return draft.document, tuple(step for steps in reversed(undo) for step in steps)


def replay(document: Document, operations: Iterable[Operation]) -> tuple[Document, tuple[Operation, ...]]:
    """As `revise`, for operations that were made here: inverses and differences. What people may write now is no
    matter to them."""
    draft = _Draft(document)
    undo = [draft.apply(operation) for operation in operations]
    return draft.document, tuple(step for steps in reversed(undo) for step in steps)


class _Draft:
    """A document that is being changed."""

    def __init__(self, document: Document) -> None:
        self._paragraphs = list(document.paragraphs)
        self._ids = [paragraph.id for paragraph in document.paragraphs]
        self._known = set(self._ids)
        self._speakers = dict(document.speakers)
        self._last = 0  # where the operation before was: the next one is seldom far

    @property
    def document(self) -> Document:
        return Document(tuple(self._paragraphs), self._speakers)

    def apply(self, operation: Operation) -> list[Operation]:
        """Returns what undoes it. Raises ValueError; the draft is then of no more use."""
        if isinstance(operation, Splice):
            return self._splice(operation)
        if isinstance(operation, Relabel):
            return self._relabel(operation)
        return self._name(operation)

    def check_order(self, operation: Operation) -> None:
        """Raises ValueError when a paragraph that has just been inserted begins before the one ahead of it."""
        if not isinstance(operation, Splice) or not operation.insert:
            return
        first = self._last
        behind = first + len(operation.insert)
        ahead = next((p for p in reversed(self._paragraphs[:first]) if p.starts), None)  # one may have no words
        after = next((p for p in self._paragraphs[behind:] if p.starts), None)
        spoken = [p for p in (ahead, *operation.insert, after) if p and p.starts]
        for left, right in pairwise(spoken):
            if right.starts[0] < left.starts[0]:
                raise ValueError(f"the paragraph {right.id} begins before the one ahead of it, {left.id}")

    def _splice(self, splice: Splice) -> list[Operation]:
        count = len(splice.remove)
        if count:
            at = self._find(splice.remove[0])
            if tuple(self._ids[at : at + count]) != splice.remove:
                raise ValueError(f"the {count} paragraphs from {splice.remove[0]} on are not the ones to remove")
        else:
            at = len(self._ids) if splice.before is None else self._find(splice.before)
        removed = tuple(self._paragraphs[at : at + count])
        inserted = [paragraph.id for paragraph in splice.insert]
        self._known.difference_update(splice.remove)
        for paragraph_id in inserted:
            if paragraph_id in self._known:
                raise ValueError(f"there is a paragraph {paragraph_id} already")
            self._known.add(paragraph_id)
        self._paragraphs[at : at + count] = splice.insert
        self._ids[at : at + count] = inserted
        if len(self._ids) > MAX_PARAGRAPHS and len(inserted) > count:
            raise ValueError(f"a text has at most {MAX_PARAGRAPHS} paragraphs")
        self._last = at
        behind = at + len(inserted)
        anchor = self._ids[behind] if behind < len(self._ids) and not inserted else None
        return [Splice("splice", tuple(inserted), removed, anchor)] if inserted or removed else []

    def _relabel(self, relabel: Relabel) -> list[Operation]:
        former: dict[str | None, list[str]] = {}
        for paragraph_id in dict.fromkeys(relabel.ids):
            at = self._find(paragraph_id)
            paragraph = self._paragraphs[at]
            former.setdefault(paragraph.speaker, []).append(paragraph_id)
            self._paragraphs[at] = _spoken_by(paragraph, relabel.speaker)
            self._last = at
        return [
            Relabel("relabel", tuple(ids), speaker) for speaker, ids in former.items() if speaker != relabel.speaker
        ]

    def _name(self, name: Name) -> list[Operation]:
        former = self._speakers.pop(name.speaker, None)
        if name.name is not None:
            self._speakers[name.speaker] = name.name
        if len(self._speakers) > MAX_NAMES:
            raise ValueError(f"at most {MAX_NAMES} speakers have names")
        return [Name("name", name.speaker, former)] if former != name.name else []

    def _find(self, paragraph_id: str) -> int:
        """Raises ValueError."""
        if paragraph_id not in self._known:
            raise ValueError(f"there is no paragraph {paragraph_id}")
        try:
            return self._ids.index(paragraph_id, self._last)
        except ValueError:
            return self._ids.index(paragraph_id)


def _check(operation: Operation, duration_ms: int) -> None:
    """What an operation from outside must keep to, whatever the document. Raises ValueError."""
    if isinstance(operation, Splice):
        for number, paragraph in enumerate(operation.insert):
            try:
                check_paragraph(paragraph, duration_ms)
                _check_shown(paragraph.speaker)
            except ValueError as fault:
                raise ValueError(f"insert.{number}: {fault}") from fault
        return
    _check_shown(operation.speaker)
    if isinstance(operation, Name):
        _check_shown(operation.name)


def _check_shown(name: str | None) -> None:
    # Marks of direction are no printable characters, but names in Hebrew and Arabic come with them.
    if name is not None and (not name.strip() or any(category(c) in ("Cc", "Cs", "Zl", "Zp") for c in name)):
        raise ValueError("a speaker's name must be visible text on one line")


def _spoken_by(paragraph: Paragraph, speaker: str | None) -> Paragraph:
    p = paragraph
    return Paragraph(p.id, p.text, p.offsets, p.starts, p.durations, p.conf, speaker, p.edited)
