"""From a document back to a transcript: what nobody touched is written as before."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aisubs.formats import FORMATS, render
from aisubs.formats.columnar import columns_of
from aisubs.formats.edited import transcript_of
from aisubs.model.document import Document, Paragraph
from aisubs.model.operations import revise
from aisubs.model.transcript import Transcript
from aisubs.pipeline.read_transcript import Text
from aisubs.pipeline.shape_cues import shape_cues
from tests.unit.made_documents import FEW_EDITS, LONG_MS, documents, edits
from tests.unit.made_transcripts import SETTINGS, tame_transcripts, visible, wild_transcripts

NOTHING = Transcript(60_000, "en", ())


@pytest.mark.slow
@SETTINGS
@given(transcript=tame_transcripts())
def test_an_untouched_document_is_the_transcript(transcript: Transcript) -> None:
    document = columns_of(transcript)
    again, owners = transcript_of(document, transcript)
    assert columns_of(again) == document
    assert len(owners) == len(again.segments)
    for name in ("srt", "vtt", "ass", "lrc", "txt", "docx", "columnar"):
        assert render(again, name) == render(transcript, name)


@SETTINGS
@given(transcript=wild_transcripts())
def test_the_text_of_any_document_survives(transcript: Transcript) -> None:
    """Times that made no sense may be repaired once more; words, gaps and speakers may not change."""
    document = columns_of(transcript)
    again, _ = transcript_of(document, transcript)
    unlike = ("starts", "durations")
    assert [{k: v for k, v in p.as_json().items() if k not in unlike} for p in columns_of(again).paragraphs] == [
        {k: v for k, v in p.as_json().items() if k not in unlike} for p in document.paragraphs
    ]


@FEW_EDITS
@given(data=st.data())
def test_every_format_takes_every_edit(data: st.DataObject) -> None:
    document = data.draw(documents())
    document, _ = revise(document, data.draw(edits(document)), duration_ms=LONG_MS)
    transcript, _ = transcript_of(document, replace(NOTHING, duration_ms=0))
    said = visible("".join(paragraph.text for paragraph in document.paragraphs))
    assert visible("".join(segment.text for segment in transcript.segments)) == said
    assert visible("".join(paragraph.text for paragraph in columns_of(transcript).paragraphs)) == said
    for name in FORMATS:
        render(transcript, name)
    shaped = shape_cues(Text(1, replace(NOTHING, duration_ms=0), document), "netflix")
    order = [paragraph.id for paragraph in document.paragraphs]
    words = {paragraph.id: list(paragraph.words()) for paragraph in document.paragraphs}
    places = [
        (order.index(paragraph_id), word) for span in shaped.spans for paragraph_id, word in (span.first, span.last)
    ]
    assert all(left <= right for left, right in pairwise(places))
    for cue, span in zip(shaped.cues, shaped.spans, strict=True):
        first, last = (words[paragraph_id][word] for paragraph_id, word in (span.first, span.last))
        assert visible(cue.spoken)[:1] in visible(first)
        assert visible(cue.spoken)[-1:] in visible(last)


def said_by(name: str, text: str, start_ms: int, speaker: str | None = None) -> Paragraph:
    words = text.split(" ")
    offsets = [len(" ".join(words[:i])) + (i > 0) for i in range(len(words))]
    starts = tuple(start_ms + 400 * i for i in range(len(words)))
    return Paragraph(name, text, tuple(offsets), starts, (300,) * len(words), (None,) * len(words), speaker)


def test_paragraphs_are_those_that_people_set() -> None:
    short = Document(tuple(said_by(f"p{number}", "Ein Satz. Noch einer.", 2_000 * number) for number in range(3)))
    transcript, owners = transcript_of(short, NOTHING)
    assert owners == ["p0", "p0", "p1", "p1", "p2", "p2"]
    assert transcript.paragraphs == (0, 2, 4)
    assert render(transcript, "txt").decode() == "Ein Satz. Noch einer.\n" + "\nEin Satz. Noch einer.\n" * 2
    joined = Document((said_by("all", "Eins. Zwei. " * 200 + "Ende.", 0),))
    transcript, _ = transcript_of(joined, replace(NOTHING, duration_ms=10**9))
    assert render(transcript, "txt").decode().count("\n") == 1


def test_speakers_are_called_as_people_call_them() -> None:
    document = Document(
        (said_by("0", "Guten Tag.", 0, "S1"), said_by("1", "Guten Abend.", 1_000, "S2"), said_by("2", "Ja.", 2_000)),
        {"S1": "Anna", "S3": "Niemand"},
    )
    transcript, _ = transcript_of(document, NOTHING)
    assert [segment.speaker for segment in transcript.segments] == ["Anna", "S2", None]
    assert render(transcript, "txt").decode().startswith("Anna: Guten Tag.\n\nS2: Guten Abend.")


def test_a_paragraph_without_words_is_in_no_file() -> None:
    empty = Paragraph("e", " ", (), (), (), ())
    document = Document((said_by("0", "Eins.", 0), empty, said_by("1", "Zwei.", 1_000)))
    transcript, owners = transcript_of(document, NOTHING)
    assert owners == ["0", "1"]
    assert render(transcript, "txt").decode() == "Eins.\n\nZwei.\n"
