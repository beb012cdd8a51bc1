"""Subtitles inside videos, read back by FFmpeg: equal times, italics, places, languages, and everything else kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest

from aisubs.cli.demo_sample import VIDEO
from aisubs.formats import shape
from aisubs.formats.cue import Cue
from aisubs.media.mux import Track, mux, muxed_suffix
from aisubs.model.captions.overrides import Override
from aisubs.model.errors import AisubsError
from aisubs.model.transcript import Segment, Transcript, Word
from tests.speech import SAMPLE_RATE_HZ, write_audio


def cues() -> list[Cue]:
    """Three: one plain, one in italics at the top, one that looks like tags."""
    segments = []
    styles = [None, Override(italic=True, position="top"), None]
    for number, (text, style) in enumerate(
        zip(["Guten Tag, Füchse.", "Was sagst du?", "a <b> c {d}."], styles, strict=True)
    ):
        begin = 1_000 + 9_000 * number
        words = tuple(
            Word(begin + 400 * i, begin + 400 * i + 350, f" {word}", 0.9, style) for i, word in enumerate(text.split())
        )
        segments.append(Segment(begin, words[-1].end_ms, "".join(word.text for word in words), words))
    return shape(Transcript(45_000, "de", tuple(segments)), "netflix")


@dataclass(frozen=True)
class Shown:
    start_ms: int
    end_ms: int
    text: str


def read_back(path: Path) -> tuple[str, list[Shown]]:
    """The language of the last subtitle track and what is shown when."""
    with av.open(str(path)) as file:
        stream = file.streams.subtitles[-1]
        shown = []
        for packet in file.demux(stream):
            texts = (
                [line.ass.decode().split(",", 8)[-1] for line in stream.decode(packet)]
                if packet.pts is not None
                else []
            )
            if texts:
                start_ms = float(packet.pts * packet.time_base) * 1000
                shown.append(
                    Shown(round(start_ms), round(start_ms + float(packet.duration * packet.time_base) * 1000), texts[0])
                )
        return stream.metadata.get("language", "und"), shown


def shift_ms(source: Path, copy: Path) -> int:
    """By how much a container has moved everything, picture and sound: Matroska begins at 0."""
    first = []
    for path in (source, copy):
        with av.open(str(path)) as file:
            (packet, *_) = (packet for packet in file.demux(file.streams.audio[0]) if packet.pts is not None)
            first.append(float(packet.pts * packet.time_base) * 1000)
    return round(first[1] - first[0])


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_every_cue_is_shown_when_it_should_be(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"copy{suffix}"
    mux(VIDEO, target, Track.of(cues(), "de", "Deutsch"))
    language, shown = read_back(target)
    moved = shift_ms(VIDEO, target)
    assert [(one.start_ms - moved, one.end_ms - moved) for one in shown] == [(c.start_ms, c.end_ms) for c in cues()]
    assert language == "ger"
    bare = [re.sub(r"\{\\[^}]*\}|\u2060", "", one.text) for one in shown]
    assert bare[0] == "Guten Tag, Füchse."
    assert bare[2] == "a <b> c ｛d｝."
    assert r"{\i1}" in shown[1].text
    if suffix == ".mkv":
        assert r"{\an8}" in shown[1].text
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_picture_and_sound_are_the_very_packets(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"copy{suffix}"
    heard: list[float] = []
    mux(VIDEO, target, Track.of(cues(), "en"), heard.append)
    for kind in ("video", "audio"):
        packets = []
        for path in (VIDEO, target):
            with av.open(str(path)) as file:
                packets.append([bytes(packet) for packet in file.demux(getattr(file.streams, kind)[0]) if packet.size])
        assert packets[0] == packets[1]
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_subtitles_that_are_there_stay_beside_the_new_ones(tmp_path: Path) -> None:
    once, twice = tmp_path / "once.mkv", tmp_path / "twice.mkv"
    mux(VIDEO, once, Track.of(cues()[:1], "en"))
    mux(once, twice, Track.of(cues(), "de"))
    with av.open(str(twice)) as file:
        assert [stream.metadata["language"] for stream in file.streams.subtitles] == ["eng", "ger"]


def test_sound_alone_becomes_matroska(tmp_path: Path) -> None:
    sound = write_audio(np.zeros(5 * SAMPLE_RATE_HZ, np.float32), tmp_path / "talk.mp3")
    target = tmp_path / f"talk{muxed_suffix(sound)}"
    assert target.suffix == ".mkv"
    mux(sound, target, Track.of(cues()[:1], "xx"))
    assert read_back(target)[0] == "und"


def test_what_is_no_video_and_a_copy_called_off_leave_nothing(tmp_path: Path) -> None:
    text = tmp_path / "talk.mp4"
    text.write_text("no video")
    with pytest.raises(AisubsError) as refused:
        mux(text, tmp_path / "copy.mp4", Track.of(cues(), "de"))
    assert refused.value.code == "not_media"

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mux(VIDEO, tmp_path / "copy.mp4", Track.of(cues(), "de"), stop)
    with pytest.raises(FileNotFoundError):
        mux(tmp_path / "none.mp4", tmp_path / "copy.mp4", Track.of(cues(), "de"))
    assert [path.name for path in tmp_path.iterdir()] == ["talk.mp4"]
