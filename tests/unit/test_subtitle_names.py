"""Which file beside a film is what, as the players of people's living rooms read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from av.stream import Disposition

from aisubs.local.film import expected_language, look_at, subtitle_there
from aisubs.media.probe import Limits
from aisubs.model.job import Options
from aisubs.model.language import LANGUAGES
from aisubs.model.subtitle_names import subtitle_name, subtitles_of
from tests.media_files import speech
from tests.track_files import NONE, Sound, write_tracks

READ = {
    "Film.en.srt": ("en", False),
    "Film.eng.ass": ("en", False),
    "Film.English.ssa": ("en", False),
    "Film.en-US.vtt": ("en", False),
    "Film.en.sdh.srt": ("en", False),
    "Film.en.hi.srt": ("en", False),
    "Film.en.cc.srt": ("en", False),
    "Film.default.en.srt": ("en", False),
    "Film.en.forced.srt": ("en", True),
    "Film.forced.en.srt": ("en", True),
    "Film.foreign.eng.sup": ("en", True),
    "Film.hi.srt": ("hi", False),
    "Film.hin.srt": ("hi", False),
    "Film.ger.sub": ("de", False),
    "Film.deu.idx": ("de", False),
    "Film.pt-BR.srt": ("pt", False),
    "Film.pob.srt": ("pt", False),
    "Film.zh-Hant.srt": ("zh", False),
    "Film.zh_TW.srt": ("zh", False),
    "Film.chs.ass": ("zh", False),
    "Film.chi.smi": ("zh", False),
    "Film.nob.srt": ("no", False),
    "Film.haw.srt": ("haw", False),
    "Film.Part of a title.fr.srt": ("fr", False),
    "Film.mp4.en.srt": ("en", False),
    "film.EN.SRT": ("en", False),
    "Film.srt": (None, False),
    "Film.director.srt": (None, False),
}


@pytest.mark.parametrize("name", READ)
def test_a_subtitle_file_is_read_as_players_read_it(name: str) -> None:
    assert [(one.language, one.forced) for one in subtitles_of("Film.mkv", ["Film.mkv", name])] == [READ[name]]


@pytest.mark.parametrize("name", ["Film 2.en.srt", "Film-en.srt", "Filmen.srt", "Film.en.txt", "Film.en.nfo", "en.srt"])
def test_other_files_are_none_of_its_subtitles(name: str) -> None:
    assert subtitles_of("Film.mkv", ["Film.mkv", name]) == []


def test_subtitles_go_with_the_recording_whose_name_is_nearest() -> None:
    names = ["Show.mkv", "Show.S01.mkv", "Show.S01.en.srt", "Show.de.srt"]
    assert [one.name for one in subtitles_of("Show.mkv", names)] == ["Show.de.srt"]
    assert [one.name for one in subtitles_of("Show.S01.mkv", names)] == ["Show.S01.en.srt"]


def test_names_are_the_same_however_their_accents_are_written() -> None:
    assert subtitles_of("Café.mkv", ["Cafe\u0301.en.srt"])[0].language == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_we_write_is_read_back_in_every_language(language: str) -> None:
    name = subtitle_name("Some.Film (1999)", language, ".srt")
    assert [one.language for one in subtitles_of("Some.Film (1999).mkv", [name])] == [language]


def test_names_of_languages_that_players_would_mistake() -> None:
    assert subtitle_name("talk", "en", ".srt") == "talk.en.srt"
    assert subtitle_name("talk", "hi", ".srt") == "talk.hin.srt", "hi is a flag to Bazarr"
    assert subtitle_name("talk", "jw", ".srt") == "talk.jv.srt"
    assert len(subtitle_name("x" * 251, "en", ".srt").encode()) <= 255


def test_a_film_knows_its_subtitles_and_its_language(tmp_path: Path) -> None:
    film = write_tracks(
        tmp_path / "film.mkv",
        Sound(speech(6), "ger"),
        subtitles=(("eng", NONE), ("fre", Disposition.forced)),
    )
    info = look_at(film, Options(), Limits())
    assert info is not None
    assert expected_language(Options(), info) == "de"
    assert expected_language(Options(language="fr"), info) == "fr"
    assert expected_language(Options(task="translate"), info) == "en"
    assert subtitle_there(film, "en", info) == "English subtitles are inside the file"
    assert subtitle_there(film, "fr", info) is None
    assert subtitle_there(film, "de", info) is None
    (tmp_path / "Subs").mkdir()
    (tmp_path / "Subs" / "film.deu.srt").touch()
    assert subtitle_there(film, "de", info) == "Subs/film.deu.srt is there"
    assert look_at(tmp_path / "Subs" / "film.deu.srt", Options(), Limits()) is None
