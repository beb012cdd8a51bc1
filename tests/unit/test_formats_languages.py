"""A text in several languages: cues and paragraphs end where the language changes, and say which one it is."""

from __future__ import annotations

import json
from dataclasses import replace

import webvtt

from aisubs.formats import render, shape
from aisubs.formats.columnar import columns_of
from aisubs.formats.edited import transcript_of
from aisubs.formats.json import parse
from aisubs.model.document import document_from_json
from aisubs.model.transcript import Segment, Transcript


def mixed() -> Transcript:
    return Transcript(
        9_000,
        "en",
        (
            Segment(0, 2_000, " Good morning.", language="en"),
            Segment(2_100, 4_000, " Guten Morgen.", language="de"),
            Segment(4_100, 6_000, " Und jetzt weiter.", language="de"),
            Segment(6_100, 8_000, " Let us begin."),
        ),
    )


def test_a_cue_is_in_one_language_and_names_another_than_the_texts() -> None:
    cues = shape(mixed())
    assert [{line.language for line in cue.lines} for cue in cues] == [{None}, {"de"}, {"de"}, {None}] or [
        {line.language for line in cue.lines} for cue in cues
    ] == [{None}, {"de"}, {None}]
    text = render(mixed(), "vtt").decode()
    assert text.count("<lang de>") == text.count("</lang>") == sum("de" in str(cue.lines) for cue in cues)
    assert "<lang en>" not in text
    spoken = " ".join(cue.text.replace("\n", " ") for cue in webvtt.from_string(text))
    assert spoken == "Good morning. Guten Morgen. Und jetzt weiter. Let us begin."


def test_other_subtitles_carry_no_tags() -> None:
    assert b"lang" not in render(mixed(), "srt")
    assert b"lang" not in render(mixed(), "ass").split(b"[Events]")[1]


def test_paragraphs_end_where_the_language_changes_and_corrections_keep_it() -> None:
    document = columns_of(mixed())
    assert [(one.language, one.text) for one in document.paragraphs] == [
        (None, "Good morning."),
        ("de", "Guten Morgen. Und jetzt weiter."),
        (None, "Let us begin."),
    ]
    assert document_from_json(document.as_json()) == document
    edited, _ = transcript_of(document, mixed())
    assert [one.language for one in edited.segments] == [None, "de", "de", None]
    assert render(edited, "vtt") == render(mixed(), "vtt")


def test_a_translation_is_in_english_whatever_was_spoken() -> None:
    translated = replace(mixed(), language="ja", task="translate")
    assert b"<lang" not in render(translated, "vtt")
    assert len(columns_of(translated).paragraphs) == 1
    told = json.loads(render(translated, "json"))
    assert (told["language"], told["text_language"]) == ("ja", "en")
    assert [one["language"] for one in told["segments"]] == ["en", "de", "de", None]
    assert parse(render(translated, "json")) == translated
    # Lines of the Japanese guide would hold 13 letters.
    wide = replace(translated, segments=(Segment(0, 6_000, " One two three four five six seven."),))
    assert len(shape(wide)[0].lines) == 1
