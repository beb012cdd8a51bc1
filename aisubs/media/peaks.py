"""How loud it is, every 16 ms: what a waveform is drawn from, made of the samples that the voice detector hears."""

from __future__ import annotations

import numpy as np

from aisubs.media.blocks import BLOCK_SAMPLES, Block
from aisubs.ports import Samples

FRAME_SAMPLES = 256
"""16 ms. A block is a whole number of frames, so a tile never has to wait for the rest of its last one."""
assert BLOCK_SAMPLES % FRAME_SAMPLES == 0


def peaks_of(samples: Samples) -> bytes:
    """One byte for each frame of samples in -1..1, the last of which may be short: 255 times the root of the loudest.

    The root, because speech at a hundredth of the range would otherwise be 2 of 255.
    """
    loud = np.abs(samples)
    loud = np.pad(loud, (0, -len(loud) % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES).max(axis=1)
    return bytes(np.rint(np.sqrt(np.minimum(loud, 1)) * 255).astype(np.uint8))


def _frames_before(sample: int) -> int:
    """Those that begin before it."""
    return -(-sample // FRAME_SAMPLES)


class Peaks:
    """The frames from a tile's beginning on, until the tile takes them: a frame belongs to the tile in which it begins,
    so those of all tiles, one after another, are those of the recording."""

    def __init__(self, tile_start: int) -> None:
        self._begins = _frames_before(tile_start)
        self._frames = bytearray()

    def add(self, block: Block) -> None:
        """Blocks follow one another from the tile's beginning on, or from before that."""
        skipped = self._begins + len(self._frames) - block.start // FRAME_SAMPLES
        count = _frames_before(len(block.samples)) - skipped
        if count > 0:
            self._frames += bytes(count) if block.filled else peaks_of(block.samples[skipped * FRAME_SAMPLES :])

    def take(self, tile_end: int) -> bytes:
        count = _frames_before(tile_end) - self._begins
        taken = bytes(self._frames[:count])
        del self._frames[:count]
        self._begins += count
        return taken
