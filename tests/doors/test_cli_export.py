"""`aisubs export`: of our own JSON file, and of a job of this machine, with the switches that formats have."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import av
import pytest

from aisubs.cli.command_line import main
from aisubs.cli.demo_sample import VIDEO
from aisubs.cli.exits import Exit
from aisubs.formats import FORMATS, render, shape
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


def test_everything_in_one_archive(file: Path) -> None:
    assert main(["export", str(file), "--format", "all", "--zip"]) == Exit.OK
    with ZipFile(file.with_name("a talk.zip")) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == {f"a talk{FORMATS[name].suffix}": render(STYLED, name) for name in FORMATS}


def test_subtitles_go_inside_a_copy_of_a_video(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    command = ["export", str(file), "--mux", str(VIDEO), "--output-dir", str(out), "--no-sounds", "--json"]
    assert main(command) == Exit.OK
    target = out / "sample.subtitled.mp4"
    assert json.loads(capsys.readouterr().out) == [{"path": str(target), "written": True}]
    with av.open(str(target)) as made:
        stream = made.streams.subtitles[0]
        starts = [
            round(float(one.pts * one.time_base) * 1000)
            for one in made.demux(stream)
            if one.pts is not None and one.size > 2
        ]
    assert starts == [cue.start_ms for cue in shape(STYLED, sounds=False)]
    assert main(command) == Exit.OK
    assert json.loads(capsys.readouterr().out)[0]["written"] is False


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--mux", "a.mp4", "--format", "srt"], Exit.USAGE, "--mux and --burn write a video and no other file"),
        (["--mux", "a.mp4", "--crlf"], Exit.USAGE, "files of text"),
        (["--mux", "a.mp4", "--burn", "b.mp4"], Exit.USAGE, "choose one of them"),
        (["--burn", str(__file__)], Exit.JOB_FAILED, "not audio or video"),
        (["--mux", "none.mp4"], Exit.ENVIRONMENT, "No such file"),
        (["--mux", str(__file__)], Exit.JOB_FAILED, "not audio or video"),
    ],
)
def test_what_cannot_be_muxed_is_told(
    file: Path, tmp_path: Path, arguments: list[str], code: Exit, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(file), *arguments, "--output-dir", str(tmp_path / "out")]) == code
    assert sentence in capsys.readouterr().err
    assert not any((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True
