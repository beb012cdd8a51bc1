"""`aisubs transcribe FOLDER`: which recordings are taken, what is told, and that all of them are done."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from aisubs.cli.exits import Exit
from aisubs.cli.folders import length_s, size_bytes
from tests.doors.test_cli import aisubs
from tests.speech import long_recording, write_audio


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three of 4, 12 and 40 s, the second and third in folders; beside them what is none."""
    folder = tmp_path_factory.mktemp("clips")
    (folder / "2025/deep").mkdir(parents=True)
    for length, name in ((4.0, "short.m4a"), (12.0, "2025/middle.WAV"), (40.0, "2025/deep/long.m4a")):
        suffix = Path(name).suffix.lower()
        made = write_audio(long_recording(length, seed=int(length)).blocks(), folder / f"made{suffix}")
        made.rename(folder / name)
    (folder / "notes.txt").write_text("no recording")
    (folder / ".hidden.m4a").write_bytes(b"hidden")
    return folder


def run(clips: Path, tmp_path: Path, *words: object) -> tuple[int, str, str]:
    return aisubs("transcribe", clips, "--data-dir", tmp_path / "data", "--format", "srt,txt", *words)


def taken(said: str) -> set[str]:
    return {line.split(":")[0].rpartition("/")[2] for line in said.splitlines() if "→" in line}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ((), {"short.m4a", "middle.WAV", "long.m4a"}),
        (("--match", "*.m4a"), {"short.m4a", "long.m4a"}),
        (("--match", "2025/*"), {"middle.WAV", "long.m4a"}),
        (("--min-length", "5s", "--max-length", "0.5m"), {"middle.WAV"}),
        (("--min-size", "200k"), {"middle.WAV", "long.m4a"}),
        (("--max-size", "200k"), {"short.m4a"}),
    ],
)
def test_a_dry_run_says_what_would_be_done(
    clips: Path, tmp_path: Path, words: tuple[str, ...], names: set[str]
) -> None:
    code, _, said = run(clips, tmp_path, "--dry-run", *words)
    assert code == Exit.OK
    assert taken(said) == names, said
    assert "notes.txt: passed over, no sound, by its name" in said
    assert ".hidden.m4a: passed over, hidden" in said
    assert f"{len(names)} to do, {5 - len(names)} passed over (" in said
    assert not (tmp_path / "data").exists(), "nothing is begun"


def test_all_of_it_is_done_and_not_again(clips: Path, tmp_path: Path) -> None:
    code, out, said = run(clips, tmp_path, "--json", "--max-length", "20s")
    assert code == Exit.OK, said
    assert {Path(entry["file"]).name for entry in json.loads(out)} == {"short.m4a", "middle.WAV"}
    assert "2 recordings: 2 completed; 0:16 of sound." in said
    for name in ("short.srt", "short.txt", "2025/middle.srt", "2025/middle.txt"):
        assert (clips / name).stat().st_size > 0
    code, _, said = run(clips, tmp_path)
    assert code == Exit.OK
    assert "3 recordings: 2 kept, 1 completed; 0:40 of sound." in said
    assert (clips / "2025/deep/long.srt").exists()


def test_a_folder_without_recordings(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, _, said = aisubs("transcribe", tmp_path / "empty", "--data-dir", tmp_path / "data")
    assert (code, said.strip()) == (Exit.OK, "There is no recording.")


def test_sizes_and_lengths() -> None:
    assert [size_bytes(text) for text in ("1M", "1MiB", "1.5k", "7", "2 GB")] == [
        1_000_000, 1_048_576, 1_500, 7, 2_000_000_000,
    ]  # fmt: skip
    assert [length_s(text) for text in ("5s", "5m", "1.5h", "90", "2 min")] == [5, 300, 5400, 90, 120]
    for read, wrong in ((size_bytes, "big"), (size_bytes, "-1"), (length_s, "1:30"), (length_s, "soon")):
        with pytest.raises(ArgumentTypeError, match="try"):
            read(wrong)
