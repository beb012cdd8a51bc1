"""aisubs.media.front: the windows of BatchedInferencePipeline, streamed; the same again after any interruption."""

from __future__ import annotations

import io
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from faster_whisper.audio import decode_audio

from aisubs.media.front import AudioWindow, FrontState, front_version
from aisubs.model.errors import BadInput
from tests import hostile
from tests.media_files import (
    content,
    dense_speech,
    sha256,
    speech,
    speech_file,
    upstream_windows,
    windows_of,
    write_uneven_video,
)
from tests.speech import Samples, write_audio

pytestmark = pytest.mark.slow

RATE = 16_000


def assert_equal_to_upstream(windows: list[AudioWindow], samples: Samples) -> None:
    spans, chunks = upstream_windows(samples)
    pieces = [window.piece for window in windows if window.piece is not None]
    assert [span for piece in pieces for span in piece.spans] == spans
    assert [sha256(piece.samples) for piece in pieces] == [sha256(chunk) for chunk in chunks]
    assert_tiles(windows, len(samples))


def assert_tiles(windows: list[AudioWindow], total: int) -> None:
    assert [window.seq for window in windows] == list(range(len(windows)))
    assert windows[0].start_ms == 0
    assert windows[-1].end_ms == round(total / 16)
    for before, after in pairwise(windows):
        assert before.end_ms == after.start_ms
    for window in windows:
        assert window.start_ms < window.end_ms
        spans = window.piece.spans if window.piece else ()
        assert window.speech_ms == sum(round(end / 16) - round(start / 16) for start, end in spans)
        if window.piece:
            assert window.piece.seq == window.seq
            assert len(window.piece.samples) == sum(end - start for start, end in spans) <= 30 * RATE


def assert_resumes_everywhere(data: bytes, windows: list[AudioWindow]) -> None:
    whole = [content(window) for window in windows]
    for number, window in enumerate(windows):
        text = json.dumps(window.resume.to_json())
        assert len(text) <= 4096
        rest = windows_of(data, FrontState.from_json(json.loads(text)))
        assert [content(one) for one in rest] == whole[number + 1 :]


@pytest.mark.parametrize(
    ("suffix", "rate_hz", "layout"),
    [
        (".mp3", None, "stereo"),
        (".m4a", None, "5.1"),
        (".flac", 44_100, "mono"),
        (".opus", None, "mono"),
        (".webm", None, "mono"),
        (".mp4", None, "stereo"),
        (".mkv", None, "mono"),
        (".wav", 8_000, "mono"),
    ],
)
def test_windows_equal_upstream_and_resume(suffix: str, rate_hz: int | None, layout: str) -> None:
    data = speech_file(suffix, 75, rate_hz, layout)
    windows = windows_of(data)
    assert_equal_to_upstream(windows, decode_audio(io.BytesIO(data)))
    assert len(windows) >= 2
    assert_resumes_everywhere(data, windows)


def test_four_minutes_with_long_pauses_equal_upstream_and_resume_everywhere(tmp_path: Path) -> None:
    pause = np.zeros(80 * RATE, np.float32)
    noise = np.random.default_rng(1).normal(0, 0.01, 45 * RATE).astype(np.float32)
    samples = np.concatenate([speech(40), pause, speech(50, 2), noise, speech(90, 3)[: 70 * RATE], pause[: 20 * RATE]])
    data = write_audio(samples, tmp_path / "pauses.flac").read_bytes()
    windows = windows_of(data)
    assert_equal_to_upstream(windows, decode_audio(io.BytesIO(data)))
    assert_resumes_everywhere(data, windows)
    assert windows[-1].piece is None


def test_a_pause_between_two_full_windows_is_a_tile_of_its_own(tmp_path: Path) -> None:
    """A full window ends with its speech, the next one begins with its own: 100 s of silence belong to neither."""
    talk = dense_speech(29)
    silence = np.zeros(100 * RATE, np.float32)
    data = write_audio(np.concatenate([talk, silence, talk]), tmp_path / "two.wav").read_bytes()
    windows = windows_of(data)
    assert_equal_to_upstream(windows, decode_audio(io.BytesIO(data)))
    quiet = [window for window in windows if window.piece is None and window.end_ms - window.start_ms > 90_000]
    assert len(quiet) == 1
    assert_resumes_everywhere(data, windows)


def test_noise_is_a_tile_without_speech(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.003, 90 * RATE).astype(np.float32)
    data = write_audio(noise, tmp_path / "noise.wav").read_bytes()
    windows = windows_of(data)
    assert_equal_to_upstream(windows, decode_audio(io.BytesIO(data)))
    assert [window.piece for window in windows] == [None]


def test_a_very_long_silence_is_told_in_tiles_of_ten_minutes(tmp_path: Path) -> None:
    data = write_audio(np.zeros(605 * RATE, np.float32), tmp_path / "silence.flac").read_bytes()
    windows = windows_of(data)
    assert [(window.start_ms, window.end_ms, window.piece) for window in windows] == [
        (0, 600_000, None),
        (600_000, 605_000, None),
    ]
    assert_resumes_everywhere(data, windows)


def test_uneven_video_with_a_late_start_and_a_pause_resumes(tmp_path: Path) -> None:
    video = write_uneven_video(tmp_path / "v.mkv", speech(60), audio_starts_s=4, pauses=[(20.0, 15.0)]).read_bytes()
    windows = windows_of(video)
    assert_tiles(windows, windows[-1].end_ms * 16)
    assert windows[-1].end_ms == pytest.approx(79_000, abs=200)
    assert_resumes_everywhere(video, windows)


def test_holes_stand_in_the_window_where_they_are() -> None:
    data = hostile.with_hole(speech_file(".opus", 60), 0.5, 0.52)
    windows = windows_of(data)
    holes = [(window.seq, hole) for window in windows for hole in (window.damage.missing if window.damage else ())]
    assert holes
    for seq, (start_ms, end_ms) in holes:
        assert windows[seq].start_ms <= start_ms < end_ms <= windows[seq].end_ms
    assert_resumes_everywhere(data, windows)


@pytest.mark.parametrize("length", [1, 100, 511, 512, 16_000, 64 * 512, 128 * 512 + 1])
def test_very_short_recordings(length: int, tmp_path: Path) -> None:
    data = write_audio(speech(60)[40_000 : 40_000 + length], tmp_path / "short.wav").read_bytes()
    if length < 8:
        with pytest.raises(BadInput, match="No sound"):
            windows_of(data)
    else:
        assert_equal_to_upstream(windows_of(data), decode_audio(io.BytesIO(data)))


def test_the_version_names_all_that_windows_depend_on() -> None:
    version = front_version()
    assert version == front_version()
    for part in ("front-", "av-18", "avcodec-62", "onnxruntime-", "vad-"):
        assert part in version
