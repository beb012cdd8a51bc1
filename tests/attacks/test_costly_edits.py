"""Edits that cost more than they weigh: one of 419 kB once took 193 s. The seconds are in `make bench`; here it is
counted how often the text is walked through."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from aisubs.model import operations
from aisubs.model.document import Document
from aisubs.model.operations import Operation, revise
from tests.attacks.costly_texts import from_both_ends, in_the_middle, wordless

Edit = Callable[[int, int], list[Operation]]


class Compared(str):
    """Counts how often it is compared: `list.index` runs no line of ours."""

    __slots__ = ()
    times = 0

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def steps(document: Document, edit: list[Operation]) -> int:
    """Lines of the module that are run, and names compared: what no machine and no load changes."""
    count = 0
    Compared.times = 0
    document = Document(tuple(replace(paragraph, id=Compared(paragraph.id)) for paragraph in document.paragraphs))

    def line(frame: object, event: str, _: object) -> object:
        nonlocal count
        count += event == "line"
        return line

    def call(frame: object, event: str, _: object) -> object:
        return line if frame.f_code.co_filename == operations.__file__ else None  # type: ignore[attr-defined]

    sys.settrace(call)  # type: ignore[arg-type]
    try:
        revise(document, edit, duration_ms=1_000_000)
    finally:
        sys.settrace(None)
    return count + Compared.times


@pytest.mark.parametrize("edit", [from_both_ends, in_the_middle])
def test_an_operation_costs_the_same_in_a_long_text(edit: Edit) -> None:
    """Ten times the paragraphs, the same operations: only making and walking the text once may grow."""
    short, long = wordless(100), wordless(1000)
    once = steps(long, edit(1, 1000)) - steps(short, edit(1, 100))
    often = steps(long, edit(50, 1000)) - steps(short, edit(50, 100))
    assert often == once
