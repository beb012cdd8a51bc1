"""Real weights through the engine port: what the packages hold are the models that they say they are."""

from __future__ import annotations

import numpy as np
import pytest

from aisubs.model.engine_name import split_engine
from aisubs.model.job import Options
from aisubs.ports import Piece
from aisubs.settings import Settings
from aisubs.wiring_engine import make_engine
from tests.real_models import real_model
from tests.real_recordings import recording
from tests.speech import SAMPLE_RATE_HZ, read_audio

JFK = "and so my fellow americans ask not what your country can do for you ask what you can do for your country"


@pytest.mark.parametrize("model", ["tiny.en", "base", "whisper-cpp:base", "whisper-cpp:tiny.en"])
def test_a_real_recording_is_understood(model: str) -> None:
    real_model(split_engine(model)[1])
    samples = read_audio(recording("read/jfk.flac"))
    engine = make_engine(Settings(model=model, cpu_threads=1))
    assert engine.model == model
    prepared = engine.prepare(Piece(0, samples.astype(np.float32), ((0, len(samples)),)))
    [guess] = engine.guess_languages([prepared])
    assert guess.language == "en"
    [segments] = engine.transcribe([prepared], "en", Options())
    heard = "".join(segment.text for segment in segments).lower()
    assert "".join(c for c in heard if c.isalpha() or c == " ").split() == JFK.split()
    assert 9_000 < segments[-1].end_ms <= 1000 * len(samples) / SAMPLE_RATE_HZ
