"""Decoded frames of any rate and layout become 16 kHz mono, 16 bit: the very samples that faster-whisper computes.

The same conversion as `faster_whisper.audio.decode_audio` (FFmpeg's aformat filter to s16 mono at 16 kHz). Its output
does not depend on how the input is cut into frames, which a test checks.
"""

from __future__ import annotations

from math import gcd

import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from aisubs.media.blocks import Sound
from aisubs.media.container import check_sound
from aisubs.media.each_channel import SAMPLE_RATE, EachChannel, format_of, resampled

_GROUP_SAMPLES = 32_768  # frames are small; each trip through the filter graph costs as much as a thousand samples
_MAX_WIDE = 8
"""Of more channels, which stand for no place in a room, only the mean is heard."""
_PLACES = {2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
"""Places for channels that name none, so that FFmpeg takes them as they are."""
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
        self._format = format_of(frame)
        self._fifo = AudioFifo()
        self._resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        self._layout = frame.layout.name
        self._places = _PLACES.get(frame.layout.nb_channels) if self._fold else self._layout
        several = 2 <= frame.layout.nb_channels <= _MAX_WIDE and self._places is not None
        cycle = self.rate // gcd(self.rate, SAMPLE_RATE)
        self._wide = EachChannel(frame, self._places or "", cycle) if several else None
        self._skip = max(0, skip_samples - _WARM_UP_SAMPLES) * self.rate // SAMPLE_RATE // cycle * cycle
        self.begins = self._skip * SAMPLE_RATE // self.rate

    def continues_with(self, frame: AudioFrame) -> bool:
        return format_of(frame) == self._format

    def feed(self, frame: AudioFrame) -> list[Sound]:
        before, self.length = self.length, self.length + frame.samples
        if self.length <= self._skip:
            return []
        frame.pts = None  # the fifo would insist on gapless timestamps
        self._fifo.write(frame)
        if before < self._skip:
            self._fifo.read(self._skip - before)
        return self._convert(self._fifo.read()) if self._fifo.samples >= _GROUP_SAMPLES else []

    def finish(self) -> list[Sound]:
        """What is left: nothing, if the run ended inside what is skipped."""
        if self.length <= self._skip:
            return []
        rest = self._convert(self._fifo.read()) if self._fifo.samples else []
        return rest + self._convert(None)

    def _convert(self, frame: AudioFrame | None) -> list[Sound]:
        # A filter graph keeps the frame that it is given, so the samples are taken out before.
        values = frame.to_ndarray() if frame is not None and self._wide is not None else None
        mono = resampled(self._resampler, _fold(frame) if frame is not None and self._fold else frame)
        if self._wide is None:
            return [Sound(one[0]) for one in mono]
        one = np.concatenate([piece[0] for piece in mono]) if mono else np.zeros(0, np.int16)
        return [Sound(one, self._wide.convert(values, one), self._layout)] if len(one) or values is not None else []


def _fold(frame: AudioFrame) -> AudioFrame:
    """The mean of channels that stand for no place in a room (a mixing desk's); FFmpeg has no rule for those."""
    values = frame.to_ndarray().reshape(-1, frame.layout.nb_channels)
    mean = values.mean(axis=1, dtype=np.float64).astype(values.dtype)
    folded = AudioFrame.from_ndarray(mean[None], format=frame.format.name, layout="mono")
    folded.sample_rate = frame.sample_rate
    return folded
