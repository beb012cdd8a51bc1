"""What the tests of aisubs/media share: readers, unusual recordings, and the windows that faster-whisper makes."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from aisubs.media.container import open_media
from aisubs.media.decode import read_blocks
from aisubs.media.front import AudioWindow, FrontState, Limits, read_windows
from aisubs.media.source import RangeFile
from tests.speech import SAMPLE_RATE_HZ, Samples, long_recording, write_audio


class BytesReader:
    """A RangeReader over bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size_bytes = len(data)
        self.fetched_bytes = 0

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        part = self._data[offset_bytes : offset_bytes + length_bytes]
        self.fetched_bytes += len(part)
        return part

    def close(self) -> None: ...


class PathReader:
    """A RangeReader over a file, for those too large to hold."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.size_bytes = path.stat().st_size

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        self._file.seek(offset_bytes)
        return self._file.read(length_bytes)

    def close(self) -> None:
        self._file.close()


@cache
def speech(seconds: float, seed: int = 1) -> Samples:
    """Synthetic speech with pauses over faint noise."""
    return long_recording(seconds, seed, noise=0.001).samples()


@cache
def speech_file(suffix: str, seconds: float = 60, rate_hz: int | None = None, layout: str = "mono") -> bytes:
    """The same speech as a file, in the manner of `tests.speech.ENCODINGS`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"speech{suffix}"
        return write_audio(speech(seconds), path, rate_hz=rate_hz, layout=layout).read_bytes()


def windows_of(data: bytes, resume: FrontState | None = None, limits: Limits | None = None) -> list[AudioWindow]:
    return list(read_windows(BytesReader(data), limits=limits or Limits(), resume=resume))


def content(window: AudioWindow) -> tuple[Any, ...]:
    """All of a window that must be equal after an interruption, the samples as a hash."""
    piece = window.piece
    return (
        (window.seq, window.start_ms, window.end_ms, window.speech_ms, window.damage, window.peaks),
        piece and (piece.seq, piece.spans, piece.samples.dtype, sha256(piece.samples)),
        json.dumps(window.resume.to_json()),
    )


def sha256(samples: Samples) -> str:
    return hashlib.sha256(samples.tobytes()).hexdigest()


def upstream_windows(samples: Samples) -> tuple[list[tuple[int, int]], list[Samples]]:
    """The spans of speech and the windows that BatchedInferencePipeline.transcribe makes of decoded samples."""
    from faster_whisper.vad import VadOptions, collect_chunks, get_speech_timestamps

    spans = get_speech_timestamps(samples, VadOptions(max_speech_duration_s=30, min_silence_duration_ms=160))
    chunks, _ = collect_chunks(samples, spans, max_duration=30)
    return [(span["start"], span["end"]) for span in spans], chunks if spans else []


def dense_speech(seconds: int) -> Samples:
    """Speech without the pauses, which fills a window."""
    samples = speech(60)
    spans, _ = upstream_windows(samples)
    dense = np.concatenate([samples[start + 5000 : end - 5000] for start, end in spans])
    return np.tile(dense, 5)[: seconds * SAMPLE_RATE_HZ]


def write_uneven_video(
    path: Path,
    samples: Samples,
    *,
    audio_starts_s: float = 0.0,
    video_starts_s: float = 0.0,
    pauses: Iterable[tuple[float, float]] = (),
) -> Path:
    """A video of variable frame rate with sound, of any container that holds H.264 and AAC.

    `pauses` are (second, length in s): there the recorder stopped taking sound while the picture went on, so the
    timestamps jump and no sample is missing.
    """
    rate = SAMPLE_RATE_HZ
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 64, 36, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        audio = container.add_stream("aac", rate=rate, layout="mono")
        generator = np.random.default_rng(4)
        shown_ms = shift = 0
        for start in range(0, len(samples), 1024):
            heard_s = start / rate
            shift = sum(round(length_s * rate) for second, length_s in pauses if heard_s >= second)
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], format="fltp", layout="mono")
            frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
            frame.pts = start + shift + round(audio_starts_s * rate)
            container.mux(audio.encode(frame))
            while shown_ms < (start + shift) * 1000 // rate:
                picture = np.full((36, 64, 3), shown_ms // 100 % 256, np.uint8)
                image = av.VideoFrame.from_ndarray(picture, format="rgb24")
                image.pts, image.time_base = shown_ms + round(video_starts_s * 1000), Fraction(1, 1000)
                container.mux(video.encode(image))
                shown_ms += int(generator.choice([33, 40, 200, 1000]))
                shown_ms = max(shown_ms, (start + shift) * 1000 // rate - 20_000)
        container.mux(audio.encode(None))
        container.mux(video.encode(None))
    return path


@dataclass(frozen=True)
class Decoded:
    """A recording as `read_blocks` gives it; spans are (start, end) in samples."""

    samples: Samples
    holes: list[tuple[int, int]]


def decoded(data: bytes, limits: Limits | None = None) -> Decoded:
    file = RangeFile(BytesReader(data))
    limits = limits or Limits()
    media = open_media(file, limits)
    with media.container:
        blocks = list(read_blocks(media, file, limits))
    return Decoded(np.concatenate([one.samples for one in blocks]), [hole for one in blocks for hole in one.holes])


def muxed(
    container_name: str,
    codec: str,
    rate_hz: int,
    seconds: float,
    *,
    layout: str = "mono",
    with_picture: bool = False,
    options: dict[str, str] | None = None,
) -> bytes:
    """The same speech in any container that FFmpeg writes; a picture is black, in the way of broadcasters."""
    file = io.BytesIO()
    with av.open(file, "w", format=container_name, options=options or {}) as container:
        video = container.add_stream("mpeg2video", rate=25) if with_picture else None
        if video is not None:
            video.width, video.height, video.pix_fmt, video.bit_rate = 720, 576, "yuv420p", 300_000
        stream = container.add_stream(codec, rate=rate_hz, layout=layout)
        if codec == "wmav2":
            stream.bit_rate = 64_000  # FFmpeg's own choice is too much for it
        formats = stream.codec_context.codec.audio_formats
        fits = av.AudioResampler(format=formats[0].name if formats else "s16", layout=layout, rate=rate_hz)
        frame = av.AudioFrame.from_ndarray(speech(seconds)[None], format="flt", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, 0
        for part in (*fits.resample(frame), *fits.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
        for number in range(round(seconds * 25) if video is not None else 0):
            picture = av.VideoFrame.from_ndarray(np.zeros((576, 720, 3), np.uint8), format="rgb24")
            picture.pts = number
            container.mux(video.encode(picture))
        if video is not None:
            container.mux(video.encode(None))
    return file.getvalue()


def dhav(seconds: float) -> bytes:
    """What surveillance cameras of Dahua record: 16 bit PCM at 16 kHz, 40 ms in a frame."""
    samples = np.round(speech(seconds) * 32767).astype("<i2")
    frames = []
    for number, start in enumerate(range(0, len(samples), 640)):
        payload = bytes((0x83, 1, 0x0C, 4)) + samples[start : start + 640].tobytes()
        length = 24 + len(payload) + 8
        head = b"DHAV" + struct.pack("<BBBBIIIHBB", 0xF0, 0, 0, 0, number, length, 0, number * 40 & 0xFFFF, 4, 0)
        frames.append(head + payload + b"dhav" + struct.pack("<I", length))
    return b"".join(frames)
