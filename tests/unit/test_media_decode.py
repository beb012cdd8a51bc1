"""aisubs.media.decode: the samples of faster-whisper's decode_audio, in blocks, at their true places."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from faster_whisper.audio import decode_audio

from aisubs.media.blocks import BLOCK_SAMPLES, Block
from aisubs.media.container import Limits, open_media
from aisubs.media.decode import read_blocks
from aisubs.media.source import RangeFile
from aisubs.model.errors import BadInput
from tests import hostile
from tests.media_files import BytesReader, speech, speech_file, write_uneven_video
from tests.speech import Samples, write_audio

pytestmark = pytest.mark.slow

RATE = 16_000
FORMS = [
    (".mp3", 44_100, "stereo"),
    (".mp3", 48_000, "mono"),
    (".mp3", 8_000, "mono"),
    (".m4a", 44_100, "stereo"),
    (".m4a", 48_000, "5.1"),
    (".flac", 44_100, "stereo"),
    (".flac", 48_000, "5.1"),
    (".flac", 8_000, "mono"),
    (".opus", 48_000, "mono"),
    (".webm", 48_000, "stereo"),
    (".webm", 48_000, "5.1"),
    (".mp4", 44_100, "stereo"),
    (".mkv", 48_000, "mono"),
    (".wav", 8_000, "mono"),
    (".wav", 16_000, "mono"),
    (".wav", 44_100, "stereo"),
    (".wav", 11_025, "5.1"),
]


def blocks_of(data: bytes, skip: int = 0, limits: Limits | None = None) -> list[Block]:
    limits = limits or Limits()
    file = RangeFile(BytesReader(data))
    media = open_media(file, limits)
    with media.container:
        return list(read_blocks(media, file, limits, skip))


def samples_of(data: bytes) -> Samples:
    return np.concatenate([block.samples for block in blocks_of(data)])


def code_of(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(BadInput) as caught:
        blocks_of(data, limits=limits)
    return caught.value.code


@pytest.mark.parametrize(("suffix", "rate_hz", "layout"), FORMS)
def test_samples_equal_upstream_also_when_the_start_is_skipped(suffix: str, rate_hz: int, layout: str) -> None:
    data = speech_file(suffix, 20, rate_hz, layout)
    expected = decode_audio(io.BytesIO(data))
    blocks = blocks_of(data)
    assert np.array_equal(np.concatenate([block.samples for block in blocks]), expected)
    assert [block.start for block in blocks] == list(range(0, len(expected) + 1, BLOCK_SAMPLES))
    assert {len(block.samples) for block in blocks[:-1]} == {BLOCK_SAMPLES}
    for skip in (1, RATE * 7 + 11, len(expected) - 1):
        rest = blocks_of(data, skip)
        assert rest[0].start <= skip < rest[0].start + BLOCK_SAMPLES
        assert np.array_equal(np.concatenate([block.samples for block in rest]), expected[rest[0].start :])


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 12_000, 16_001, 22_050, 32_000, 37_800, 44_056, 96_000, 192_000])
def test_skipping_keeps_the_phase_at_every_rate(rate_hz: int) -> None:
    data = speech_file(".wav", 6, rate_hz)
    whole = samples_of(data)
    rest = blocks_of(data, RATE * 5)
    assert np.array_equal(np.concatenate([block.samples for block in rest]), whole[rest[0].start :])


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".ts"])
def test_sound_that_starts_late_is_placed_late(suffix: str, tmp_path: Path) -> None:
    late = samples_of(write_uneven_video(tmp_path / f"late{suffix}", speech(10), audio_starts_s=3).read_bytes())
    prompt = samples_of(write_uneven_video(tmp_path / f"prompt{suffix}", speech(10)).read_bytes())
    assert not late[: 3 * RATE - 2000].any()
    shift = len(late) - len(prompt)
    assert abs(shift - 3 * RATE) < RATE // 10
    assert np.array_equal(late[shift + RATE :], prompt[RATE:])


def test_a_common_start_of_all_tracks_is_time_zero(tmp_path: Path) -> None:
    video = write_uneven_video(tmp_path / "cut.mkv", speech(10), audio_starts_s=50, video_starts_s=50)
    assert np.array_equal(samples_of(video.read_bytes()), decode_audio(str(video)))


def test_a_pause_of_the_recorder_is_silence_and_no_damage(tmp_path: Path) -> None:
    video = write_uneven_video(tmp_path / "paused.mkv", speech(12), pauses=[(4.0, 6.0)]).read_bytes()
    whole = decode_audio(io.BytesIO(write_uneven_video(tmp_path / "whole.mkv", speech(12)).read_bytes()))
    blocks = blocks_of(video)
    paused = np.concatenate([block.samples for block in blocks])
    assert abs(len(paused) - len(whole) - 6 * RATE) < 1600
    assert np.array_equal(paused[: 4 * RATE - 2048], whole[: 4 * RATE - 2048])
    assert not paused[5 * RATE : 9 * RATE].any()
    assert np.array_equal(paused[-7 * RATE :], whole[-7 * RATE :])
    assert [hole for block in blocks for hole in block.holes] == []
    ((begins, ends),) = [gap for block in blocks for gap in block.gaps]
    assert (begins / RATE, ends / RATE) == (pytest.approx(4, abs=0.2), pytest.approx(10, abs=0.2))
    rest = blocks_of(video, 11 * RATE)
    assert np.array_equal(np.concatenate([block.samples for block in rest]), paused[rest[0].start :])


@pytest.mark.parametrize("suffix", [".opus", ".m4a", ".flac"])
def test_lost_packets_become_silence_and_are_told(suffix: str) -> None:
    data = speech_file(suffix, 60)
    damaged = hostile.with_hole(data, 0.5, 0.52)
    whole, left = samples_of(data), samples_of(damaged)
    holes = [hole for block in blocks_of(damaged) for hole in block.holes]
    assert abs(len(left) - len(whole)) < RATE // 100
    assert len(holes) == 1
    start, end = holes[0]
    assert RATE // 2 < end - start < 3 * RATE
    assert np.array_equal(left[: start - RATE], whole[: start - RATE])
    # Behind the hole the resampler starts anew, a fraction of a sample off.
    assert np.corrcoef(left[end + RATE : -RATE], whole[end + RATE : len(left) - RATE])[0, 1] > 0.99


def test_frames_lost_at_an_unknown_place_are_told_at_the_end() -> None:
    blocks = blocks_of(hostile.with_hole(speech_file(".mp3", 60), 0.5, 0.52))
    (hole,) = [hole for block in blocks for hole in block.holes]
    assert hole[1] == blocks[-1].start + len(blocks[-1].samples) == 60 * RATE
    assert RATE // 2 < hole[1] - hole[0] < 2 * RATE


@pytest.mark.parametrize("suffix", [".opus", ".webm", ".mkv", ".m4a", ".mp3"])
def test_a_recording_that_is_mostly_damaged_is_refused(suffix: str) -> None:
    assert code_of(hostile.with_hole(speech_file(suffix, 60), 0.2, 0.6), Limits(strict=True)) == "damaged"
    if suffix != ".mp3":  # which has no clock: see test_media_cut.py
        assert code_of(hostile.with_hole(speech_file(suffix, 60), 0.2, 0.95)) == "damaged"


def test_two_streams_one_after_the_other_are_one_recording() -> None:
    """What `cat a.aac b.aac` makes: the rate changes in the middle. faster-whisper fails on it."""
    parts = []
    for rate_hz in (44_100, 32_000):
        part = io.BytesIO()
        with av.open(part, "w", format="adts") as container:
            stream = container.add_stream("aac", rate=rate_hz, layout="mono")
            resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate_hz)
            frame = av.AudioFrame.from_ndarray(speech(10)[None], format="flt", layout="mono")
            frame.sample_rate = RATE
            for resampled in [*resampler.resample(frame), *resampler.resample(None)]:
                container.mux(stream.encode(resampled))
            container.mux(stream.encode(None))
        parts.append(part.getvalue())
    both = samples_of(parts[0] + parts[1])
    assert abs(len(both) - 20 * RATE) < RATE // 5
    assert np.array_equal(both[: 9 * RATE], samples_of(parts[0])[: 9 * RATE])
    rest = blocks_of(parts[0] + parts[1], 15 * RATE)
    assert np.array_equal(np.concatenate([block.samples for block in rest]), both[rest[0].start :])


def test_channels_without_a_place_are_averaged() -> None:
    assert len(samples_of(hostile.wav_with_format(48_000, 32, 48_000 * 64))) == RATE


def test_planar_channels_without_a_place_are_refused() -> None:
    """Found by the fuzz run: PyAV crashes when it turns such a frame into an array."""
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as container:
        stream = container.add_stream("wavpack", rate=RATE, layout="9 channels")
        planar = av.AudioResampler(format="s16p", layout="9 channels", rate=RATE)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, RATE * 9), np.int16), format="s16", layout="9 channels")
        frame.sample_rate = RATE
        for part in planar.resample(frame):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    assert code_of(file.getvalue()) == "not_media"


def test_the_default_track_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("pcm_s16le", rate=RATE, layout="mono") for _ in range(2)]
        streams[0].disposition, streams[1].disposition = 0, 1
        for start in range(0, RATE, 1000):
            for index, stream in enumerate(streams):
                tone = np.full((1, 1000), 1000 * (index + 1), np.int16)
                frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
                frame.sample_rate, frame.pts = RATE, start
                container.mux(stream.encode(frame))
    assert set((samples_of(path.read_bytes()) * 32768).tolist()) == {2000.0}


def test_the_limit_holds_for_what_is_decoded_and_not_only_for_what_is_claimed() -> None:
    bomb = hostile.flac_without_length(speech_file(".flac", 20))
    assert code_of(bomb, Limits(max_duration_ms=10_000)) == "too_long"
    assert len(samples_of(bomb)) == 20 * RATE


def test_a_timestamp_a_year_ahead_is_too_long(tmp_path: Path) -> None:
    video = write_uneven_video(tmp_path / "year.mkv", speech(5), pauses=[(2.0, 400 * 86_400.0)])
    assert code_of(video.read_bytes()) == "too_long"


def test_an_edit_list_shortens_a_recording_as_players_do(tmp_path: Path) -> None:
    data = bytearray(write_audio(speech(20), tmp_path / "edited.m4a").read_bytes())
    edits = data.index(b"elst") + 4
    count = int.from_bytes(data[edits + 4 : edits + 8], "big")
    last = edits + 8 + 12 * (count - 1)
    scale = int.from_bytes(data[data.index(b"mvhd") + 16 : data.index(b"mvhd") + 20], "big")
    data[last : last + 4] = (10 * scale).to_bytes(4, "big")
    assert abs(len(samples_of(bytes(data))) - 10 * RATE) < RATE // 10
