"""Edits of a text: each can be undone exactly, whatever it was, and what does not fit changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from aisubs.formats.columnar import columns_of
from aisubs.formats.encoding import compact_json
from aisubs.model.difference import difference
from aisubs.model.document import Document, Paragraph, check_paragraph, document_from_json
from aisubs.model.errors import AisubsError
from aisubs.model.new_overlaps import NewOverlaps
from aisubs.model.operations import MAX_NAMES, Operation, Step, operation_from_json, replay, revise
from aisubs.model.text_operations import Name, Relabel, Splice
from aisubs.model.transcript import Transcript
from tests.unit.made_documents import EDITS, LONG_MS, documents, edits
from tests.unit.made_transcripts import SETTINGS, wild_transcripts

OVERLAPS = st.sampled_from([None, (), ((1_000, 1_500), (2_000, 2_200))])


def stored(document: Document) -> str:
    return compact_json(document.as_json())


def through_json(steps: tuple[Step, ...]) -> list[Step]:
    """As the database gives them back."""
    return [operation_from_json(json.loads(compact_json(step.as_json()))) for step in steps]


@EDITS
@given(data=st.data())
def test_whatever_was_done_can_be_undone_byte_for_byte(data: st.DataObject) -> None:
    start = data.draw(documents())
    made = data.draw(edits(start))
    history = [(stored(start), ())]
    document = start
    for operation in made:
        document, undo = revise(document, [operation], duration_ms=LONG_MS)
        history.append((stored(document), undo))
        assert stored(document_from_json(json.loads(stored(document)))) == stored(document)
    at_once, undo_all = revise(start, made, duration_ms=LONG_MS)
    assert stored(at_once) == stored(document)
    back, redo = replay(at_once, through_json(undo_all))
    assert stored(back) == stored(start)
    assert stored(replay(back, redo)[0]) == stored(document)
    for (_, undo), (before, _) in zip(history[:0:-1], history[-2::-1], strict=True):
        document, _ = replay(document, through_json(undo))
        assert stored(document) == before


@EDITS
@given(data=st.data())
def test_a_difference_leads_from_any_text_to_any_other(data: st.DataObject) -> None:
    start = data.draw(documents())
    old, new = (
        replace(revise(start, data.draw(edits(start)), duration_ms=LONG_MS)[0], overlaps=data.draw(OVERLAPS))
        for _ in range(2)
    )
    there, undo = replay(old, through_json(difference(old, new)))
    assert stored(there) == stored(new)
    assert stored(replay(there, undo)[0]) == stored(old)
    assert difference(new, new) == ()


@EDITS
@given(data=st.data())
def test_what_may_be_written_is_what_may_be_read(data: st.DataObject) -> None:
    """The checks at the door take everything that our own documents hold."""
    adapter: TypeAdapter[Any] = TypeAdapter(list[Splice | Relabel | Name])
    made = data.draw(edits(data.draw(documents())))
    assert adapter.validate_python(json.loads(compact_json([step.as_json() for step in made]))) == made


@SETTINGS
@given(transcript=wild_transcripts())
def test_whatever_the_machine_wrote_may_be_sent_back_by_people(transcript: Transcript) -> None:
    """A page that splits or joins paragraphs keeps the times of the words that nobody touched."""
    document = columns_of(transcript)
    for item in document.paragraphs:
        check_paragraph(item, transcript.duration_ms or LONG_MS)
    everything = Splice("splice", tuple(item.id for item in document.paragraphs), document.paragraphs)
    assert revise(document, [everything], duration_ms=transcript.duration_ms or LONG_MS)[0] == document


def paragraph(name: str, start_ms: int = 0, speaker: str | None = None) -> Paragraph:
    return Paragraph(name, "Haus Boot", (0, 5), (start_ms, start_ms + 10), (10, 10), (90, None), speaker)


TEXT = Document((paragraph("0", 0), paragraph("1", 100, "S1"), paragraph("2", 200, "S2")), {"S1": "Anna"})


def ids(document: Document) -> list[str]:
    return [item.id for item in document.paragraphs]


@pytest.mark.parametrize(
    ("splice", "expected"),
    [
        (Splice("splice", ("1",), (paragraph("1", 150),)), ["0", "1", "2"]),
        (Splice("splice", ("0", "1"), (paragraph("0"),)), ["0", "2"]),
        (Splice("splice", ("2",), (paragraph("2", 200), paragraph("x", 210))), ["0", "1", "2", "x"]),
        (Splice("splice", (), (paragraph("x", 100),), "1"), ["0", "x", "1", "2"]),
        (Splice("splice", (), (paragraph("x", 300),)), ["0", "1", "2", "x"]),
        (Splice("splice", ("0", "1", "2")), []),
        (Splice("splice"), ["0", "1", "2"]),
        (Splice("splice", (), (Paragraph("x", "", (), (), (), ()),), "1"), ["0", "x", "1", "2"]),
    ],
)
def test_splices(splice: Splice, expected: list[str]) -> None:
    edited, undo = revise(TEXT, [splice], duration_ms=1000)
    assert ids(edited) == expected
    assert replay(edited, undo)[0] == TEXT


@pytest.mark.parametrize(
    ("operation", "complaint"),
    [
        (NewOverlaps("overlaps", ()), "is nothing that people write"),
        (Splice("splice", ("0", "2")), "are not the ones to remove"),
        (Splice("splice", ("2", "1")), "are not the ones to remove"),
        (Splice("splice", ("2", "3")), "are not the ones to remove"),
        (Splice("splice", ("7",)), "there is no paragraph 7"),
        (Splice("splice", (), (paragraph("1", 100),), "1"), "there is a paragraph 1 already"),
        (Splice("splice", (), (paragraph("x", 300), paragraph("x", 301))), "there is a paragraph x already"),
        (Splice("splice", (), (paragraph("x", 101),), "1"), "the paragraph 1 begins before the one ahead of it, x"),
        (Splice("splice", (), (paragraph("x", 199),)), "the paragraph x begins before the one ahead of it, 2"),
        (Splice("splice", (), (paragraph("x", 981),)), "a word ends after the recording, which is 1000 ms long"),
        (Splice("splice", (), (Paragraph("x", "text", (), (), (), ()),)), "there is text before the first offset"),
        (Relabel("relabel", ("0", "7"), "S1"), "there is no paragraph 7"),
        (Name("name", "S1", "\u2028"), "must be visible text on one line"),
    ],
)
def test_an_operation_that_does_not_fit_is_named(operation: Operation, complaint: str) -> None:
    fits = Relabel("relabel", ("0",), "S9")
    with pytest.raises(AisubsError) as refused:
        revise(TEXT, [fits, operation], duration_ms=1000)
    assert (refused.value.code, refused.value.reason.partition(":")[0]) == ("bad_request", "operations.1")
    assert complaint in refused.value.reason


def test_the_number_of_names_is_bounded() -> None:
    names = [Name("name", f"S{number}", "x") for number in range(MAX_NAMES + 1)]
    with pytest.raises(AisubsError, match=f"operations.{MAX_NAMES - 1}"):
        revise(TEXT, names[2:] + names[:2], duration_ms=1000)


def test_undoing_relabels_gives_everybody_back_their_own_speaker() -> None:
    edited, undo = revise(TEXT, [Relabel("relabel", ("0", "1", "2", "1"), "S2")], duration_ms=1000)
    assert [item.speaker for item in edited.paragraphs] == ["S2", "S2", "S2"]
    assert set(undo) == {Relabel("relabel", ("0",), None), Relabel("relabel", ("1",), "S1")}
    assert replay(edited, undo)[0] == TEXT
