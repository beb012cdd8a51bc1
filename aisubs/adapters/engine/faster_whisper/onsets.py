"""Where a word behind a pause begins to sound, by the features that the model heard.

Attention has nowhere to go before the first word of a line and takes the silence for its beginning: by a quarter of a
second, as the voice detector gives 400 ms to what it finds. In noise nothing is that much quieter than a word, and the
alignment stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aisubs.adapters.engine.faster_whisper.words import TimedText, Timeline, is_after_pause

_FRAMES_PER_S = 100
_QUIET = 0.75
"""Of Whisper's features, which are (log10 of the power + 4) / 4: 30 dB below the loudest frame of the word."""
_LEAD_FRAMES = 2
"""A frame is heard over 25 ms, and a consonant begins softly."""
_PAUSE_FRAMES = 10
"""Quiet as long as this at the beginning of a word is a pause, where neither the text nor a cut tells of one."""
_LEAST_FRAMES = 10
"""So much of a word is left to it, whatever it sounds like."""


def begin_with_sound(words: Sequence[TimedText], features: NDArray[np.float32], timeline: Timeline) -> list[TimedText]:
    """The words of one window, which begin where they can be heard. `features`: (n_mels, n_frames)."""
    loudness = features.max(axis=0)
    return [
        _with_onset(word, loudness, 1 if is_after_pause(words, at, timeline) else _PAUSE_FRAMES)
        for at, word in enumerate(words)
    ]


def _with_onset(word: TimedText, loudness: NDArray[np.float32], least: int) -> TimedText:
    first, last = (round(at_s * _FRAMES_PER_S) for at_s in (word.start_s, word.end_s))
    heard = loudness[first:last]
    if len(heard) <= _LEAST_FRAMES:
        return word
    onset = int(np.argmax(heard >= heard.max() - _QUIET)) - _LEAD_FRAMES
    onset = min(onset, len(heard) - _LEAST_FRAMES)
    return replace(word, start_s=(first + onset) / _FRAMES_PER_S) if onset >= least else word
