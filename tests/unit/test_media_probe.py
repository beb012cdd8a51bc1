"""aisubs.media.probe: what a file is, from few of its bytes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import av
import pytest

from aisubs.media import boxes
from aisubs.media.probe import Limits, MediaInfo, probe
from aisubs.model.errors import BadInput
from tests import hostile
from tests.media_files import BytesReader, PathReader, speech, speech_file, write_uneven_video
from tests.speech import MEETING, SAMPLE_VIDEO


def info_of(data: bytes, limits: Limits | None = None) -> MediaInfo:
    return probe(BytesReader(data), limits or Limits())


def code_of(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(BadInput) as caught:
        info_of(data, limits)
    return caught.value.code


@pytest.mark.parametrize(
    ("suffix", "container", "codec", "rate"),
    [
        (".wav", "wav", "pcm_s16le", 16_000),
        (".flac", "flac", "flac", 16_000),
        (".mp3", "mp3", "mp3float", 44_100),
        (".m4a", "mov,mp4,m4a,3gp,3g2,mj2", "aac", 44_100),
        (".opus", "ogg", "opus", 48_000),
        (".webm", "matroska,webm", "opus", 48_000),
        (".mp4", "mov,mp4,m4a,3gp,3g2,mj2", "aac", 48_000),
        (".mkv", "matroska,webm", "aac", 48_000),
    ],
)
def test_every_common_container(suffix: str, container: str, codec: str, rate: int) -> None:
    info = info_of(speech_file(suffix))
    assert (info.container, info.audio_codec, info.sample_rate) == (container, codec, rate)
    assert info.duration_ms is not None
    assert abs(info.duration_ms - 60_000) < 100
    assert info.has_video == (suffix in (".mp4", ".mkv"))
    assert info.streams == 1 + info.has_video


def test_channels_are_those_of_the_file() -> None:
    assert info_of(speech_file(".m4a", 5, layout="5.1")).channels == 6


def test_the_committed_samples() -> None:
    assert probe(PathReader(SAMPLE_VIDEO), Limits()).has_video
    assert not probe(PathReader(MEETING), Limits()).has_video


def test_the_start_of_the_container_is_told(tmp_path: Path) -> None:
    video = write_uneven_video(tmp_path / "late.mkv", speech(5), audio_starts_s=7, video_starts_s=5)
    assert probe(PathReader(video), Limits()).start_ms == pytest.approx(5000, abs=60)


def test_a_long_file_is_not_read_to_its_end() -> None:
    reader = BytesReader(hostile.wav_with_format(48_000, 2, data_bytes=40_000_000))
    assert probe(reader, Limits()).duration_ms == pytest.approx(208_333, abs=1)
    assert reader.fetched_bytes < 8_000_000


def test_what_is_not_media() -> None:
    assert code_of(b"") == "empty_file"
    assert code_of(b"x") == "not_media"
    assert code_of(hostile.plain_text()) == "not_media"
    assert code_of(hostile.random_bytes(300_000, 5)) == "not_media"
    assert code_of(Path(__file__).read_bytes()) == "not_media"


def test_a_video_without_sound(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "silent.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame(64, 36, "yuv420p")))
        container.mux(stream.encode(None))
    assert code_of((tmp_path / "silent.mp4").read_bytes()) == "no_audio"


def test_longer_than_the_limit_is_refused_by_the_header() -> None:
    with pytest.raises(BadInput) as caught:
        info_of(speech_file(".flac"), Limits(max_duration_ms=59_000))
    assert caught.value.code == "too_long"
    assert "0.0163889 hours" in caught.value.sentence
    assert info_of(speech_file(".flac"), Limits(max_duration_ms=61_000)).duration_ms == 60_000


def test_larger_than_the_limit() -> None:
    assert code_of(speech_file(".flac"), Limits(max_bytes=1000)) == "too_big"


def test_a_duration_that_ffmpeg_guesses_refuses_nothing() -> None:
    info = info_of(speech_file(".mp3")[4000:], Limits(max_duration_ms=1_000))  # its Xing header is cut away
    assert info.audio_codec == "mp3float"


def test_uncompressed_sound_in_a_mov_may_have_any_number_of_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FFmpeg indexes it by chunk, so its sample count costs no memory."""
    monkeypatch.setattr(boxes, "MAX_SAMPLES", 1000)
    path = tmp_path / "pcm.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(speech(5)[None], format="flt", layout="mono")
        frame.sample_rate = 16_000
        for part in av.AudioResampler(format="s16", layout="mono", rate=16_000).resample(frame):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    assert probe(PathReader(path), Limits()).duration_ms == 5000
    compressed = speech_file(".m4a", 60)
    assert code_of(compressed) == "damaged"


@pytest.mark.parametrize("tracks", [65, 70, 10_000])
def test_too_many_tracks(tracks: int) -> None:
    assert code_of(hostile.mp4_with_tracks(speech_file(".m4a", 5), tracks)) == "too_many_streams"


def test_as_many_tracks_as_allowed() -> None:
    assert info_of(hostile.mp4_with_tracks(speech_file(".m4a", 5), 8), Limits(max_streams=8)).streams == 8


@pytest.mark.parametrize("suffix", [".mp4", ".m4a", ".webm", ".mkv", ".opus", ".wav", ".mp3"])
def test_a_missing_end_is_seen_without_decoding(suffix: str) -> None:
    for percent, data in hostile.truncations(speech_file(suffix)):
        assert code_of(data, Limits(strict=True)) == "truncated", percent


def test_it_is_quick_to_import() -> None:
    """The cloud's ingest function imports it on a cold start."""
    script = "import sys, aisubs.media.probe; print([n for n in ('onnxruntime', 'faster_whisper') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
