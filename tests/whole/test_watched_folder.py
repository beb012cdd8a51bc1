"""`aisubs transcribe FOLDER --watch`: what comes is taken once it is whole, and once, until Ctrl-C; here and there."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from aisubs.cli.exits import Exit
from tests.doors.test_cli import aisubs, start
from tests.speech import long_recording, write_audio
from tests.whole.edition import Up
from tests.whole.test_other_server import wait_for


def recording(seed: int, path: Path) -> Path:
    return write_audio(long_recording(5.0, seed=seed).blocks(), path)


def ended(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == Exit.OK, said
    return said


@pytest.mark.parametrize("where", ["here", "there"])
def test_what_comes_is_done_once_it_is_whole(up: Up, tmp_path: Path, where: str) -> None:
    made, folder = tmp_path / "made", tmp_path / "clips"
    made.mkdir()
    (folder / "below").mkdir(parents=True)
    recording(81, folder / "first.m4a")
    data = recording(82, made / "second.m4a").read_bytes()
    words = ["transcribe", folder, "--watch", "--format", "txt", "--data-dir", tmp_path / "data", "--match", "*.m4a"]
    words += ["--server", up.url] if where == "there" else []
    process = start(*words)
    said = wait_for(process, "→ first.txt")
    with (folder / "below/second.m4a").open("wb") as file:  # as a recorder does, for minutes
        file.write(data[:1000])
        file.flush()
        recording(83, made / "other.wav").rename(folder / "unwanted.wav")
        recording(84, made / "third.m4a").rename(folder / "third.m4a")
        said += wait_for(process, "→ third.txt")
        assert "second" not in said
        file.write(data[1000:])
    said += wait_for(process, "→ second.txt")
    said += ended(process)
    assert "unwanted" not in said
    assert "3 recordings: 3 completed; 0:15 of sound." in said
    assert all(said.count(f"→ {name}.txt") == 1 for name in ("first", "second", "third"))

    recording(85, folder / "fourth.m4a")
    process = start(*words)
    said = wait_for(process, "→ fourth.txt") + ended(process)
    assert "4 recordings: 3 kept, 1 completed; 0:05 of sound." in said
    assert not (folder / "unwanted.txt").exists()


def test_what_cannot_be_watched_is_said(tmp_path: Path) -> None:
    talk = recording(86, tmp_path / "talk.m4a")
    for words, sentence in (
        ([talk, "--watch"], "--watch is of folders, and none is named."),
        ([tmp_path, "--watch", "--dry-run"], "choose one of them"),
    ):
        code, _, said = aisubs("transcribe", *words, "--data-dir", tmp_path / "data")
        assert (code, sentence in said) == (Exit.USAGE, True), said
