"""The sound of a video in a file of its own: to the sample what is heard in the video, or not taken out at all."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event

import numpy as np
import psutil
import pytest

from aisubs.media import apart
from aisubs.media.blocks import Block
from aisubs.media.container import Limits, MediaInfo
from aisubs.media.decode_apart import decode_apart
from aisubs.media.mux_apart import CopyLimits
from aisubs.media.probe import probe
from aisubs.media.sound_apart import sound_apart, sounds_the_same
from aisubs.media.source import Stopped
from aisubs.media.tracks import Choice
from aisubs.media.vad import find_vad_model
from aisubs.model.audio_track import Reason
from aisubs.model.errors import AisubsError
from tests.media_files import PathReader, speech, write_uneven_video
from tests.speech import write_audio
from tests.track_files import Sound, write_tracks

pytestmark = pytest.mark.slow

LENGTH_S = 25.0


def take(
    source: Path, target: Path, tell: Callable[[float], None] = lambda _: None, stop: Event | None = None
) -> str | None:
    reader = PathReader(source)
    with target.open("w+b") as file:
        why = sound_apart(reader, file, limits=CopyLimits(1 << 30), media=Limits(), stop=stop or Event(), tell=tell)
    reader.close()
    return why


def heard(path: Path, number: int) -> list[MediaInfo | Block]:
    wish = Choice(number, Reason.ASKED)
    return list(decode_apart(PathReader(path), Limits(), wish, find_vad_model(), 0, Event()))


def samples(items: list[MediaInfo | Block]) -> np.ndarray:
    return np.concatenate([item.samples for item in items if isinstance(item, Block)])


def late(path: Path) -> Path:
    return write_uneven_video(path, speech(LENGTH_S), audio_starts_s=0.7, pauses=[(10.0, 3.0)])


def early(path: Path) -> Path:
    return write_uneven_video(path, speech(LENGTH_S), video_starts_s=0.5)


def two(path: Path) -> Path:
    tracks = (Sound(speech(LENGTH_S), "ger", "Regie"), Sound(speech(LENGTH_S, seed=2), "eng", starts_s=0.25))
    return write_tracks(path, *tracks)


def plain(path: Path) -> Path:
    return write_audio(speech(LENGTH_S), path)


@pytest.mark.parametrize(
    ("name", "make", "tracks"),
    [
        ("late.mp4", late, 1),
        ("late.mkv", late, 1),
        ("early.mp4", early, 1),
        ("early.mkv", early, 1),
        ("two.mp4", two, 2),
        ("two.mkv", two, 2),
        ("early.mov", early, 1),
        ("early.ts", early, 1),
        ("plain.mp4", plain, 1),
        ("opus.mkv", partial(write_audio, speech(LENGTH_S), codec="libopus"), 1),
        ("dolby.mkv", partial(write_audio, speech(LENGTH_S), codec="ac3", layout="stereo"), 1),
    ],
)
def test_what_is_heard_is_the_same_to_the_sample(
    tmp_path: Path, name: str, make: Callable[[Path], Path], tracks: int
) -> None:
    video, sound = make(tmp_path / name), tmp_path / "sound"
    assert take(video, sound) is None
    assert sounds_the_same(PathReader(video), PathReader(sound), Limits(), find_vad_model(), Event())
    for number in range(1, tracks + 1):
        one, other = heard(video, number), heard(sound, number)
        assert np.array_equal(samples(one), samples(other))
        assert [item.gaps for item in one if isinstance(item, Block)] == [
            item.gaps for item in other if isinstance(item, Block)
        ]
    said, told = probe(PathReader(video), Limits()), probe(PathReader(sound), Limits())
    assert told.track == said.track
    assert sound.stat().st_size < video.stat().st_size


def test_the_same_sound_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("two.mkv", "late.mp4"):
        video = (two if name.startswith("two") else late)(tmp_path / name)
        assert take(video, tmp_path / "one") is None
        assert take(video, tmp_path / "other") is None
        assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_what_is_sound_already_or_not_whole_is_sent_as_it_is(tmp_path: Path) -> None:
    assert take(plain(tmp_path / "talk.m4a"), tmp_path / "sound") == "it is sound already"
    data = two(tmp_path / "film.mkv").read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) * 2 // 3])
    (tmp_path / "hole.mkv").write_bytes(data[: len(data) // 2] + bytes(20_000) + data[len(data) // 2 + 20_000 :])
    (tmp_path / "lies.mp4").write_text("This is a text, whatever its name says.\n" * 50)
    for name in ("cut.mkv", "hole.mkv", "lies.mp4"):
        assert take(tmp_path / name, tmp_path / "sound"), name


def test_a_sound_that_differs_is_told(tmp_path: Path) -> None:
    video = late(tmp_path / "late.mkv")
    for number, other in enumerate((write_audio(speech(LENGTH_S), tmp_path / "other.m4a"), early(tmp_path / "e.mkv"))):
        compared = PathReader(video), PathReader(other)
        assert not sounds_the_same(*compared, Limits(), find_vad_model(), Event()), number


def test_a_child_that_is_killed_or_called_off(tmp_path: Path) -> None:
    video, stop = two(tmp_path / "two.mkv"), Event()
    with pytest.raises(Stopped):
        take(video, tmp_path / "sound", lambda _: stop.set(), stop)

    def kill(_share: float) -> None:
        assert apart.HELPER.pid is not None
        for child in psutil.Process(apart.HELPER.pid).children():
            os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(AisubsError) as caught:
        take(video, tmp_path / "sound", kill)
    assert caught.value.code == "damaged"
