"""What the tests of aisubs/media share: readers, unusual recordings, and the windows that faster-whisper makes."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from aisubs.media.front import AudioWindow, FrontState, Limits, read_windows
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
        (window.seq, window.start_ms, window.end_ms, window.speech_ms, window.holes),
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
