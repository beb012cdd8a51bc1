"""Log-mel features as faster-whisper makes them, to the bit, a few seconds of spectrum at a time.

Made at once, those of a window take 30 MiB for a moment, and they are made while the encoder works, whose own moment is
the peak of a worker: whether the two meet is chance, so a longer recording had a higher peak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from faster_whisper.feature_extractor import FeatureExtractor

    from aisubs.ports import Samples

_BLOCK_FRAMES = 256
_PADDING = 160
"""Samples of silence that upstream puts behind a recording."""


def log_mel(extractor: FeatureExtractor, samples: Samples) -> NDArray[np.float32]:
    """(n_mels, n_frames), one frame per 10 ms: what `extractor(samples)[..., :-1]` is."""
    half, hop, n_fft = extractor.n_fft // 2, extractor.hop_length, extractor.n_fft
    padded = np.pad(np.pad(samples.astype(np.float32, copy=False), (0, _PADDING)), half, mode="reflect")
    # Upstream leaves out its last frame, and so do we once more: it holds nothing but the silence behind the window.
    frames = (len(padded) - n_fft) // hop
    window = np.hanning(n_fft + 1)[:-1].astype(np.float32)
    power = np.empty((n_fft // 2 + 1, frames), np.float32)
    for first in range(0, frames, _BLOCK_FRAMES):
        count = min(_BLOCK_FRAMES, frames - first)
        block = padded[first * hop : (first + count - 1) * hop + n_fft]
        spectrum = extractor.stft(block, n_fft, hop, window=window, center=False, return_complex=True)
        power[:, first : first + count] = np.abs(spectrum.astype(np.complex64)) ** 2
    mel = extractor.mel_filters @ power
    logarithm = np.log10(np.clip(mel, a_min=1e-10, a_max=None))
    logarithm = np.maximum(logarithm, logarithm.max() - 8.0)
    made: NDArray[np.float32] = (logarithm + 4.0) / 4.0
    return np.ascontiguousarray(made[..., :-1])
