"""The three JSON formats: lossless, OpenAI's, and columns for the viewer."""

from __future__ import annotations

import dataclasses
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given

import aisubs.formats
from aisubs.formats import render
from aisubs.formats.json import parse
from aisubs.model.captions.overrides import Override
from aisubs.model.captions.own_cues import OwnCue
from aisubs.model.errors import AisubsError
from aisubs.model.losses import Losses
from aisubs.model.transcript import Segment, Transcript, Word
from tests.unit.made_transcripts import SETTINGS, rising, said, said_words, tame_transcripts, visible, wild_transcripts

SCHEMA = json.loads((Path(aisubs.formats.__file__).parent / "aisubs-1.schema.json").read_text(encoding="utf-8"))


class TestOwn:
    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_nothing_is_lost(self, transcript: Transcript) -> None:
        assert parse(render(transcript, "json")) == transcript

    @pytest.mark.slow
    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_the_schema_holds(self, transcript: Transcript) -> None:
        jsonschema.validate(json.loads(render(transcript, "json")), SCHEMA)

    def test_the_schema_describes_every_member(self) -> None:
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        described = SCHEMA["$defs"]
        members = {f.name for f in dataclasses.fields(Transcript)}
        assert set(SCHEMA["properties"]) == members | {"schema", "toy", "losses", "text_language"}
        assert set(described["segment"]["properties"]) == {f.name for f in dataclasses.fields(Segment)}
        assert set(described["losses"]["properties"]) == {"sentence", *(f.name for f in dataclasses.fields(Losses))}
        assert set(described["word"]["properties"]) == {f.name for f in dataclasses.fields(Word)}
        assert set(described["override"]["properties"]) == {f.name for f in dataclasses.fields(Override)}
        assert set(described["own"]["properties"]) == {f.name for f in dataclasses.fields(OwnCue)}
        by_hand = {"own", "shifts", "override", "italic", "position", "align"}  # missing where nobody decided anything
        for name, part in {"": SCHEMA, **described}.items():
            if name != "override":
                assert set(part["required"]) == set(part["properties"]) - by_hand

    def test_one_segment_per_line(self) -> None:
        transcript = Transcript(9_000, "en", (Segment(0, 1, "a"), Segment(1, 2, "b")))
        lines = render(transcript, "json").decode().splitlines()
        assert [json.loads(line.rstrip(","))["text"] for line in lines if "start_ms" in line] == ["a", "b"]

    def test_numbers_that_json_does_not_know_become_null(self) -> None:
        odd = Segment(0, 1, "a", avg_logprob=float("nan"), compression_ratio=float("inf"), no_speech_prob=0.5)
        back = parse(render(Transcript(9_000, "en", (odd,)), "json"))
        assert back.segments == (Segment(0, 1, "a", no_speech_prob=0.5),)

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\xff",
            b"[]",
            b"{}",
            b'{"schema": "aisubs/2"}',
            b'{"schema": "aisubs/1"}',
            b'{"schema": "aisubs/1", "duration_ms": "long", "language": "en", "segments": []}',
            b"[" * 100_000,
        ],
    )
    def test_anything_else_is_refused(self, data: bytes) -> None:
        with pytest.raises(AisubsError) as refused:
            parse(data)
        assert refused.value.code == "bad_request"


class TestOpenAi:
    """Field names and types as in OpenAI's API reference, "The transcription object (Verbose JSON)"."""

    TYPES: dict[str, Any] = {  # noqa: RUF012
        "id": int,
        "seek": int,
        "start": float,
        "end": float,
        "text": str,
        "tokens": list,
        "temperature": float,
        "avg_logprob": float,
        "compression_ratio": float,
        "no_speech_prob": float,
    }

    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_every_field_is_there_and_every_word(self, transcript: Transcript) -> None:
        value = json.loads(render(transcript, "verbose_json", words=True))
        assert set(value) == {"task", "language", "duration", "text", "segments", "words", "usage"}
        for number, segment in enumerate(value["segments"]):
            assert {name: type(item) for name, item in segment.items()} == self.TYPES
            assert segment["id"] == number
            assert 0 <= segment["start"] <= segment["end"]
        assert rising(segment["start"] for segment in value["segments"])
        assert rising(word["start"] for word in value["words"])
        assert visible(value["text"]) == said(transcript)
        assert visible("".join(segment["text"] for segment in value["segments"])) == said(transcript)
        assert visible("".join(word["word"] for word in value["words"])) == said(transcript)

    @SETTINGS
    @given(transcript=tame_transcripts())
    def test_times_and_words_are_the_models(self, transcript: Transcript) -> None:
        value = json.loads(render(transcript, "verbose_json", words=True))
        assert [(round(s["start"] * 1000), round(s["end"] * 1000), s["text"]) for s in value["segments"]] == [
            (segment.start_ms, segment.end_ms, segment.text) for segment in transcript.segments
        ]
        assert [word["word"] for word in value["words"]] == said_words(transcript)

    def test_exact_head(self) -> None:
        segment = Segment(500, 1_500, " Hallo.", avg_logprob=-0.25, compression_ratio=1.2, no_speech_prob=float("nan"))
        value = json.loads(render(Transcript(9_001, "de", (segment,)), "verbose_json"))
        assert value["segments"][0]["avg_logprob"] == -0.25
        assert value["segments"][0]["no_speech_prob"] == 0.0
        del value["segments"]
        assert value == {
            "task": "transcribe",
            "language": "german",
            "duration": 9.001,
            "text": "Hallo.",
            "usage": {"type": "duration", "seconds": 10},
        }


class TestColumns:
    @SETTINGS
    @given(transcript=wild_transcripts())
    def test_columns_agree_with_the_text(self, transcript: Transcript) -> None:
        value = json.loads(render(transcript, "columnar"))
        assert visible("".join(paragraph["text"] for paragraph in value["paragraphs"])) == said(transcript)
        for number, paragraph in enumerate(value["paragraphs"]):
            columns = [paragraph[name] for name in ("offsets", "starts", "durations", "conf")]
            assert len({len(column) for column in columns}) == 1
            assert paragraph["id"] == str(number)
            utf_16 = paragraph["text"].encode("utf-16-le")
            edges = [*paragraph["offsets"], len(utf_16) // 2]
            assert edges[0] == 0
            assert rising(edges)
            for start, end in pairwise(edges):
                assert utf_16[2 * start : 2 * end].decode("utf-16-le").strip()
            assert all(duration >= 0 for duration in paragraph["durations"])
            assert all(percent is None or 0 <= percent <= 100 for percent in paragraph["conf"])
        assert rising(start for paragraph in value["paragraphs"] for start in paragraph["starts"])

    @SETTINGS
    @given(transcript=tame_transcripts())
    def test_words_can_be_cut_out_again(self, transcript: Transcript) -> None:
        value = json.loads(render(transcript, "columnar"))
        words = []
        for paragraph in value["paragraphs"]:
            edges = [*paragraph["offsets"], len(paragraph["text"])]
            words += [paragraph["text"][a:b].strip() for a, b in pairwise(edges)]
        assert words == said_words(transcript)
        starts = [start for paragraph in value["paragraphs"] for start in paragraph["starts"]]
        assert starts == [word.start_ms for segment in transcript.segments for word in segment.words]

    def test_offsets_count_as_javascript_does(self) -> None:
        segment = Segment(0, 2_000, " 👩‍👧 Hi", (Word(0, 900, " 👩‍👧", 0.456), Word(1_000, 2_000, " Hi")))
        (paragraph,) = json.loads(render(Transcript(9_000, "en", (segment,)), "columnar"))["paragraphs"]
        assert paragraph["offsets"] == [0, 6]
        assert paragraph["conf"] == [46, None]
        assert paragraph["durations"] == [900, 1_000]
