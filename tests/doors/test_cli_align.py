"""`aisubs align` as people type it: what it writes and says, what it refuses before any work, and that it goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pysrt
import pytest

from aisubs.cli.command_line import main
from aisubs.cli.exits import Exit
from tests.doors.test_cli import aisubs, talk  # noqa: F401  a fixture

UNSAID = "Not one of these fine words was ever spoken."


@pytest.fixture
def recording(tmp_path: Path, talk: tuple[bytes, list[str]]) -> Path:  # noqa: F811
    path = tmp_path / "talk.m4a"
    path.write_bytes(talk[0])
    return path


def test_a_script_becomes_subtitles_and_what_nobody_said_is_told(
    recording: Path,
    talk: tuple[bytes, list[str]],  # noqa: F811
) -> None:
    script = recording.with_name("talk.txt")
    said = " ".join(talk[1]).upper()
    script.write_text(f"{said}. {UNSAID}", encoding="utf-16")
    data_dir = recording.parent / "data"
    command = ("align", recording, script, "--data-dir", data_dir, "--json")
    code, out, err = aisubs(*command)
    assert code == Exit.OK, err
    (row,) = json.loads(out)
    assert row["alignment"]["unsaid"][0]["text"].endswith(UNSAID)
    assert "Words of the script that were not found in the sound" in err
    written = pysrt.open(str(recording.with_suffix(".srt")))
    assert " ".join(cue.text.replace("\n", " ") for cue in written).strip(".") == said
    code, _, err = aisubs(*command, "--overwrite", "--strict")
    assert code == Exit.JOB_FAILED, err
    assert (recording.with_suffix(".srt")).read_text() == str("\n".join(map(str, written)))


def test_subtitles_are_put_right_beside_themselves(recording: Path, talk: tuple[bytes, list[str]]) -> None:  # noqa: F811
    script = recording.with_suffix(".srt")
    half = len(talk[1]) // 2
    texts = [" ".join(talk[1][:half]), " ".join(talk[1][half:])]
    times = "00:10:00,000 --> 00:10:01,000", "00:20:00,000 --> 00:20:01,000"
    script.write_text("\n".join(f"{number}\n{times[number]}\n{text}\n" for number, text in enumerate(texts)))
    before = script.read_text()
    code, _, err = aisubs("align", recording, script, "--format", "srt", "--data-dir", recording.parent / "data")
    assert code == Exit.OK, err
    assert script.read_text() == before, "the script is not written over"
    cues = pysrt.open(str(recording.with_name("talk.aligned.srt")))
    assert [cue.text.replace("\n", " ") for cue in cues] == texts
    assert all(cue.end.ordinal <= 8_000 for cue in cues)


def test_a_script_of_something_else_is_refused_and_nothing_is_written(recording: Path) -> None:
    script = recording.with_suffix(".txt")
    script.write_text(UNSAID)
    code, _, err = aisubs("align", recording, script, "--data-dir", recording.parent / "data")
    assert code == Exit.JOB_FAILED
    assert "Next to nothing of the script is said in this recording." in err
    assert not recording.with_suffix(".srt").exists()


@pytest.mark.parametrize(
    ("data", "arguments", "sentence"),
    [
        (b"", [], "there is no word in it"),
        (b"\x00\x01\x02\x03" * 50, [], "The script cannot be used: it is no text"),
        (b"\xff\xfe\xfd", ["--encoding", "utf-8"], "it is not written in utf-8"),
        (b"words", ["--encoding", "klingon"], "there is no encoding called klingon"),
        (b"words", ["--format", "sub"], "There is no format called sub"),
        (b"words", ["--audio-track", "each"], "with a script one track is heard"),
        (None, [], "cannot be read: No such file or directory."),
    ],
)
def test_what_cannot_be_used_is_told_before_any_work(
    tmp_path: Path, data: bytes | None, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "talk.txt"
    if data is not None:
        script.write_bytes(data)
    command = ["align", str(tmp_path / "talk.mp3"), str(script), "--data-dir", str(tmp_path / "data"), *arguments]
    assert main(command) == Exit.USAGE
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "data").exists()
