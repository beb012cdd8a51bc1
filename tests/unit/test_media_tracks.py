"""Which of several audio tracks is taken: by number, by language, by what is to be heard in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from av.stream import Disposition

from aisubs.media.front import AudioWindow, Choice, FrontState, Limits, MediaInfo, Wish, read_windows
from aisubs.media.probe import probe
from aisubs.model.audio_track import AudioTrack, Reason, check_wish
from aisubs.model.errors import AisubsError
from aisubs.model.job import Options
from aisubs.model.language import LANGUAGES, language_of
from tests.media_files import PathReader, content, speech
from tests.track_files import NONE, Sound, hum, silence, write_tracks

DEFAULT, COMMENT, FORCED = Disposition.default, Disposition.comment, Disposition.forced
SECONDS = 18.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tracks")


@pytest.fixture(scope="module")
def dual(folder: Path) -> Path:
    """A film in two languages; the one that is no default is somebody's."""
    return write_tracks(
        folder / "dual.mkv",
        Sound(speech(SECONDS, seed=1), "jpn", disposition=DEFAULT),
        Sound(speech(SECONDS, seed=2), "eng", "English 2.0"),
        Sound(speech(SECONDS, seed=3), "eng", "Director's commentary"),
    )


@pytest.fixture(scope="module")
def recorder(folder: Path) -> Path:
    """What a screen recorder leaves when nobody used the microphone."""
    return write_tracks(
        folder / "recorder.mkv",
        Sound(silence(SECONDS), title="Mic", disposition=DEFAULT),
        Sound(hum(SECONDS), title="Game"),
        Sound(speech(SECONDS), title="Desktop"),
    )


def heard(
    path: Path, wish: Wish | Choice | None = None, resume: FrontState | None = None
) -> tuple[MediaInfo, list[AudioWindow]]:
    infos: list[MediaInfo] = []
    given = wish or Wish()
    windows = list(read_windows(PathReader(path), limits=Limits(), wish=given, resume=resume, on_info=infos.append))
    return infos[0], windows


def taken(path: Path, wish: Wish | None = None) -> tuple[int, Reason]:
    track = heard(path, wish)[0].track
    return track.number, track.reason


def test_the_default_track_unless_the_spoken_language_names_another(dual: Path) -> None:
    assert taken(dual) == (1, Reason.DEFAULT)
    assert taken(dual, Wish(language="ja")) == (1, Reason.LANGUAGE)
    assert taken(dual, Wish(language="en")) == (2, Reason.LANGUAGE), "and not the commentary"
    assert taken(dual, Wish(language="fr")) == (1, Reason.DEFAULT), "which may well be a wrong tag"


def test_a_track_that_is_asked_for(dual: Path) -> None:
    assert taken(dual, Wish("3")) == (3, Reason.ASKED)
    assert taken(dual, Wish("3", "ja")) == (3, Reason.ASKED)
    assert taken(dual, Wish("en")) == (2, Reason.LANGUAGE)
    assert heard(dual, Wish("2"))[0].track == AudioTrack(2, 3, Reason.ASKED, "en", "English 2.0")


@pytest.mark.parametrize(("wish", "wanted"), [("4", "number 4"), ("fr", "in French")])
def test_a_track_that_is_not_there_is_told_with_those_that_are(dual: Path, wish: str, wanted: str) -> None:
    for look in (lambda: heard(dual, Wish(wish)), lambda: probe(PathReader(dual), Limits(), Wish(wish))):
        with pytest.raises(AisubsError) as caught:
            look()
        assert caught.value.code == "no_such_track"
        assert f"no audio track {wanted}." in caught.value.sentence
        assert "1 Japanese, 2 English “English 2.0”, 3 English “Director's commentary”" in caught.value.sentence


def test_a_silent_default_gives_way_to_speech(recorder: Path) -> None:
    info, windows = heard(recorder)
    assert (info.track.number, info.track.reason, info.track.title) == (3, Reason.SPEECH, "Desktop")
    assert sum(window.speech_ms for window in windows) > 10_000
    assert taken(recorder, Wish("speech")) == (3, Reason.SPEECH)
    assert taken(recorder, Wish("1")) == (1, Reason.ASKED), "who asks for silence gets it"


def test_the_default_stays_where_nobody_speaks_at_all(folder: Path) -> None:
    path = write_tracks(folder / "music.mkv", Sound(hum(8)), Sound(silence(8), disposition=DEFAULT))
    assert taken(path) == (2, Reason.DEFAULT)
    assert taken(path, Wish("speech")) == (2, Reason.DEFAULT)


def test_a_commentary_is_never_taken_for_the_film(folder: Path) -> None:
    """Not even where it speaks more than the film; and where nobody else speaks it is better than nothing."""
    loud = Sound(speech(SECONDS), "eng", disposition=COMMENT)
    rare = Sound(speech(SECONDS, seed=4)[: 4 * 16_000], "eng")
    assert taken(write_tracks(folder / "film.mkv", Sound(silence(SECONDS)), loud, rare)) == (3, Reason.SPEECH)
    assert taken(write_tracks(folder / "mute.mkv", loud, Sound(silence(SECONDS)))) == (1, Reason.SPEECH)


@pytest.mark.slow
def test_of_a_long_recording_a_sample_from_all_over_decides(folder: Path) -> None:
    """Speech begins after a quarter; reading everything would find it too, but a film has gigabytes."""
    late = Sound(speech(60, seed=5), title="Guest", starts_s=75.0)
    path = write_tracks(folder / "late.mkv", Sound(silence(200), title="Host"), late)
    assert taken(path) == (2, Reason.SPEECH)


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.ts"])
def test_every_container_says_its_languages(tmp_path: Path, name: str) -> None:
    path = write_tracks(tmp_path / name, Sound(speech(6, seed=6), "ger"), Sound(speech(6, seed=7), "fre"))
    assert heard(path, Wish("fr"))[0].track.number == 2
    assert heard(path, Wish("de"))[0].track.language == "de"


def test_one_track_is_taken_whatever_it_is_called_unless_it_says_that_it_is_another(tmp_path: Path) -> None:
    plain = write_tracks(tmp_path / "plain.mkv", Sound(speech(6)))
    assert taken(plain, Wish("de")) == (1, Reason.ONLY)
    german = write_tracks(tmp_path / "german.mkv", Sound(speech(6), "ger"))
    assert taken(german, Wish("de")) == (1, Reason.ONLY)
    assert taken(german, Wish(language="en")) == (1, Reason.ONLY)
    with pytest.raises(AisubsError, match="no audio track in English"):
        heard(german, Wish("en"))


@pytest.mark.parametrize("name", ["late.mkv", "late.mp4", "late.ts"])
def test_times_count_from_the_start_of_the_film_whichever_track_is_heard(tmp_path: Path, name: str) -> None:
    """A track that begins three seconds into the film is heard three seconds later than the same one at its start."""
    sound = speech(10, seed=8)
    path = write_tracks(tmp_path / name, Sound(sound, "eng"), Sound(sound, "ger", starts_s=3.0))
    (_, early), (_, late) = heard(path, Wish("1")), heard(path, Wish("2"))
    first = [windows[0].piece for windows in (early, late)]
    assert first[0] is not None
    assert first[1] is not None
    shift_s = (first[1].spans[0][0] - first[0].spans[0][0]) / 16_000
    assert shift_s == pytest.approx(3.0, abs=0.05)


@pytest.mark.slow
def test_a_resumed_run_keeps_the_track_and_makes_the_same_windows(folder: Path) -> None:
    path = write_tracks(
        folder / "resumed.mkv", Sound(silence(100), disposition=DEFAULT), Sound(speech(100, seed=9), title="Guest")
    )
    info, windows = heard(path)
    track = info.track
    for window in windows[:-1]:
        _, rest = heard(path, Choice(track.number, track.reason), window.resume)
        assert [content(one) for one in rest] == [content(one) for one in windows[window.seq + 1 :]]


def test_subtitles_inside_a_film_are_known_but_for_forced_ones(tmp_path: Path) -> None:
    path = write_tracks(
        tmp_path / "film.mkv", Sound(speech(6)), subtitles=(("eng", NONE), ("ger", FORCED), ("fre", DEFAULT))
    )
    assert probe(PathReader(path), Limits()).subtitles == ("en", "fr")


def test_wishes_have_one_spelling() -> None:
    assert [check_wish(wish) for wish in ("2", " 02 ", "German", "ger", "de-AT", "Speech")] == [
        "2", "2", "de", "de", "de", "speech",
    ]  # fmt: skip
    for wrong in ("0", "-1", "65", "loud", "²"):
        with pytest.raises(ValueError, match="audio track"):
            check_wish(wrong)
    assert Options(audio_track=2).as_json() == {"audio_track": "2"}  # type: ignore[arg-type]
    assert Options(audio_track="auto").as_json() == {}


def test_the_tags_of_films_mean_languages() -> None:
    assert all(language_of(code) == code for code in LANGUAGES)
    meant = {"eng": "en", "ger": "de", "deu": "de", "chi": "zh", "zh-Hant": "zh", "cht": "zh", "pt_BR": "pt",
             "iw": "he", "nob": "no", "fil": "tl", "jav": "jw", "GERMAN": "de", "es-419": "es"}  # fmt: skip
    assert {tag: language_of(tag) for tag in meant} == meant
    for none in ("und", "mul", "zxx", "", "forced", "sdh", "1080p", "x264", "Part 2"):
        assert language_of(none) is None
