"""Plain text and Word documents: paragraphs that hold everything that was said."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pytest
from hypothesis import given

from aisubs.formats import render
from aisubs.model.transcript import Segment, Transcript
from tests.unit.made_transcripts import FEW, SETTINGS, said, said_words, tame_transcripts, visible, wild_transcripts


def paragraphs(data: bytes, name: str) -> list[str]:
    if name == "txt":
        text = data.decode()
        return text.removesuffix("\n").split("\n\n") if text else []
    document = docx.Document(io.BytesIO(data))
    return [block.text for block in document.paragraphs if block.style.name != "Heading 1"]


@pytest.mark.parametrize("name", ["txt", "docx"])
@FEW
@given(transcript=wild_transcripts())
def test_everything_said_is_there(name: str, transcript: Transcript) -> None:
    found = paragraphs(render(transcript, name, speakers=False, unclear=False), name)
    assert visible("".join(found)) == said(transcript)
    assert all(paragraph.strip() and "\n" not in paragraph for paragraph in found)


@SETTINGS
@given(transcript=tame_transcripts())
def test_words_and_their_order(transcript: Transcript) -> None:
    assert render(transcript, "txt", speakers=False).decode().split() == said_words(transcript)


@SETTINGS
@given(transcript=tame_transcripts())
def test_times_rise(transcript: Transcript) -> None:
    found = re.findall(r"^\[(\d\d):(\d\d):(\d\d)\] ", render(transcript, "txt", times=True).decode(), re.MULTILINE)
    assert len(found) == len(paragraphs(render(transcript, "txt"), "txt"))
    assert found == sorted(found)


def talk() -> Transcript:
    return Transcript(
        60_000,
        "en",
        (
            Segment(1_000, 3_000, " Good evening.", (), "Ann"),
            Segment(3_000, 5_000, " I am\n\nglad to be here.", (), "Ann"),
            Segment(9_000, 12_000, " So am I.", (), "Bob"),
        ),
        title="talk.mp4",
    )


def test_exact_text() -> None:
    assert render(talk(), "txt").decode() == "Ann: Good evening. I am glad to be here.\n\nBob: So am I.\n"
    assert render(talk(), "txt", times=True, speakers=False).decode() == (
        "[00:00:01] Good evening. I am glad to be here.\n\n[00:00:09] So am I.\n"
    )


def test_long_speech_falls_into_paragraphs_after_sentences() -> None:
    text = " ".join(f"This is sentence number {number} of a long speech." for number in range(60))
    found = paragraphs(render(Transcript(600_000, "en", (Segment(0, 300_000, text),)), "txt"), "txt")
    assert len(found) > 3
    assert all(paragraph.endswith(".") and 500 < len(paragraph) < 800 for paragraph in found[:-1])


def test_word_document() -> None:
    document = docx.Document(io.BytesIO(render(talk(), "docx", times=True)))
    assert [(block.style.name, block.text) for block in document.paragraphs] == [
        ("Heading 1", "talk.mp4"),
        ("Normal", "[00:00:01] Ann: Good evening. I am glad to be here."),
        ("Normal", "[00:00:09] Bob: So am I."),
    ]
    assert [run.text for run in document.paragraphs[1].runs if run.bold] == ["Ann: "]
    assert document.core_properties.title == "talk.mp4"
    assert document.core_properties.created.year == 2000


def test_word_document_carries_no_hour() -> None:
    with zipfile.ZipFile(io.BytesIO(render(talk(), "docx"))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


def test_hebrew_runs_from_right_to_left() -> None:
    document = docx.Document(io.BytesIO(render(Transcript(9_000, "he", (Segment(0, 2_000, "שלום"),)), "docx")))
    assert document.paragraphs[0]._p.pPr.xpath("w:bidi")
    assert document.paragraphs[0].runs[0].font.rtl
