"""The channels of a run each for itself, at 16 kHz: computed only where they differ."""

from __future__ import annotations

from typing import Any, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from aisubs.media.blocks import Ints
from aisubs.model.errors import error

SAMPLE_RATE = 16_000
_HISTORY_SAMPLES = 4_096
"""The filter remembers 25 samples of its output."""
_MAX_CYCLE = 16_384
"""Together less than a group of samples."""
_ROUNDED = ("s32", "s64")
"""Formats of which the mean of two equal channels is rounded otherwise than each of them."""

Values = NDArray[Any]
"""Samples as a frame has them: planar (channels, samples), packed (1, samples * channels)."""


class EachChannel:
    """As many samples as of the mean, which has the same filter.

    As long as both channels of a pair are equal each is what their mean is, to the bit, and nothing is computed:
    a second resampler takes longer than decoding. From where they differ on there is one, and it is given enough of
    what came before to know what it would, had it been there from the start.
    """

    def __init__(self, frame: AudioFrame, layout: str, cycle: int) -> None:
        """`cycle`: input samples after which the phase of the resampler is the same again."""
        self._format = format_of(frame)
        self._layout = layout
        self._channels = AudioLayout(layout).nb_channels
        self._step = 1 if frame.format.is_planar else self._channels
        self._cycle = cycle
        self._resampler: AudioResampler | None = None
        self._length = 0  # input samples so far
        self._before: Values | None = None
        self._may_wait = layout == "stereo" and cycle <= _MAX_CYCLE and not self._format[0].startswith(_ROUNDED)

    def convert(self, values: Values | None, mean: Ints) -> Ints:
        """Shape (samples, channels), for the samples of `mean`. `values` came in, as a frame has them; None at the end.

        Raises `not_media`.
        """
        if self._resampler is None and self._may_wait and (values is None or self._are_equal(values)):
            if values is not None:
                self._before, self._length = values, self._length + values.shape[1] // self._step
            return np.broadcast_to(mean[:, None], (len(mean), 2))
        heard: list[Ints] = []
        if self._resampler is None:
            self._resampler = AudioResampler(format="s16", layout=self._layout, rate=SAMPLE_RATE)
            if self._before is not None:
                heard += resampled(self._resampler, self._frame(self._history(self._before)))
                self._before = None
        heard += resampled(self._resampler, None if values is None else self._frame(values))
        channels = [piece.reshape(-1, self._channels) for piece in heard]
        joined = np.concatenate(channels) if channels else np.zeros((0, self._channels), np.int16)
        return joined[len(joined) - len(mean) :]

    def _history(self, before: Values) -> Values:
        """The end of the last group, from a sample on at which the phase is that of the beginning."""
        begins = self._length - before.shape[1] // self._step
        start = (self._length - _HISTORY_SAMPLES) // self._cycle * self._cycle
        return before[:, max(0, start - begins) * self._step :]

    def _are_equal(self, values: Values) -> bool:
        left, right = (values[0], values[1]) if self._step == 1 else (values[0, ::2], values[0, 1::2])
        return bool((left == right).all())

    def _frame(self, values: Values) -> AudioFrame:
        name, _, rate = self._format
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(values), format=name, layout=self._layout)
        frame.sample_rate = rate
        return frame


def resampled(resampler: AudioResampler, frame: AudioFrame | None) -> list[Ints]:
    """What comes out for this frame, or (None) at the end. Raises `not_media`."""
    what = "the end" if frame is None else format_of(frame)
    try:
        return [cast("Ints", piece.to_ndarray()) for piece in resampler.resample(frame)]
    except av.FFmpegError as failure:
        raise error("not_media", f"cannot convert {what}: {failure}") from failure


def format_of(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate
