"""Operations on captions that name little and could cost much: what they look at is counted, and bounded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from aisubs.http.text_bodies import Edit
from aisubs.model.captions import decisions, draft
from aisubs.model.document import Document, Paragraph
from aisubs.model.errors import AisubsError
from aisubs.model.operations import revise

HOUR_MS = 3_600_000
WORDS = 10


def talk(paragraphs: int) -> Document:
    offsets = tuple(range(0, 2 * WORDS, 2))
    return Document(
        tuple(
            Paragraph(str(n), " ".join("w" * WORDS), offsets, tuple(1_000 * n + 50 * i for i in range(WORDS)), *columns)
            for n in range(paragraphs)
        )
    )


columns = ((40,) * WORDS, (None,) * WORDS)


def operations(times: int, at: int, **operation: Any) -> list[Any]:
    return Edit.model_validate({"operations": [operation | {"first": [str(at), 0]} for _ in range(times)]}).operations


def steps(document: Document, edit: list[Any]) -> int:
    """Lines of the two modules that are run."""
    count = 0

    def line(frame: object, event: str, _: object) -> object:
        nonlocal count
        count += event == "line"
        return line

    def call(frame: Any, event: str, _: object) -> object:
        return line if frame.f_code.co_filename in (draft.__file__, decisions.__file__) else None

    sys.settrace(call)  # type: ignore[arg-type]
    try:
        revise(document, edit, duration_ms=HOUR_MS)
    finally:
        sys.settrace(None)
    return count


def in_one_cue(times: int, at: int) -> list[Any]:
    return operations(times, at, op="setTimes", last=[str(at), WORDS - 1], start_ms=1, end_ms=2)


def over_two_paragraphs(times: int, at: int) -> list[Any]:
    return operations(times, at, op="mergeCues", last=[str(at + 1), WORDS - 1])


@pytest.mark.parametrize("edit", [in_one_cue, over_two_paragraphs])
def test_an_operation_costs_the_same_in_a_long_text(edit: Callable[[int, int], list[Any]]) -> None:
    short, long = talk(20), talk(400)
    for document in (short, long):
        assert steps(document, edit(1, 3)) > 0
    often = [steps(document, edit(40, 3)) - steps(document, edit(1, 3)) for document in (short, long)]
    assert often[0] == often[1]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "style", "last": ["1999", WORDS - 1], "italic": True},
        {"op": "place", "last": ["1999", WORDS - 1], "position": "top"},
        {"op": "shift", "ms": 1},
    ],
)
def test_a_request_that_looks_at_everything_again_and_again_is_refused(operation: dict[str, Any]) -> None:
    document = talk(2_000)
    revise(document, operations(1, 0, **operation), duration_ms=HOUR_MS)
    with pytest.raises(AisubsError, match="too much for one request"):
        revise(document, operations(2_000, 0, **operation), duration_ms=HOUR_MS)


def test_a_range_may_be_so_long() -> None:
    document = talk(2_001)
    with pytest.raises(AisubsError, match="at most 20000 words"):
        revise(document, operations(1, 0, op="release", last=["2000", WORDS - 1]), duration_ms=HOUR_MS)
    with pytest.raises(AisubsError, match="at most 2000 words"):
        revise(document, operations(1, 0, op="mergeCues", last=["200", 0]), duration_ms=HOUR_MS)
