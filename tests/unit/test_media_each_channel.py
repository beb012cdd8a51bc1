"""Channels for themselves are computed only from where they differ on, and are then as if from the start."""

from __future__ import annotations

import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from aisubs.media.each_channel import SAMPLE_RATE, resampled
from aisubs.media.resample import Run

GROUPS, GROUP = 6, 40_000
DTYPES = {"s16": np.int16, "s16p": np.int16, "fltp": np.float32, "s32p": np.int32}


def frames(name: str, rate: int, differ_from: int) -> list[AudioFrame]:
    """Two channels, equal up to a sample."""
    dice = np.random.default_rng(7)
    left, other = (np.cumsum(dice.standard_normal(GROUPS * GROUP)) / 2_000 for _ in range(2))
    right = np.where(np.arange(len(left)) < differ_from, left, other)
    whole = 1 if name == "fltp" else np.iinfo(DTYPES[name]).max
    pair = (np.clip(np.stack([left, right]), -1, 1) * 0.9 * whole).astype(DTYPES[name])
    made = []
    for start in range(0, pair.shape[1], GROUP):
        part = np.ascontiguousarray(pair[:, start : start + GROUP])
        values = part if name.endswith("p") else np.ascontiguousarray(part.T).reshape(1, -1)
        frame = AudioFrame.from_ndarray(values, format=name, layout="stereo")
        frame.sample_rate = rate
        made.append(frame)
    return made


def all_at_once(name: str, rate: int, differ_from: int, layout: str) -> np.ndarray:
    resampler = AudioResampler(format="s16", layout=layout, rate=SAMPLE_RATE)
    fed = [*frames(name, rate, differ_from), None]
    return np.concatenate([piece[0] for frame in fed for piece in resampled(resampler, frame)])


@pytest.mark.parametrize("differ_from", [0, 1, 100_000, 120_000, 10**9], ids=["0", "1", "inside", "border", "never"])
@pytest.mark.parametrize(("name", "rate"), [("s16", 44_100), ("fltp", 48_000), ("s16p", 8_000), ("s32p", 16_000)])
def test_nobody_can_tell_when_it_was_begun(name: str, rate: int, differ_from: int) -> None:
    fed = frames(name, rate, differ_from)
    run = Run(fed[0])
    sounds = [sound for frame in fed for sound in run.feed(frame)] + run.finish()
    mono = np.concatenate([sound.mono for sound in sounds])
    wide = np.concatenate([sound.wide for sound in sounds if sound.wide is not None])
    assert np.array_equal(mono, all_at_once(name, rate, differ_from, "mono"))
    assert np.array_equal(wide.reshape(-1), all_at_once(name, rate, differ_from, "stereo"))


def test_equal_channels_take_no_memory_of_their_own() -> None:
    fed = frames("s16", 44_100, 10**9)
    run = Run(fed[0])
    (sound,) = run.feed(fed[0])
    assert sound.wide is not None
    assert np.shares_memory(sound.wide, sound.mono)
