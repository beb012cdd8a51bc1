"""An inbox that is a library of films: subtitles beside them, and no work for those that have some."""

from __future__ import annotations

import json
from pathlib import Path

from av.stream import Disposition

from tests.speech import long_recording
from tests.track_files import NONE, Sound, write_tracks
from tests.whole.edition import RIGHT, eventually, running, share_heard


def test_films_get_what_they_lack_and_nothing_else(tmp_path: Path) -> None:
    made = {number: long_recording(6.0, seed=60 + number) for number in range(5)}
    sounds = {number: recording.samples() for number, recording in made.items()}
    with running(tmp_path / "edition", RESULTS_BESIDE="true") as up:
        films = up.inbox / "Films"
        films.mkdir(parents=True)
        make = tmp_path
        write_tracks(make / "Tagged (1999).mkv", Sound(sounds[0], "eng"))
        write_tracks(make / "Heard.mkv", Sound(sounds[1]))
        write_tracks(make / "Inside.mkv", Sound(sounds[2], "eng"), subtitles=(("eng", NONE),))
        write_tracks(make / "Forced.mkv", Sound(sounds[3], "eng"), subtitles=(("eng", Disposition.forced),))
        write_tracks(make / "New.mkv", Sound(sounds[4]))
        theirs = {films / "Tagged (1999).eng.ass": "theirs", films / "Heard.English.srt": "theirs as well"}
        for path, text in theirs.items():
            path.write_text(text)
        for path in sorted(make.glob("*.mkv")):
            path.rename(films / path.name)
        (films / "lies.mkv").write_text("no film at all\n" * 50)

        new, forced = films / "New.en.srt", films / "Forced.en.srt"
        eventually(new.exists, str(new), up)
        eventually(forced.exists, str(forced), up)
        refused = up.results / "Films" / "lies.mkv.error.txt"
        eventually(refused.exists, str(refused), up)
        heard = eventually(lambda: up.jobs() == 4 and up.queue()["active"] == 0, "the last job to end", up)
        assert heard
        assert share_heard(new.read_text(), made[4].words) > RIGHT
        assert {path: path.read_text() for path in theirs} == theirs
        subtitles = sorted(path.name for path in films.iterdir() if path.suffix != ".mkv")
        assert subtitles == ["Forced.en.srt", "Heard.English.srt", "New.en.srt", "Tagged (1999).eng.ass"]
        left = [path.name for path in up.results.rglob("*") if path.is_file()]
        assert left == ["lies.mkv.error.txt"], "texts and JSON are not scattered about"


def test_a_film_folder_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    """A folder in the way of the very file stands for all that may be wrong with the folders of others."""
    recording = long_recording(6.0, seed=71)
    with running(tmp_path / "edition", RESULTS_BESIDE="true") as up:
        (up.inbox / "Film.en.srt").mkdir(parents=True)
        write_tracks(tmp_path / "Film.mkv", Sound(recording.samples())).rename(up.inbox / "Film.mkv")
        kept = up.results / "Film.mkv.json"
        eventually(kept.exists, str(kept), up)
        words = " ".join(segment["text"] for segment in json.loads(kept.read_bytes())["segments"])
        assert share_heard(words, recording.words) > RIGHT
