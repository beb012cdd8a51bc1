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
from tests.bench.diarization_error import Spoken
from tests.speech import SAMPLE_RATE_HZ as RATE
from tests.speech import read_audio

Floats = NDArray[np.float32]
_MARGIN_S = 0.1


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
