"""The demo's sample as a telephone system would record it: Clara on the left, Tom and the ferryman on the right."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from aisubs.cli.demo_sample import VIDEO
from aisubs.media.front import AudioWindow, Limits, MediaInfo, Wish, read_windows
from aisubs.model.channels import Channels
from tests.bench.diarization_error import Spoken
from tests.media_files import BytesReader
from tests.speech import SAMPLE_RATE_HZ as RATE
from tests.speech import read_audio

Floats = NDArray[np.float32]
_MARGIN_S = 0.1
Heard = list[list[tuple[float, float]]]
"""Of the left side and of the right one, what is heard: (start_s, end_s)."""


@dataclass(frozen=True)
class TwoSides:
    """`samples` (n, 2) at 16 kHz; `spoken` names the side, 0 or 1."""

    samples: Floats
    spoken: list[Spoken]


def sample_spoken() -> list[Spoken]:
    """Who speaks when in the sample."""
    lines = json.loads(VIDEO.with_suffix(".json").read_text())
    return [(line["start_ms"] / 1000, line["end_ms"] / 1000, line["speaker"]) for line in lines]


@cache
def two_sides() -> TwoSides:
    mono = read_audio(VIDEO)
    samples = np.zeros((len(mono), 2), np.float32)
    spoken: list[Spoken] = []
    for start_s, end_s, who in sample_spoken():
        side = 0 if who == "Clara" else 1
        at = slice(round((start_s - _MARGIN_S) * RATE), round((end_s + _MARGIN_S) * RATE))
        samples[at, side] = mono[at]
        spoken.append((start_s, end_s, side))
    return TwoSides(samples, spoken)


def leaking(samples: Floats, leak_db: float) -> Floats:
    """Each side heard on the other, so much quieter."""
    leaked: Floats = (samples + 10 ** (leak_db / 20) * samples[:, ::-1]).astype(np.float32)
    return leaked


def noise(length: int, level_db: float) -> Floats:
    """(length, 2) of white noise."""
    generator = np.random.default_rng(1)
    white: Floats = (10 ** (level_db / 20) * generator.standard_normal((length, 2))).astype(np.float32)
    return white


def write_stereo(samples: Floats, path: Path) -> Path:
    """Samples (n, 2) at 16 kHz as FLAC of 16 bits. Returns `path`."""
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="stereo")
        packed = np.rint(np.clip(samples, -1, 1) * 32767).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="s16", layout="stereo")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def heard(samples: Floats, folder: Path, channels: Channels = Channels.AUTO) -> Heard:
    infos: list[MediaInfo] = []
    data = write_stereo(samples, folder / "call.flac").read_bytes()
    wish = Wish(channels=channels)
    windows = list(read_windows(BytesReader(data), limits=Limits(), wish=wish, on_info=infos.append))
    tracks = windows[-1].resume.tracks
    if tracks is None:
        return [_spans(windows, 0)]
    assert [one.channel for one in infos[0].sides] == [0, 1]
    assert [one.channel for one in infos[0].track.in_turn] == [0, 1]
    second_ms = tracks.starts_ms[1]
    first = [window for window in windows if window.start_ms < second_ms]
    return [_spans(first, 0), _spans(windows[len(first) :], second_ms)]


def _spans(windows: list[AudioWindow], begins_ms: int) -> list[tuple[float, float]]:
    spans = [span for window in windows if window.piece for span in window.piece.spans]
    return [(start / RATE - begins_ms / 1000, end / RATE - begins_ms / 1000) for start, end in spans]
