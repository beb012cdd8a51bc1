"""Features made in blocks are those of faster-whisper, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from aisubs.adapters.engine.faster_whisper.features import log_mel


@pytest.mark.parametrize("mels", [80, 128])
@pytest.mark.parametrize("count", [320, 399, 41_120, 81_920, 333_333, 480_000])
def test_blocks_change_nothing(mels: int, count: int) -> None:
    extractor = FeatureExtractor(feature_size=mels)
    for samples in (np.random.default_rng(count).normal(0, 0.1, count).astype(np.float32), np.zeros(count, np.float32)):
        expected = extractor(samples)[..., :-1]
        made = log_mel(extractor, samples)
        assert made.dtype == expected.dtype
        assert np.array_equal(made, expected)
