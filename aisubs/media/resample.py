"""Decoded frames of any rate and layout become 16 kHz mono, 16 bit: the very samples that faster-whisper computes.

The same conversion as `faster_whisper.audio.decode_audio` (FFmpeg's aformat filter to s16 mono at 16 kHz). Its output
does not depend on how the input is cut into frames, which a test checks.
"""

from __future__ import annotations

from math import gcd

import av
import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from aisubs.media.container import check_sound
from aisubs.model.errors import error

SAMPLE_RATE = 16_000
_GROUP_SAMPLES = 32_768  # frames are small; each trip through the filter graph costs as much as a thousand samples
_WARM_UP_SAMPLES = SAMPLE_RATE  # the filter remembers 25 samples


class Run:
    """A stretch of frames without a seam and of one format, given in order to `feed`.

    With `skip_samples` (at 16 kHz) the samples up to a point somewhat before it are not computed: `begins` tells which
    would be the first to come out. From `skip_samples` on they are the same to the bit: skipping keeps the phase.
    """

    def __init__(self, frame: AudioFrame, skip_samples: int = 0) -> None:
        check_sound(frame.sample_rate, frame.layout.nb_channels)
        # PyAV crashes on planar frames of more than 8 channels; what records so many writes them interleaved.
        self._fold = frame.layout.name.endswith(" channels") and frame.format.is_packed
        self.rate = frame.sample_rate
        self.length = 0  # input samples so far
        self._format = _format(frame)
        self._fifo = AudioFifo()
        self._resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        cycle = self.rate // gcd(self.rate, SAMPLE_RATE)
        self._skip = max(0, skip_samples - _WARM_UP_SAMPLES) * self.rate // SAMPLE_RATE // cycle * cycle
        self.begins = self._skip * SAMPLE_RATE // self.rate

    def continues_with(self, frame: AudioFrame) -> bool:
        return _format(frame) == self._format

    def feed(self, frame: AudioFrame) -> list[NDArray[np.int16]]:
        before, self.length = self.length, self.length + frame.samples
        if self.length <= self._skip:
            return []
        frame.pts = None  # the fifo would insist on gapless timestamps
        self._fifo.write(_fold(frame) if self._fold else frame)
        if before < self._skip:
            self._fifo.read(self._skip - before)
        return self._convert(self._fifo.read()) if self._fifo.samples >= _GROUP_SAMPLES else []

    def finish(self) -> list[NDArray[np.int16]]:
        """What is left: nothing, if the run ended inside what is skipped."""
        if self.length <= self._skip:
            return []
        rest = self._convert(self._fifo.read()) if self._fifo.samples else []
        return rest + self._convert(None)

    def _convert(self, frame: AudioFrame | None) -> list[NDArray[np.int16]]:
        try:
            return [piece.to_ndarray()[0] for piece in self._resampler.resample(frame)]
        except av.FFmpegError as failure:
            raise error("not_media", f"cannot convert {self._format}: {failure}") from failure


def _fold(frame: AudioFrame) -> AudioFrame:
    """The mean of channels that stand for no place in a room (a mixing desk's); FFmpeg has no rule for those."""
    values = frame.to_ndarray().reshape(-1, frame.layout.nb_channels)
    mean = values.mean(axis=1, dtype=np.float64).astype(values.dtype)
    folded = AudioFrame.from_ndarray(mean[None], format=frame.format.name, layout="mono")
    folded.sample_rate = frame.sample_rate
    return folded


def _format(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate
