"""The inbox of a running edition: good recordings, bad ones, and names that nobody should use."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from aisubs.model.names import fit_filename
from tests.whole.conftest import Clip
from tests.whole.edition import RIGHT, Up, eventually, running, share_heard
from tests.whole.recordings import silent_video

NAMES = [
    "plain.mp4",
    "two  spaces and 'quotes' \"double\".mp4",
    "🎬 émoji déjà.mp4",
    "rtl‏عربي‮.mp4",
    "a..parent..mp4",
    "sub folder/deep/er/talk.mp4",
    "percent%2F..%2Fescape.mp4",
    "x" * 251 + ".mp4",
    "🎬" * 62 + "abc.mp4",
    "$(touch pwned);`id`.mp4",
]


def said(up: Up, name: str) -> str:
    """What the error file of a dropped file says, once it is there."""
    path = up.results / f"{name}.error.txt"
    return eventually(lambda: path.exists() and path.read_text(), str(path), up).strip()


def test_every_name_and_every_fault_gets_its_own_answer(up: Up, clip: Clip, tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        target = up.inbox / name
        target.parent.mkdir(parents=True, exist_ok=True)
        # One content each, or all but the first would be answered from the first.
        target.write_bytes(clip.data + bytes(number))
    (up.inbox / "lies.mp4").write_text("This is a text, whatever its name says.\n" * 50)
    (up.inbox / "truncated.mp4").write_bytes(clip.data[: len(clip.data) * 2 // 3])
    silent_video(up.inbox / "silent.mp4")
    with (up.inbox / "huge.mp4").open("wb") as file:
        file.truncate(21_000_000)  # a sparse file over the limit of this edition
    (up.inbox / "half.mp4.part").write_bytes(clip.data)
    (up.inbox / "two\nlines.mp4").write_bytes(clip.data)

    assert "not audio or video" in said(up, "lies.mp4")
    assert "sound" in said(up, "silent.mp4")
    assert "larger than the limit" in said(up, "huge.mp4")
    assert said(up, "truncated.mp4")
    assert "file name cannot be used" in said(up, "two\ufffdlines.mp4")
    for name in NAMES:
        transcript = up.results / fit_filename(f"{name}.txt")
        eventually(transcript.exists, str(transcript), up)
        assert share_heard(transcript.read_text(), clip.words) > RIGHT, name
        for suffix in ("srt", "vtt", "json"):
            assert (up.results / fit_filename(f"{name}.{suffix}")).stat().st_size > 0
        assert not (up.results / fit_filename(f"{name}.error.txt")).exists()
    assert not list(up.results.glob("half*"))
    assert not (Path.cwd() / "pwned").exists()
    assert not list(tmp_path.parent.glob("*/escape*"))
    assert {path.name for path in up.inbox.rglob("*.mp4")} >= {Path(name).name for name in NAMES}, "never moved"


def test_a_folder_may_carry_options_for_its_recordings(up: Up, clip: Clip) -> None:
    folder = up.inbox / "plain"
    folder.mkdir(parents=True)
    (folder / "aisubs.json").write_text(json.dumps({"word_timestamps": False}))
    (folder / "talk.mp4").write_bytes(clip.data)
    wrong = up.inbox / "martian"
    wrong.mkdir()
    (wrong / "aisubs.json").write_text(json.dumps({"language": "martian"}))
    (wrong / "talk.mp4").write_bytes(clip.data)
    result = up.results / "plain" / "talk.mp4.json"
    eventually(result.exists, str(result), up)
    assert not any(segment["words"] for segment in json.loads(result.read_bytes())["segments"])
    assert "martian" in said(up, "martian/talk.mp4")


def test_a_changed_file_is_transcribed_again_and_a_restart_repeats_nothing(clip: Clip, tmp_path: Path) -> None:
    with running(tmp_path / "edition") as up:
        (up.inbox / "talk.mp4").write_bytes(clip.data)
        result = up.results / "talk.mp4.srt"
        eventually(result.exists, "subtitles", up)
        assert up.jobs() == 1
        assert up.stop() == 0
        up.start()
        (up.inbox / "second.mp4").write_bytes(clip.data)
        eventually((up.results / "second.mp4.srt").exists, "subtitles of the second", up)
        assert up.jobs() == 2

        (up.inbox / "talk.mp4").write_text("no longer a recording")
        assert "not audio or video" in said(up, "talk.mp4")
        assert up.jobs() == 3
        (up.inbox / "talk.mp4").write_bytes(clip.data)
        eventually(lambda: not (up.results / "talk.mp4.error.txt").exists(), "the old refusal to go", up)


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_an_unreadable_file_gets_a_sentence(up: Up, clip: Clip) -> None:
    path = up.inbox / "secret.mp4"
    path.write_bytes(clip.data)
    path.chmod(0)
    assert "cannot be read" in said(up, "secret.mp4")
