"""Scripts as people have them: prose and subtitles, in any encoding, with names and directions; and what is none."""

from __future__ import annotations

import pytest

from aisubs.formats.scripts import decode, read_script
from aisubs.model.errors import AisubsError
from aisubs.model.script import MAX_SCRIPT_BYTES, Script

SRT = """1
00:00:01,000 --> 00:00:03,500
Good morning,
<i>dear</i> listeners.

2
00:00:04,000 --> 00:00:05,000
[door slams]

3
00:00:06,000 --> 00:00:08,000
{\\an8}♪ La la la ♪
"""


def texts(script: Script) -> list[str]:
    return [word.text for word in script.words]


def test_prose_keeps_every_word_and_knows_who_says_it() -> None:
    script = read_script("JANE: I don't (laughs) know.\nMore of hers.\n\nTom: Yes.\n\nTom: No, at 10:30: never.")
    assert [(word.text, word.speaker) for word in script.words if word.opens] == [
        ("I", "JANE"),
        ("Yes.", "Tom"),
        ("No,", "Tom"),
    ]
    assert [word.text for word in script.words if word.aside] == ["(laughs)"]
    assert texts(script)[-4:] == ["No,", "at", "10:30:", "never."]
    assert script.cues == ()


def test_a_colon_alone_makes_nobody_speak() -> None:
    script = read_script("There is one thing: time.\n00:01:02 And then it was over.")
    assert {word.speaker for word in script.words} == {None}
    assert texts(script)[:2] == ["There", "is"]
    assert "00:01:02" not in texts(script), "a transcript's own times are no words"


def test_subtitles_keep_their_cues_lines_and_style() -> None:
    script = read_script(SRT)
    assert [(cue.start_ms, cue.end_ms) for cue in script.cues] == [(1_000, 3_500), (4_000, 5_000), (6_000, 8_000)]
    assert [(word.text, word.opens) for word in script.words[:4]] == [
        ("Good", "cue"),
        ("morning,", None),
        ("dear", "line"),
        ("listeners.", None),
    ]
    assert [word.italic for word in script.words[:4]] == [False, False, True, False]
    assert [word.aside for word in script.words] == [False] * 4 + [True] * 2 + [True] * 5
    assert script.words[-1].top


def test_webvtt_and_substation_alpha_are_read_too() -> None:
    vtt = "WEBVTT\n\nNOTE nothing\n\n00:01.000 --> 00:02.000 align:left\nHello &amp; goodbye\n"
    assert texts(read_script(vtt))[:1] == ["Hello"]
    ass = (
        "[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, "
        "MarginV, Effect, Text\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,One\\Ntwo\n"
        "Comment: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,Nobody\n"
    )
    assert [(word.text, word.opens) for word in read_script(ass).words] == [("One", "cue"), ("two", "line")]


def test_chinese_is_parted_into_characters_with_their_signs() -> None:
    script = read_script("你好，世界。\nAI时代")
    assert texts(script) == ["你", "好，", "世", "界。", "AI", "时", "代"]
    assert script.text(0, 4) == "你好，世界。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "windows-1251"])
def test_a_script_is_read_in_whatever_it_is_written(encoding: str) -> None:
    text = "Добрый день, дорогие слушатели! " * 8 if encoding == "windows-1251" else "Schöne Grüße an alle Füchse. " * 8
    assert decode(text.encode(encoding)) == text


def test_a_named_encoding_is_insisted_on() -> None:
    assert decode("é".encode("latin-1"), "latin-1") == "é"
    with pytest.raises(AisubsError, match="is not written in utf-8"):
        decode("é".encode("latin-1"), "utf-8")
    with pytest.raises(AisubsError, match="no encoding called klingon"):
        decode(b"x", "klingon")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n\n",
        b"1\n00:00:01,000 --> 00:00:02,000\n\n",
        b"\x00\x01\x02" * 99,
        b"PNG\0",
        b" " * (MAX_SCRIPT_BYTES + 1),
    ],
)
def test_what_is_no_script_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(AisubsError) as refused:
        read_script(decode(data))
    assert refused.value.code == "bad_script"
    assert refused.value.sentence.endswith(".")
