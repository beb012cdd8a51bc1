"""Log-mel features as Kaldi's `fbank` computes them, and as 3D-Speaker gives them to CAM++: 80 bins, no dither.

Windows of 25 ms every 10 ms, mean taken off, pre-emphasis of 0.97, Povey's window, power, natural logarithm
(https://github.com/kaldi-asr/kaldi/blob/master/src/feat/feature-fbank.cc).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from aisubs.adapters.diarizer.chunked.grid import CHUNK_SAMPLES, FIRST_SAMPLE, FRAME_SAMPLES, FRAMES, Array, Floats
from aisubs.ports.engine import SAMPLES_PER_SECOND, Samples

BINS = 80
WINDOW_SAMPLES, STEP_SAMPLES, FFT_SAMPLES = 400, 160, 512
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 8_000.0
_PRE_EMPHASIS = np.float32(0.97)
_LEAST = np.float32(np.finfo(np.float32).eps)


def fbank(samples: Samples) -> Floats:
    """(n,) samples at 16 kHz -> (frames of 10 ms, 80); none for less than one window."""
    if len(samples) < WINDOW_SAMPLES:
        return np.zeros((0, BINS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float32), WINDOW_SAMPLES)[::STEP_SAMPLES]
    frames = frames - frames.mean(1, keepdims=True)
    frames = frames - _PRE_EMPHASIS * np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.abs(np.fft.rfft(frames * _window(), FFT_SAMPLES)).astype(np.float32)
    mel: Floats = np.log(np.maximum(spectrum**2 @ _bank(), _LEAST))
    return mel


@lru_cache
def grid_frames() -> Array:
    """For each frame of 10 ms in a chunk the frame of the segmentation that is nearest."""
    count = (CHUNK_SAMPLES - WINDOW_SAMPLES) // STEP_SAMPLES + 1
    middles = np.arange(count) * STEP_SAMPLES + WINDOW_SAMPLES // 2
    nearest: Array = np.clip(np.rint((middles - FIRST_SAMPLE) / FRAME_SAMPLES).astype(int), 0, FRAMES - 1)
    return nearest


@lru_cache
def _window() -> Floats:
    return (np.hanning(WINDOW_SAMPLES) ** 0.85).astype(np.float32)


@lru_cache
def _bank() -> Floats:
    """Triangles on the mel scale, (257, 80)."""
    edges = np.linspace(_mel(np.array(_LOWEST_HZ)), _mel(np.array(_HIGHEST_HZ)), BINS + 2)
    at = _mel(np.arange(FFT_SAMPLES // 2 + 1) * SAMPLES_PER_SECOND / FFT_SAMPLES)[:, None]
    rising = (at - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - at) / (edges[2:] - edges[1:-1])
    bank = np.maximum(0, np.minimum(rising, falling))
    bank[-1] = 0
    return bank.astype(np.float32)


def _mel(hz: Array) -> Array:
    mel: Array = 1127.0 * np.log(1.0 + hz / 700.0)
    return mel
