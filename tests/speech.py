"""Recordings of any length with known words, put together from the sentences of the committed meeting.

No synthesiser is needed, and nothing is kept in memory but the sentences themselves, so a ten-hour file costs as much
memory as a ten-second one. The same arguments give the same samples.

    recording = long_recording(seconds=600, seed=7)
    write_audio(recording.blocks(), tmp_path / "ten-minutes.m4a")
    recording.words  # what a transcript should say
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tests.toy_model import TOY

Samples = NDArray[np.float32]
"""Mono samples at 16 kHz in -1 … 1."""

SAMPLE_RATE_HZ = 16_000
FOLDER = TOY.parent / "samples"
SAMPLE_VIDEO = FOLDER / "sample.mp4"
MEETING = FOLDER / "meeting.opus"

_MARGIN_MS = 40
_BLOCK_SAMPLES = 10 * SAMPLE_RATE_HZ


@dataclass(frozen=True)
class Clip:
    """One sentence as it was spoken in the meeting."""

    text: str
    speaker: str
    samples: Samples


@dataclass(frozen=True)
class Placed:
    """A clip at its place in a recording, in samples from the start."""

    clip: Clip
    start: int

    @property
    def end(self) -> int:
        """First sample after the clip."""
        return self.start + len(self.clip.samples)


@dataclass(frozen=True)
class LongRecording:
    """Clips with pauses between them; `length` in samples."""

    length: int
    placed: tuple[Placed, ...]
    noise: float
    seed: int

    @property
    def words(self) -> list[str]:
        """All words in order, lower case."""
        return [word for placed in self.placed for word in placed.clip.text.split()]

    def blocks(self) -> Iterator[Samples]:
        """The samples in blocks of ten seconds, the last one shorter."""
        placed = 0
        for number, first in enumerate(range(0, self.length, _BLOCK_SAMPLES)):
            block = self._background(number, min(_BLOCK_SAMPLES, self.length - first))
            end = first + len(block)
            while placed < len(self.placed) and self.placed[placed].end <= first:
                placed += 1
            for item in self.placed[placed:]:
                if item.start >= end:
                    break
                begin, stop = max(item.start, first), min(item.end, end)
                block[begin - first : stop - first] += item.clip.samples[begin - item.start : stop - item.start]
            yield block

    def samples(self) -> Samples:
        """The whole recording at once; for short ones."""
        return np.concatenate(list(self.blocks()))

    def _background(self, number: int, count: int) -> Samples:
        if not self.noise:
            return np.zeros(count, np.float32)
        generator = np.random.default_rng((self.seed, number))
        return self.noise * generator.standard_normal(count, np.float32)


def read_audio(path: Path) -> Samples:
    """Decode the first audio track of one of our own files."""
    with av.open(str(path)) as container:
        to_mono = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE_HZ)
        frames = [frame for decoded in container.decode(audio=0) for frame in to_mono.resample(decoded)]
        frames += to_mono.resample(None)
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


@cache
def clips() -> tuple[Clip, ...]:
    """The sentences of the meeting, cut out with 40 ms on either side and faded in and out over 5 ms."""
    samples = read_audio(MEETING)
    fade = np.linspace(0, 1, SAMPLE_RATE_HZ // 200, dtype=np.float32)
    cut = []
    for line in json.loads(MEETING.with_suffix(".json").read_text()):
        first = (line["start_ms"] - _MARGIN_MS) * SAMPLE_RATE_HZ // 1000
        end = (line["end_ms"] + _MARGIN_MS) * SAMPLE_RATE_HZ // 1000
        piece = samples[first:end].copy()
        piece[: len(fade)] *= fade
        piece[-len(fade) :] *= fade[::-1]
        cut.append(Clip(line["text"], line["speaker"], piece))
    return tuple(cut)


def expected_words(path: Path) -> list[str]:
    """Words of a committed sample, lower case."""
    return path.with_suffix(".txt").read_text().split()


def long_recording(
    seconds: float,
    seed: int,
    pause_s: tuple[float, float] = (0.4, 2.0),
    long_pause_s: tuple[float, float] = (4.0, 15.0),
    long_pause_share: float = 0.05,
    noise: float = 0.0,
) -> LongRecording:
    """Sentences in random order for exactly `seconds`, with mostly short pauses and some long ones.

    `noise` is the standard deviation of white noise under it all. No sentence is cut off at the end.
    """
    rng = random.Random(seed)
    length = round(seconds * SAMPLE_RATE_HZ)
    placed: list[Placed] = []
    position = round(0.3 * SAMPLE_RATE_HZ)
    while True:
        clip = rng.choice(clips())
        if position + len(clip.samples) > length:
            return LongRecording(length, tuple(placed), noise, seed)
        placed.append(Placed(clip, position))
        pause = long_pause_s if rng.random() < long_pause_share else pause_s
        position += len(clip.samples) + round(rng.uniform(*pause) * SAMPLE_RATE_HZ)


@dataclass(frozen=True)
class Encoding:
    """How a file is written."""

    container: str
    codec: str
    rate_hz: int
    bit_rate: int | None = None
    with_video: bool = False


ENCODINGS = {
    ".wav": Encoding("wav", "pcm_s16le", 16_000),
    ".flac": Encoding("flac", "flac", 16_000),
    ".mp3": Encoding("mp3", "libmp3lame", 44_100, 64_000),
    ".m4a": Encoding("mp4", "aac", 44_100, 64_000),
    ".opus": Encoding("ogg", "libopus", 48_000, 24_000),
    ".webm": Encoding("webm", "libopus", 48_000, 24_000),
    ".mp4": Encoding("mp4", "aac", 48_000, 64_000, with_video=True),
    ".mkv": Encoding("matroska", "aac", 48_000, 64_000, with_video=True),
}
"""Suffix -> how it is written unless told otherwise."""


def write_audio(
    samples: Samples | Iterable[Samples],
    path: Path,
    *,
    codec: str | None = None,
    rate_hz: int | None = None,
    layout: str = "mono",
    start_s: float = 0.0,
) -> Path:
    """Write samples, or blocks of them as they come, in the manner of the path's suffix (`ENCODINGS`).

    `layout` as FFmpeg names it (`stereo`, `5.1`): the speech is mixed up to it. `start_s` shifts the first timestamp
    of every track. A video track is a small moving picture, twice a second. Returns `path`.
    """
    encoding = ENCODINGS[path.suffix]
    blocks = [samples] if isinstance(samples, np.ndarray) else samples
    with av.open(str(path), "w", format=encoding.container) as container:
        video = _VideoTrack(container, start_s) if encoding.with_video else None
        audio = _AudioTrack(container, encoding, codec or encoding.codec, rate_hz or encoding.rate_hz, layout, start_s)
        written_s = 0.0
        for block in blocks:
            audio.write(block)
            written_s += len(block) / SAMPLE_RATE_HZ
            if video is not None:
                video.write_until(written_s)
        audio.close()
        if video is not None:
            video.close()
    return path


class _AudioTrack:
    def __init__(self, container, encoding: Encoding, codec: str, rate_hz: int, layout: str, start_s: float) -> None:
        self._container = container
        self._stream = container.add_stream(codec, rate=rate_hz, layout=layout)
        if encoding.bit_rate:
            self._stream.bit_rate = encoding.bit_rate
        sample_format = self._stream.codec_context.codec.audio_formats[0].name
        self._resampler = av.AudioResampler(format=sample_format, layout=layout, rate=rate_hz)
        self._position = round(start_s * rate_hz)  # of the next frame, in samples of the track
        self._time_base = Fraction(1, rate_hz)

    def write(self, block: Samples | None) -> None:
        """Encode a block; None drains the resampler."""
        frame = None
        if block is not None:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block[None]), format="flt", layout="mono")
            frame.sample_rate = SAMPLE_RATE_HZ
        for resampled in self._resampler.resample(frame):
            resampled.pts, resampled.time_base = self._position, self._time_base
            self._position += resampled.samples
            self._container.mux(self._stream.encode(resampled))

    def close(self) -> None:
        self.write(None)
        self._container.mux(self._stream.encode(None))


class _VideoTrack:
    _WIDTH, _HEIGHT, _PICTURES_PER_S = 64, 36, 2

    def __init__(self, container, start_s: float) -> None:
        self._container = container
        self._stream = container.add_stream("libx264", rate=self._PICTURES_PER_S, options={"preset": "ultrafast"})
        self._stream.width, self._stream.height, self._stream.pix_fmt = self._WIDTH, self._HEIGHT, "yuv420p"
        self._shift = round(start_s * self._PICTURES_PER_S)
        self._written = 0

    def write_until(self, seconds: float) -> None:
        """Encode all pictures before `seconds`: a bright bar that runs across."""
        while self._written < seconds * self._PICTURES_PER_S:
            picture = np.full((self._HEIGHT, self._WIDTH, 3), 32, np.uint8)
            picture[:, self._written % self._WIDTH] = 224
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = self._written + self._shift, Fraction(1, self._PICTURES_PER_S)
            self._container.mux(self._stream.encode(frame))
            self._written += 1

    def close(self) -> None:
        self._container.mux(self._stream.encode(None))
