"""What commands say and where they write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aisubs.cli.outputs import folder_problem, plan_outputs
from aisubs.cli.progress import Lines, Look
from aisubs.cli.terminal import clock, printable, size
from aisubs.local.command_files import write_output
from aisubs.model.job import Job


def job(**changes: object) -> Job:
    row = {"job_id": "j", "status": "processing", "filename": "talk.mp4", "source": "cli", "version": 1}
    return Job.model_validate({**row, "created_at": "2026-01-01T00:00:00Z", **changes})


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (59.6, "1:00"), (3599, "59:59"), (3600, "1:00:00"), (360_000, "100:00:00")]
)
def test_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


@pytest.mark.parametrize(
    ("size_bytes", "shown"), [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (5 << 40, "5120.0 GiB")]
)
def test_size(size_bytes: int, shown: str) -> None:
    assert size(size_bytes) == shown


def test_names_cannot_drive_the_terminal() -> None:
    assert printable("plain 🎬 עברית é") == "plain 🎬 עברית é"
    assert printable("a\x1b[2Jb\rc\nd\u202ee\udce9") == "a�[2Jb�c�d�e�"


def test_outputs_lie_beside_their_recordings(tmp_path: Path) -> None:
    talk = tmp_path / "talk.final.mp4"
    assert plan_outputs([talk], [".srt", ".vtt"], None) == {
        talk: [tmp_path / "talk.final.srt", tmp_path / "talk.final.vtt"]
    }


def test_no_two_recordings_write_the_same_file(tmp_path: Path) -> None:
    files = [Path("a/talk.mp4"), Path("b/talk.mp4"), Path("c/talk.mp4"), Path("c/talk.mp3"), Path("c/other.mp3")]
    plan = plan_outputs(files, [".srt"], tmp_path)
    assert [plan[file][0].name for file in files] == [
        "talk.srt", "talk.mp4.srt", "talk.mp4-2.srt", "talk.mp3.srt", "other.srt",
    ]  # fmt: skip


def test_a_file_is_written_whole_with_ordinary_permissions(tmp_path: Path) -> None:
    path = tmp_path / ("ü" * 120 + ".srt")  # as long as a name may be, so nothing can be added to it
    write_output(path, b"one")
    write_output(path, b"two")
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode == ordinary.stat().st_mode
    assert len(list(tmp_path.iterdir())) == 2


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    taken = tmp_path / "talk.srt"
    taken.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_output(taken, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["talk.srt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_a_folder_without_rights_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "Nothing can be written" in str(folder_problem(tmp_path))


def test_a_folder_that_is_a_file_is_told_and_a_missing_one_is_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "Nothing can be written" in str(folder_problem(tmp_path / "file" / "below"))
    assert folder_problem(tmp_path / "a" / "b") is None
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_percent_is_what_is_saved() -> None:
    look = Look.at(job(progress_stage="transcribing", progress=33, progress_ms=40_000, duration_ms=120_000), "hello")
    assert look.percent == pytest.approx(33.33, abs=0.01)
    assert look.doing == "transcribing"


@pytest.mark.parametrize(
    ("changes", "doing"),
    [
        ({"status": "pending", "position": 1}, "waiting"),
        ({"status": "pending", "position": 4}, "waiting, 3 ahead"),
        ({"status": "pending", "waiting_for": "gpu"}, "waiting for a machine"),
        ({"progress_stage": "starting"}, "starting"),
        ({"status": "completed"}, "completed"),
    ],
)
def test_every_state_has_words(changes: dict[str, object], doing: str) -> None:
    assert Look.at(job(**changes), "").doing == doing


def test_lines_are_said_only_when_something_moved(capsys: pytest.CaptureFixture[str]) -> None:
    with Lines() as view:
        for percent in (0, 0, 1, 2, 11, 12, 100):
            view.show("talk.mp4", Look("transcribing", percent, eta_s=65))
        view.done("talk.mp4", "done")
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "talk.mp4: transcribing, 1:05 left",
        "talk.mp4: transcribing 11 %, 1:05 left",
        "talk.mp4: transcribing 100 %, 1:05 left",
        "talk.mp4: done",
    ]
