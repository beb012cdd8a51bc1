"""What an edit is made of: operations on a document, each of which has an inverse.

    splice    a run of paragraphs is replaced by others: typing, splitting, joining, moving words
    relabel   paragraphs get another speaker
    name      a speaker gets a name
    overlaps  two speak at once elsewhere, as the speakers were told apart anew

and those on captions: captions/operations.py. Nothing here knows how paragraphs are made out of a transcript: a
document and the inverses of what was done to it are all it takes to have every former document again, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeAlias

from aisubs.model.captions.carry import carry
from aisubs.model.captions.draft import CaptionDraft
from aisubs.model.captions.operations import CaptionOperation, NewLayer, Undoing, undoing_from_json
from aisubs.model.document import Document, Paragraph, check_paragraph, check_shown, paragraph_from_json
from aisubs.model.errors import error
from aisubs.model.new_overlaps import NewOverlaps
from aisubs.model.text_operations import Name, Relabel, Splice

MAX_PARAGRAPHS = 50_000
MAX_NAMES = 500

Step: TypeAlias = Splice | Relabel | Name | NewOverlaps | Undoing
"""What leads back: it is kept, and has a form in JSON."""

Operation: TypeAlias = Splice | Relabel | Name | NewOverlaps | CaptionOperation


def operation_from_json(row: Mapping[str, Any]) -> Step:
    """Inverse of `as_json`, for what was checked before it was stored."""
    if row["op"] == "splice":
        inserted = tuple(paragraph_from_json(paragraph) for paragraph in row["insert"])
        return Splice("splice", tuple(row["remove"]), inserted, row["before"])
    if row["op"] == "relabel":
        return Relabel("relabel", tuple(row["ids"]), row["speaker"])
    if row["op"] == "overlaps":
        return NewOverlaps.from_json(row)
    if row["op"] == "name":
        return Name("name", row["speaker"], row["name"])
    return undoing_from_json(row)


def revise(
    document: Document, operations: Iterable[Operation], *, duration_ms: int
) -> tuple[Document, tuple[Step, ...]]:
    """The document after the operations, and those that undo them.

    Raises `bad_request`, naming the operation, for one that does not fit the document or the recording.
    """
    draft = _Draft(document, duration_ms)
    undo: list[list[Step]] = []
    for number, operation in enumerate(operations):
        try:
            _check(operation, duration_ms)
            undo.append(draft.apply(operation, number))
        except ValueError as fault:
            raise error("bad_request", f"operations.{number}: {fault}.") from fault
    draft.check_order()
    return draft.document, tuple(step for steps in reversed(undo) for step in steps)


def replay(document: Document, operations: Iterable[Operation]) -> tuple[Document, tuple[Step, ...]]:
    """As `revise`, for operations that were made here: inverses and differences. What people may write now is no
    matter to them, and of captions they say themselves what is decided."""
    draft = _Draft(document)
    undo = [draft.apply(operation) for operation in operations]
    return draft.document, tuple(step for steps in reversed(undo) for step in steps)


class _Draft:
    """A document that is being changed. Each operation takes as long as what it names, however long the text is: the
    paragraphs are linked to their neighbours, and None is before the first and behind the last."""

    def __init__(self, document: Document, duration_ms: int | None = None) -> None:
        self._paragraphs = {paragraph.id: paragraph for paragraph in document.paragraphs}
        ring: list[str | None] = [None, *self._paragraphs, None]
        self._next = dict(pairwise(ring))
        self._previous = {right: left for left, right in pairwise(ring)}
        self._inserted: dict[str, int] = {}
        """Paragraphs that are new, and the number of the operation that brought them."""
        self._speakers = dict(document.speakers)
        self._overlaps = document.overlaps
        self._from_people = duration_ms is not None
        self._captions = CaptionDraft(self._paragraphs, self._next, document.own, document.shifts, duration_ms)

    @property
    def document(self) -> Document:
        shown = self._captions
        return Document(tuple(self._in_order()), self._speakers, self._overlaps, shown.own, shown.shifts)

    def apply(self, operation: Operation, number: int = 0) -> list[Step]:
        """Returns what undoes it. Raises ValueError; the draft is then of no more use."""
        if isinstance(operation, Splice):
            return self._splice(operation, number)
        if isinstance(operation, Relabel):
            return self._relabel(operation)
        if isinstance(operation, NewOverlaps):
            former, self._overlaps = self._overlaps, operation.spans
            return [NewOverlaps("overlaps", former)]
        if isinstance(operation, Name):
            return self._name(operation)
        return list(self._captions.apply(operation))

    def check_order(self) -> None:
        """Raises `bad_request`, naming the operation, where a new paragraph begins before the one ahead of it. Those
        without words have no time and are passed over."""
        for left, right in pairwise(paragraph for paragraph in self._in_order() if paragraph.starts):
            numbers = [self._inserted[side.id] for side in (left, right) if side.id in self._inserted]
            if numbers and right.starts[0] < left.starts[0]:
                told = f"the paragraph {right.id} begins before the one ahead of it, {left.id}"
                raise error("bad_request", f"operations.{max(numbers)}: {told}.")

    def _in_order(self) -> Iterator[Paragraph]:
        at = self._next[None]
        while at is not None:
            yield self._paragraphs[at]
            at = self._next[at]

    def _splice(self, splice: Splice, number: int) -> list[Step]:
        left, behind = self._gap(splice)
        removed = tuple(self._paragraphs.pop(paragraph_id) for paragraph_id in splice.remove)
        for paragraph in removed:
            self._inserted.pop(paragraph.id, None)
        for paragraph in carry(removed, splice.insert) if self._from_people else splice.insert:
            if paragraph.id in self._paragraphs:
                raise ValueError(f"there is a paragraph {paragraph.id} already")
            self._paragraphs[paragraph.id] = paragraph
            self._inserted[paragraph.id] = number
            self._link(left, paragraph.id)
            left = paragraph.id
        self._link(left, behind)
        if len(self._paragraphs) > MAX_PARAGRAPHS and len(splice.insert) > len(removed):
            raise ValueError(f"a text has at most {MAX_PARAGRAPHS} paragraphs")
        inserted = tuple(paragraph.id for paragraph in splice.insert)
        anchor = None if inserted else behind
        return [Splice("splice", inserted, removed, anchor)] if inserted or removed else []

    def _gap(self, splice: Splice) -> tuple[str | None, str | None]:
        """What stands before and behind the run to remove, or the place to insert. Raises ValueError."""
        if not splice.remove:
            behind = None if splice.before is None else self._known(splice.before)
            return self._previous[behind], behind
        first: str | None = self._known(splice.remove[0])
        left, at = self._previous[first], first
        for paragraph_id in splice.remove:
            if at is None or at != paragraph_id:
                raise ValueError(f"the {len(splice.remove)} paragraphs from {first} on are not the ones to remove")
            at = self._next[at]
        return left, at

    def _link(self, left: str | None, right: str | None) -> None:
        self._next[left] = right
        self._previous[right] = left

    def _relabel(self, relabel: Relabel) -> list[Step]:
        former: dict[str | None, list[str]] = {}
        for paragraph_id in dict.fromkeys(relabel.ids):
            paragraph = self._paragraphs[self._known(paragraph_id)]
            former.setdefault(paragraph.speaker, []).append(paragraph_id)
            self._paragraphs[paragraph_id] = replace(paragraph, speaker=relabel.speaker)
        return [
            Relabel("relabel", tuple(ids), speaker) for speaker, ids in former.items() if speaker != relabel.speaker
        ]

    def _known(self, paragraph_id: str) -> str:
        """Raises ValueError."""
        if paragraph_id not in self._paragraphs:
            raise ValueError(f"there is no paragraph {paragraph_id}")
        return paragraph_id

    def _name(self, name: Name) -> list[Step]:
        former = self._speakers.pop(name.speaker, None)
        if name.name is not None:
            self._speakers[name.speaker] = name.name
        if len(self._speakers) > MAX_NAMES:
            raise ValueError(f"at most {MAX_NAMES} speakers have names")
        return [Name("name", name.speaker, former)] if former != name.name else []


def _check(operation: Operation, duration_ms: int) -> None:
    """What an operation from outside must keep to, whatever the document. Raises ValueError."""
    if isinstance(operation, Splice):
        for number, paragraph in enumerate(operation.insert):
            try:
                check_paragraph(paragraph, duration_ms)
                check_shown(paragraph.speaker)
            except ValueError as fault:
                raise ValueError(f"insert.{number}: {fault}") from fault
        return
    if isinstance(operation, NewOverlaps):
        raise ValueError("where two speak at once is nothing that people write")
    if isinstance(operation, NewLayer):
        raise ValueError("a whole layer of captions is nothing that people write")
    if not isinstance(operation, Relabel | Name):
        return  # it is checked where it is done: what may be said depends on the text
    for shown in (operation.speaker, operation.name if isinstance(operation, Name) else None):
        check_shown(shown)
