"""`aisubs export`: of our own JSON file, and of a job of this machine, with the switches that formats have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aisubs.cli.command_line import main
from aisubs.cli.exits import Exit
from aisubs.formats import FORMATS, render
from aisubs.formats.json import parse
from tests.doors.test_cli import aisubs, talk  # noqa: F401  a fixture
from tests.unit.test_formats_delivered import STYLED


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "a talk.json"
    file.write_bytes(render(STYLED, "json"))
    return file


def test_a_file_of_ours_in_every_format(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [name for name in FORMATS if name != "json"]
    assert main(["export", str(file), "--format", ",".join(names), "--profile", "bbc", "--json"]) == Exit.OK
    rows = json.loads(capsys.readouterr().out)
    assert [(row["path"], row["written"]) for row in rows] == [
        (str(file.with_name(f"a talk{FORMATS[name].suffix}")), True) for name in names
    ]
    for name in names:
        assert Path(file.with_name(f"a talk{FORMATS[name].suffix}")).read_bytes() == render(STYLED, name, "bbc")


def test_switches(file: Path, tmp_path: Path) -> None:
    command = ["export", str(file), "--format", "srt,md", "--no-sounds", "--no-links", "--crlf"]
    assert main([*command, "--output-dir", str(tmp_path / "out")]) == Exit.OK
    expected = render(STYLED, "srt", sounds=False, crlf=True)
    assert (tmp_path / "out" / "a talk.srt").read_bytes() == expected
    assert (tmp_path / "out" / "a talk.md").read_bytes() == render(STYLED, "md", sounds=False, links=False, crlf=True)


def test_what_is_there_is_kept(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = file.with_suffix(".srt")
    there.write_text("mine")
    assert main(["export", str(file)]) == Exit.OK
    assert there.read_text() == "mine"
    assert "kept" in capsys.readouterr().err
    assert main(["export", str(file), "--overwrite"]) == Exit.OK
    assert there.read_bytes() == render(STYLED, "srt")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--format", "sub"], "There is no format called sub"),
        (["--format", ","], "names no format"),
        (["--format", "srt", "--no-links"], "--no-links is nothing that srt can be told"),
        (["--profile", "tv"], "no subtitle profile called tv"),
        (["--revision", "0"], "A file has no revisions"),
    ],
)
def test_a_wrong_command_line(
    file: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(file), *arguments]) == Exit.USAGE
    assert sentence in capsys.readouterr().err
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_file_that_is_none_of_ours(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('{"schema": "other"}')
    assert main(["export", str(file)]) == Exit.ENVIRONMENT
    assert "aisubs/1" in capsys.readouterr().err


def test_a_job_of_this_machine(tmp_path: Path, talk: tuple[bytes, list[str]]) -> None:  # noqa: F811
    recording = tmp_path / "talk.m4a"
    recording.write_bytes(talk[0])
    data = ("--data-dir", tmp_path / "data")
    code, _, err = aisubs("transcribe", recording, "--format", "json", *data)
    assert code == Exit.OK, err
    code, _, err = aisubs("export", "talk.m4a", "--format", "ttml,srt", "--output-dir", tmp_path / "out", *data)
    assert code == Exit.OK, err
    transcript = parse((tmp_path / "talk.json").read_bytes())
    for name in ("ttml", "srt"):
        assert (tmp_path / "out" / f"talk.{name}").read_bytes() == render(transcript, name)
    code, _, err = aisubs("export", "walk.m4a", *data)
    assert (code, "No finished job has this name or id." in err) == (Exit.JOB_FAILED, True)
