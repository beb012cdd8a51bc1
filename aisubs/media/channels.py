"""What the channels of a stretch of sound are to each other: do they cancel, does one of them drown the others?

The mean of all channels (FFmpeg's downmix) is right for nearly every recording, and it is what faster-whisper hears. It
is wrong where a wire is turned round, so that left and right cancel, and where somebody speaks into one channel while
another has only hum or noise. Two people on two channels stay two people in the mean.

Everything here looks at one stretch alone and remembers nothing, so an interrupted recording is judged as a whole one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int16]
Mask = NDArray[np.bool_]

CELL = 2_048
"""0.128 s: the grain in which turned channels are turned back."""
_OPPOSITE, _OPPOSITE_ALONE = -0.5, -0.3
"""Correlation of two channels over `_CELLS` cells, and over one of them, from which on they cancel."""
_CELLS = 4
"""Half a second. For shorter, two microphones in one room may be opposite by the pitch of a voice."""
_FRAME = 512
_PRE_EMPHASIS = 0.97  # hum and rumble weigh as little as they do in speech
_QUIET = (4 / 32768) ** 2
"""Mean square below which there is nothing to judge: the noise of 16 bits and a little more."""
_LIVELY_DB = 10.0
"""So much louder is the loud twentieth of speech than its quiet tenth, at least; noise and hum are even."""
_DROWNED_DB, _CLEAR_DB = 6.0, 15.0
"""A channel so much livelier than the mean of all is worth listening to by itself, unless the mean is lively enough."""
_SPEAKS, _IS_STILL = 0.25, 0.05
"""Shares of a stretch in which the voice detector hears speech."""
Listen = Callable[[Floats], float]
"""The share of samples (-1 … 1, a whole number of chunks) in which somebody speaks."""


def emphasized(sound: Ints) -> Floats:
    """The first axis is time; values in -1 … 1."""
    values = sound.astype(np.float32) / np.float32(32768)
    values[1:] -= np.float32(_PRE_EMPHASIS) * values[:-1]
    values[:1] = 0
    return values


def cell_sums(pair: Floats) -> Floats:
    """Of two channels, emphasized, for each cell: the sum of products, half the sum of squares. Shape (cells, 2)."""
    cells = -(-len(pair) // CELL)
    padded = np.zeros((cells * CELL, 2), np.float32)
    padded[: len(pair)] = pair
    left, right = padded.reshape(cells, CELL, 2).transpose(2, 0, 1)
    return np.stack([(left * right).sum(1), (left * left + right * right).sum(1) / 2], axis=1)


def opposite_cells(sums: Floats) -> Mask:
    """In which cells the two channels cancel."""
    opposite = np.zeros(len(sums), bool)
    for first in range(len(sums) - _CELLS + 1):
        window = sums[first : first + _CELLS]
        product, square = window.sum(0)
        if square > _QUIET * _CELLS * CELL and product < _OPPOSITE * square:
            opposite[first : first + _CELLS] = True
    return opposite & (sums[:, 0] <= _OPPOSITE_ALONE * sums[:, 1])


def cancel(sums: Floats) -> bool:
    """Whether two channels are opposite nearly all the time."""
    product, square = sums.sum(0)
    return bool(product < _OPPOSITE * square)


def kept_channels(mono: Ints, wide: Ints, shares: Floats, listen: Listen) -> Mask | None:
    """Which channels (of shape (samples, channels)) to keep; None where nothing speaks for either.

    All, unless one is much livelier than the mean of all, somebody speaks in it and nobody in those that are left out.
    `shares` are those of the channels in the mean; one without a share is not looked at.
    """
    wide = np.where(shares > 0, wide, np.int16(0))
    channels = emphasized(wide)
    levels = (channels * channels).mean(0)
    if levels.max(initial=0) < _QUIET:
        return None
    everything = np.ones(wide.shape[1], bool)
    mean_db = _liveliness_db(emphasized(mono))
    if mean_db >= _CLEAR_DB:
        return everything
    best_db = max(_liveliness_db(channel) for channel in channels.T)
    if best_db < max(_LIVELY_DB, mean_db + _DROWNED_DB):
        return everything if mean_db >= _LIVELY_DB else None
    heard = np.array([listen(channel.astype(np.float32) / np.float32(32768)) for channel in wide.T])
    speaking = heard >= _SPEAKS
    if not speaking.any():
        return None
    return speaking if (heard[~speaking] <= _IS_STILL).all() else everything


def _liveliness_db(emphasized_channel: Floats) -> float:
    """How much louder the loud parts are than the quiet ones."""
    frames = len(emphasized_channel) // _FRAME
    if frames < 8:
        return 0.0
    squares = (emphasized_channel[: frames * _FRAME].reshape(frames, _FRAME) ** 2).mean(1) + _QUIET
    quiet, loud = np.percentile(squares, [10, 95])
    return float(10 * np.log10(loud / quiet))


@lru_cache
def downmix(layout: str, channels: int) -> Floats:
    """The share of each channel in the mono mix: FFmpeg's, and the mean of channels that name no place."""
    if layout.endswith(" channels"):
        return np.full(channels, 1 / channels, np.float32)
    shares = []
    for channel in range(channels):
        values = np.zeros((1024, channels), np.int16)
        values[:, channel] = 16_384
        frame = AudioFrame.from_ndarray(values.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = 16_000
        (mixed,) = AudioResampler(format="s16", layout="mono", rate=16_000).resample(frame)
        shares.append(float(mixed.to_ndarray()[0, 512]) / 16_384)
    return np.array(shares, np.float32)
