"""TSV, CSV and Audacity labels, read back by Python's csv module and by hand."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given

from aisubs.formats import render, shape
from aisubs.model.transcript import Segment, Transcript, Word
from tests.unit.made_transcripts import FEW, rising, said, said_words, tame_transcripts, visible, wild_transcripts

ROWS = ("cues", "segments", "words")


def tsv(data: bytes) -> list[tuple[int, int, str]]:
    header, *lines = data.decode().split("\n")[:-1]
    assert header == "start\tend\ttext"
    return [(int(start), int(end), bare(text)) for start, end, text in (line.split("\t") for line in lines)]


def bare(text: str) -> str:
    """Without the apostrophe that keeps a cell from being run."""
    return re.sub(r"^'(?='*[=+\-@＝＋－＠])", "", text)


def audacity(data: bytes) -> list[tuple[int, int, str]]:
    found = []
    for line in data.decode().split("\n")[:-1]:
        start, end, text = line.split("\t")
        assert re.fullmatch(r"\d+\.\d{3}", start)
        assert re.fullmatch(r"\d+\.\d{3}", end)
        found.append((int(start.replace(".", "")), int(end.replace(".", "")), text))
    return found


def spreadsheet(data: bytes) -> list[tuple[int, int, str]]:
    header, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    assert header == ["start_ms", "end_ms", "speaker", "text"]
    return [(int(start), int(end), bare(text)) for start, end, _, text in rows]


READERS = {"tsv": tsv, "audacity": audacity, "csv": spreadsheet}
CHOICES = {"tsv": {"speakers": False}, "audacity": {"speakers": False}, "csv": {}}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("rows", ROWS)
@FEW
@given(transcript=wild_transcripts())
def test_every_word_once_and_times_that_rise(name: str, rows: str, transcript: Transcript) -> None:
    found = READERS[name](render(transcript, name, rows=rows, **CHOICES[name]))
    assert visible("".join(text for *_, text in found), "-") == said(transcript, "-")
    assert all(start <= end for start, end, _ in found)
    assert rising(start for start, *_ in found)
    if rows == "cues":
        assert [(start, end) for start, end, _ in found] == [
            (cue.start_ms, cue.end_ms) for cue in shape(transcript, labels=name == "csv")
        ]


@pytest.mark.parametrize("name", READERS)
@FEW
@given(transcript=tame_transcripts())
def test_rows_of_words_carry_the_times_of_the_words(name: str, transcript: Transcript) -> None:
    found = READERS[name](render(transcript, name, rows="words", **CHOICES[name]))
    given_words = [word for segment in transcript.segments for word in segment.words]
    assert [text for *_, text in found] == said_words(transcript)
    assert [(start, end) for start, end, _ in found] == [(word.start_ms, word.end_ms) for word in given_words]


def two_speakers() -> Transcript:
    return Transcript(
        60_000,
        "en",
        (
            Segment(0, 2_000, ' He said "no",\tand\nleft.', (), "Ann"),
            Segment(9_000, 12_000, " =SUM(A1:A9) is a formula.", (), "@Bob"),
        ),
    )


def test_exact_tsv() -> None:
    assert render(two_speakers(), "tsv").decode() == (
        'start\tend\ttext\n0\t2000\tAnn: He said "no", and left.\n9000\t12000\t\'@Bob: =SUM(A1:A9) is a formula.\n'
    )


def test_exact_audacity() -> None:
    assert render(two_speakers(), "audacity", rows="segments").decode() == (
        '0.000\t2.000\tAnn: He said "no", and left.\n9.000\t12.000\t@Bob: =SUM(A1:A9) is a formula.\n'
    )


def test_exact_csv_with_formulas_disarmed() -> None:
    assert render(two_speakers(), "csv").decode() == (
        "start_ms,end_ms,speaker,text\n"
        '0,2000,Ann,"He said ""no"", and left."\n'
        "9000,12000,'@Bob,'=SUM(A1:A9) is a formula.\n"
    )


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "'=1", "''@x", "＝1", "it's", "'tis"])
def test_the_guard_can_be_taken_off_again(text: str) -> None:
    transcript = Transcript(9_000, "en", (Segment(0, 2_000, text, (Word(0, 2_000, text),)),))
    data = render(transcript, "csv")
    assert spreadsheet(data) == [(0, 2_000, text)]
    cell = list(csv.reader(io.StringIO(data.decode(), newline="")))[1][3]
    assert cell[0] not in "=+-@＝＋－＠"
