"""The table of formats: what it promises, what it refuses, and that bytes never differ between two runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given

from aisubs.formats import FORMATS, PROFILES, Choices, render, render_all
from aisubs.model.errors import AisubsError
from aisubs.model.transcript import Segment, Transcript, Word
from tests.unit.made_transcripts import FEW, wild_transcripts

DOCS = Path(__file__).parents[2] / "docs" / "formats.md"

HELLO = Transcript(
    10_000,
    "en",
    (
        Segment(1_000, 2_400, " Hello there.", (Word(1_000, 1_500, " Hello"), Word(1_500, 2_400, " there.")), "Ann"),
        Segment(5_000, 6_500, " Good morning.", (Word(5_000, 5_600, " Good"), Word(5_600, 6_500, " morning.")), "Bob"),
    ),
    title="talk.mp4",
)


def test_names_suffixes_and_files_are_unique() -> None:
    assert len({found.suffix for found in FORMATS.values()}) == len(FORMATS)
    assert all(name == found.name for name, found in FORMATS.items())
    assert len({found.write.__module__ for found in FORMATS.values()}) == len(FORMATS)
    assert all(found.suffix.startswith(".") and "/" in found.media_type for found in FORMATS.values())


def test_every_choice_is_taken_by_a_format_and_every_format_takes_known_choices() -> None:
    taken = set().union(*(found.choices for found in FORMATS.values()))
    assert taken == set(Choices.model_fields)


def test_documentation_names_every_format_profile_and_choice() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| `(\.[\w.]+)` \|", text, re.MULTILINE))
    assert rows == {found.name: found.suffix for found in FORMATS.values()}
    for found in FORMATS.values():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{found.name}` |"))
        assert found.sentence in row
        assert found.media_type.split(";")[0] in row
        assert set(re.findall(r"`(\w+)`", row.split("|")[5])) == set(found.choices)
    for profile in PROFILES.values():
        limits = profile.limits
        assert f"| `{profile.name}` |" in text
        row = next(line for line in text.splitlines() if line.startswith(f"| `{profile.name}` |"))
        assert [int(number) for number in re.findall(r"\d+", row.split("|", 2)[2])] == [
            limits.columns,
            limits.lines,
            limits.columns_per_s,
            limits.min_ms,
            limits.max_ms,
            limits.gap_ms,
            limits.chain_ms,
            limits.linger_ms,
            limits.pause_ms,
        ]
    for choice in Choices.model_fields:
        assert f"| `{choice}` |" in text


def test_unknown_format() -> None:
    with pytest.raises(AisubsError) as refused:
        render(HELLO, "sub")
    assert refused.value.code == "bad_format"
    assert refused.value.sentence == "There is no subtitle format called sub."


@pytest.mark.parametrize(
    ("name", "profile", "choices", "named"),
    [
        ("srt", "netflix", {"voices": True}, "voices"),
        ("json", "netflix", {"bom": True}, "bom"),
        ("srt", "netflix", {"colour": "red"}, "colour"),
        ("srt", "netflix", {"bom": "perhaps"}, "bom"),
        ("csv", "netflix", {"rows": "pages"}, "rows"),
        ("srt", "hulu", {}, "hulu"),
        ("txt", "hulu", {}, "hulu"),
    ],
)
def test_refused_choices(name: str, profile: str, choices: dict[str, object], named: str) -> None:
    with pytest.raises(AisubsError) as refused:
        render(HELLO, name, profile, **choices)
    assert refused.value.code == "bad_request"
    assert named in refused.value.reason


def test_choices_are_understood_as_a_query_string_writes_them() -> None:
    assert render(HELLO, "srt", crlf="true", bom="1") == render(HELLO, "srt", crlf=True, bom=True)


@pytest.mark.parametrize("name", [name for name, found in FORMATS.items() if "bom" in found.choices])
def test_mark_and_line_ends(name: str) -> None:
    plain = render(HELLO, name)
    assert not plain.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in plain
    assert plain.endswith(b"\n")
    assert render(HELLO, name, bom=True) == b"\xef\xbb\xbf" + plain
    assert render(HELLO, name, crlf=True) == plain.replace(b"\n", b"\r\n")


def test_all_at_once_is_the_same_as_one_by_one() -> None:
    assert render_all(HELLO, FORMATS) == {name: render(HELLO, name) for name in FORMATS}


@pytest.mark.parametrize("name", FORMATS)
@FEW
@given(transcript=wild_transcripts())
def test_bytes_are_repeatable(name: str, transcript: Transcript) -> None:
    assert render(transcript, name) == render(transcript, name)


@pytest.mark.slow
def test_bytes_are_the_same_in_another_process() -> None:
    """Nothing may hang on the order of a set, the hash seed, the hour or what ran before."""
    program = (
        "import hashlib\n"
        "from aisubs.formats import FORMATS, render_all\n"
        "from tests.unit.test_formats import HELLO\n"
        "for name, data in render_all(HELLO, FORMATS).items(): print(name, hashlib.sha256(data).hexdigest())\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(DOCS.parents[1]), "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(runs) == 1
    assert len(runs.pop().splitlines()) == len(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_recording_without_speech_gives_a_valid_empty_file(name: str) -> None:
    data = render(Transcript(10_000, "en", ()), name)
    expected = {
        "srt": b"",
        "vtt": b"WEBVTT\n",
        "txt": b"",
        "md": b"",
        "sbv": b"",
        "lrc": b"",
        "audacity": b"",
        "tsv": b"start\tend\ttext\n",
        "csv": b"start_ms,end_ms,speaker,text\n",
    }
    if name in expected:
        assert data == expected[name]
    else:
        assert data


def test_surrogates_of_an_undecodable_file_name_become_visible() -> None:
    odd = Transcript(10_000, "en", HELLO.segments, title="caf\udce9.mp3")
    for name in ("json", "columnar", "lrc", "ass", "ttml", "md"):
        assert "caf\ufffd.mp3" in render(odd, name).decode()
    assert render(odd, "docx")
