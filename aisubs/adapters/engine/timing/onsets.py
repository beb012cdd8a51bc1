"""Where a word behind a pause begins to sound, by how loud the sound is.

Attention has nowhere to go before the first word of a line and takes the silence for its beginning: by a quarter of a
second, as the voice detector gives 400 ms to what it finds. In noise nothing is that much quieter than a word, and the
alignment stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aisubs.adapters.engine.timing.words import TimedText, Timeline, is_after_pause
from aisubs.ports import SAMPLES_PER_SECOND, Samples

_FRAMES_PER_S = 100
_QUIET = 0.75
"""30 dB below the loudest frame of the word, as Whisper's features are (log10 of the power + 4) / 4."""
_LEAD_FRAMES = 2
"""A frame is heard over 25 ms, and a consonant begins softly."""
_PAUSE_FRAMES = 10
"""Quiet as long as this at the beginning of a word is a pause, where neither the text nor a cut tells of one."""
_LEAST_FRAMES = 10
"""So much of a word is left to it, whatever it sounds like."""
_HEARD, _BAND, _BLOCK = 400, 5, 256
"""Samples of a frame (25 ms), bins of 40 Hz in a band, frames that are looked at together."""


def begin_with_sound(words: Sequence[TimedText], loudness: NDArray[np.float32], timeline: Timeline) -> list[TimedText]:
    """The words of one window, which begin where they can be heard. `loudness`: (n_frames,), one for every 10 ms, a
    quarter of the power's logarithm (base 10) up to a constant: the largest of Whisper's features, or `loudness_of`."""
    return [
        _with_onset(word, loudness, 1 if is_after_pause(words, at, timeline) else _PAUSE_FRAMES)
        for at, word in enumerate(words)
    ]


def loudness_of(samples: Samples) -> NDArray[np.float32]:
    """What `begin_with_sound` goes by where an engine shows no features: its loudest band of 200 Hz, (n_frames,)."""
    hop = SAMPLES_PER_SECOND // _FRAMES_PER_S
    frames = len(samples) // hop
    padded = np.pad(samples[: frames * hop], _HEARD // 2)
    window = np.hanning(_HEARD + 1)[:-1].astype(np.float32)
    loudness = np.empty(frames, np.float32)
    for first in range(0, frames, _BLOCK):
        starts = hop * np.arange(first, min(frames, first + _BLOCK))
        power = np.abs(np.fft.rfft(padded[starts[:, None] + np.arange(_HEARD)] * window)) ** 2
        bands = power[:, : _HEARD // 2].reshape(len(starts), -1, _BAND).sum(axis=2)
        loudness[first : first + len(starts)] = np.log10(np.maximum(bands.max(axis=1), 1e-10)) / 4
    return loudness


def _with_onset(word: TimedText, loudness: NDArray[np.float32], least: int) -> TimedText:
    first, last = (round(at_s * _FRAMES_PER_S) for at_s in (word.start_s, word.end_s))
    heard = loudness[first:last]
    if len(heard) <= _LEAST_FRAMES:
        return word
    onset = int(np.argmax(heard >= heard.max() - _QUIET)) - _LEAD_FRAMES
    onset = min(onset, len(heard) - _LEAST_FRAMES)
    return replace(word, start_s=(first + onset) / _FRAMES_PER_S) if onset >= least else word
