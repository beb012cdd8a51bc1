"""`aisubs transcribe --beside`, tracks by choice, and names at the edge of what file systems hold."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from aisubs.cli.beside import Beside
from aisubs.cli.exits import Exit
from aisubs.cli.outputs import plan_outputs
from aisubs.media.probe import Limits
from aisubs.model.job import Options
from tests.doors.test_cli import aisubs
from tests.speech import long_recording, write_audio
from tests.track_files import Sound, silence, write_tracks

WORDS = long_recording(7.0, seed=41)
OTHER = long_recording(7.0, seed=42)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that several commands use one after the other."""
    return tmp_path_factory.mktemp("home")


def test_a_film_gets_the_subtitles_that_players_find_and_gets_them_once(home: Path, tmp_path: Path) -> None:
    film = write_tracks(tmp_path / "Some.Film (1999).mkv", Sound(WORDS.samples(), "eng"))
    plain = write_audio(WORDS.samples(), tmp_path / "plain.mp3")
    (tmp_path / "plain.eng.srt").write_text("by hand")
    command = ["transcribe", "--beside", film, plain, "--json", "--data-dir", home / "data"]

    code, out, err = aisubs(*command, cwd=home)
    assert code == 0, err
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "Some.Film (1999).en.srt", "Some.Film (1999).mkv", "plain.eng.srt", "plain.mp3",
    ]  # fmt: skip
    assert [row["status"] for row in json.loads(out)] == ["completed", "kept"]
    assert "English was heard, and plain.eng.srt is there" in err
    assert (tmp_path / "plain.eng.srt").read_text() == "by hand"

    written = tmp_path / "Some.Film (1999).en.srt"
    written.write_text("corrected")
    code, _, err = aisubs(*command, cwd=home)
    assert code == 0
    assert "the sound says that it is English, and Some.Film (1999).en.srt is there" in err
    assert written.read_text() == "corrected"

    code, _, err = aisubs(*command, "--overwrite", cwd=home)
    assert code == 0
    assert written.read_text().startswith("1\n")
    assert (tmp_path / "plain.en.srt").read_text().startswith("1\n")
    assert (tmp_path / "plain.eng.srt").read_text() == "by hand", "that one is not ours"


def test_a_given_language_decides_before_any_work(tmp_path: Path) -> None:
    recording = write_audio(WORDS.samples(), tmp_path / "talk.mp3")
    (tmp_path / "talk.English.ass").touch()
    code, out, err = aisubs(
        "transcribe", "--beside", recording, "--language", "en", "--json", "--data-dir", tmp_path / "data"
    )
    assert code == 0
    assert json.loads(out)[0]["status"] == "kept"
    assert "talk.English.ass is there (--overwrite" in err
    assert not (tmp_path / "data").exists(), "nothing was started for it"


def test_two_recordings_of_one_name_do_not_write_one_file(home: Path, tmp_path: Path) -> None:
    files = [
        write_audio(WORDS.samples(), tmp_path / "talk.mp3"),
        write_audio(OTHER.samples(), tmp_path / "talk.flac"),
    ]
    code, _, err = aisubs(
        "transcribe", "--beside", "--overwrite", *files, "--format", "srt,txt", "--data-dir", home / "data", cwd=home
    )
    assert code == 0, err
    names = {path.name for path in tmp_path.iterdir() if path not in files}
    assert names in (
        {"talk.en.srt", "talk.en.txt", "talk.flac.en.srt", "talk.flac.en.txt"},
        {"talk.en.srt", "talk.en.txt", "talk.mp3.en.srt", "talk.mp3.en.txt"},
    )


def test_the_track_with_speech_is_taken_and_told(home: Path, tmp_path: Path) -> None:
    call = write_tracks(tmp_path / "call.mkv", Sound(silence(7), title="Mic"), Sound(WORDS.samples(), title="Desktop"))
    code, out, err = aisubs("transcribe", call, "--json", "--data-dir", home / "data", cwd=home)
    assert code == 0, err
    assert "(audio track 2 of 2 (“Desktop”): the one with speech)" in err
    told = json.loads(out)[0]["audio_track"]
    assert told == {"number": 2, "of": 2, "reason": "speech", "language": None, "title": "Desktop"}
    code, _, err = aisubs(
        "transcribe", call, "--audio-track", "fr", "--overwrite", "--data-dir", home / "data", cwd=home
    )
    assert code == Exit.JOB_FAILED
    assert "no audio track in French. Its audio tracks are: 1 “Mic”, 2 “Desktop”." in err
    code, _, err = aisubs("transcribe", call, "--audio-track", "loud", cwd=home)
    assert code == Exit.USAGE
    assert "--audio-track: unknown audio track 'loud'" in err


def test_names_at_every_limit_get_their_files_and_a_bad_one_stops_no_other(home: Path, tmp_path: Path) -> None:
    data = write_audio(WORDS.samples(), tmp_path / "source.mp3").read_bytes()
    names = [
        os.fsencode("x" * 251 + ".mp3"),
        os.fsencode("🎬" * 62 + "ab.mp3"),
        os.fsencode("u\u0308" * 83 + ".mp3"),
        b"two\nlines.mp3",
        b"latin \xe4\xf6.mp3",
        "\u202etxt.\u05d0.mp3".encode(),
        b"-dash.mp3",
        b"dots. . .mp3",
    ]
    files = [tmp_path / os.fsdecode(name) for name in names]
    for number, file in enumerate(files):
        file.write_bytes(data + bytes(number))
    impossible = tmp_path / ("y" * 300 + ".mp3")
    before = set(tmp_path.iterdir())
    command = ["transcribe", "--format", "srt", "--json", "--data-dir", home / "data", "--", impossible, *files]
    code, out, err = aisubs(*command, cwd=home)
    assert code == Exit.JOB_FAILED
    assert "Traceback" not in err
    report = json.loads(out)
    assert [row["status"] for row in report] == ["failed", *["completed"] * len(files)], err
    assert "File name too long" in report[0]["error"]["message"]
    written = set(tmp_path.iterdir()) - before
    assert len(written) == len(files), "no two of them met in one file"
    assert all(path.read_text().startswith("1\n") for path in written)
    assert {tmp_path / row["outputs"]["srt"] for row in report[1:]} == written
    assert aisubs(*command, cwd=home)[2].count("--overwrite makes it anew") == len(files), "found again"


def test_a_folder_that_cannot_be_written_leaves_the_results_elsewhere(tmp_path: Path) -> None:
    """Nobody can write into /proc, root neither."""
    beside = Beside(["srt"], Options(), overwrite=False, limits=Limits(), elsewhere=tmp_path / "results")
    outputs, note = beside.places(Path("/proc/film.mkv"), "de")
    assert outputs == {"srt": tmp_path / "results" / "film.de.srt"}
    assert f"in {tmp_path / 'results'}, for the recording's own folder cannot be written" in note
    nowhere = Beside(["srt"], Options(), overwrite=False, limits=Limits(), elsewhere=Path("/proc/results"))
    with pytest.raises(OSError, match="Nothing can be written into"):
        nowhere.places(Path("/proc/film.mkv"), "de")


def test_names_that_are_one_file_on_some_systems_are_kept_apart(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("Talk.mp4", "talk.mp4", "caf\u00e9.mp4", "cafe\u0301.mp4")]
    plan = plan_outputs(files, [".srt"], tmp_path / "out")
    assert [path.name for (path,) in plan.values()] == [
        "Talk.srt",
        "talk.mp4.srt",
        "caf\u00e9.srt",
        "cafe\u0301.mp4.srt",
    ]
