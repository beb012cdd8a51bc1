"""The operations that make one document into another: how an older text becomes the newest again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from aisubs.model.captions.operations import NewLayer
from aisubs.model.document import Document, Paragraph
from aisubs.model.new_overlaps import NewOverlaps
from aisubs.model.operations import Step
from aisubs.model.rising import longest_rising
from aisubs.model.text_operations import Name, Splice


def difference(old: Document, new: Document) -> tuple[Step, ...]:
    """Operations that make `old` into `new`, leaving alone the longest run of paragraphs that both have."""
    kept = _in_common(old.paragraphs, new.paragraphs)
    removals = [
        Splice("splice", tuple(paragraph.id for paragraph in run)) for run in _runs(old.paragraphs, kept) if run
    ]
    # Only then what is new: an id that was given up may have a new bearer elsewhere.
    insertions = [
        Splice("splice", (), tuple(run), anchor)
        for run, anchor in zip(_runs(new.paragraphs, kept), [*_ids(new.paragraphs, kept), None], strict=True)
        if run
    ]
    names = [
        Name("name", speaker, new.speakers.get(speaker))
        for speaker in sorted({*old.speakers, *new.speakers})
        if old.speakers.get(speaker) != new.speakers.get(speaker)
    ]
    together = [NewOverlaps("overlaps", new.overlaps)] if old.overlaps != new.overlaps else []
    layer = [NewLayer("layer", new.own, new.shifts)] if (old.own, old.shifts) != (new.own, new.shifts) else []
    return (*removals, *insertions, *names, *together, *layer)


def _in_common(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> set[Paragraph]:
    """The longest common subsequence. Ids occur once, so it is the longest rising run of positions."""
    place = {paragraph: position for position, paragraph in enumerate(old)}
    shared = [paragraph for paragraph in new if paragraph in place]
    return {shared[position] for position in longest_rising([place[paragraph] for paragraph in shared])}


def _ids(paragraphs: Sequence[Paragraph], kept: set[Paragraph]) -> list[str]:
    return [paragraph.id for paragraph in paragraphs if paragraph in kept]


def _runs(paragraphs: Sequence[Paragraph], kept: set[Paragraph]) -> list[list[Paragraph]]:
    """What stands before the first of `kept`, between each two, and after the last."""
    runs: list[list[Paragraph]] = [[]]
    for is_kept, group in groupby(paragraphs, key=kept.__contains__):
        if is_kept:
            runs += [[] for _ in group]
        else:
            runs[-1] += group
    return runs
