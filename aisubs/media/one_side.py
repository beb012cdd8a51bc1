"""One person per channel: which recordings have that, and the sound of one side without what leaks over to it.

Each side is judged in cells of 64 ms: it is silence where the other is so much louder that only the other can be heard
(`Side.guard_db`), and where both are the same, which is then told once, on the left. A verdict needs nothing from
further back than the block before.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

import numpy as np

from aisubs.media.blocks import RawBlock, Sound
from aisubs.media.channels import Floats
from aisubs.media.container import Limits, OpenMedia
from aisubs.media.hearing import heard_around
from aisubs.media.mixing import Judged, Mixer
from aisubs.media.sides import SAME_DB, SideLevels, Sides
from aisubs.media.source import RangeFile
from aisubs.media.tracks import Side
from aisubs.model.channels import Channels

CELL_SAMPLES = 1_024
_AROUND_CELLS = 2
"""To each side, of which the loudest counts: the pauses within a word are no moment of the other's."""
_QUIETEST = 1e-12
_NOTHING = np.zeros((0, 3), np.float32)


class SideMixer(Mixer):
    """As a `Mixer`, but of one channel alone. A block that has not two of them is heard as it is."""

    def __init__(self, first: int, side: Side) -> None:
        super().__init__(first, lambda _: 0.0)
        self._side = side

    def judge(self, raw: RawBlock) -> Judged:
        return Judged(raw, sums=_cell_powers(raw.sound))

    def gains_of(self, before: Floats, judged: Judged, after: Judged) -> Floats | None:
        if not len(judged.sums):
            return None
        own, other = self._side.channel, 1 - self._side.channel
        around = [cells for cells in (before[-_AROUND_CELLS:], judged.sums, after.sums[:_AROUND_CELLS]) if len(cells)]
        first = len(around[0]) if around[0] is not judged.sums else 0
        levels = _loudest_around(np.concatenate(around))[first : first + len(judged.sums)]
        speaks = levels[:, own] >= levels[:, other] - self._side.guard_db
        if own == 1:
            speaks &= levels[:, 2] > levels[:, :2].max(1) + SAME_DB
        gains = np.zeros((len(judged.raw.sound), 2), np.float32)
        gains[:, own] = np.repeat(speaks, CELL_SAMPLES)[: len(gains)]
        return gains


def _cell_powers(sound: Sound) -> Floats:
    """Of the left side, the right side and their difference, for each cell: shape (cells, 3)."""
    wide = sound.wide
    if wide is None or wide.shape[1] != 2 or not len(wide):
        return _NOTHING
    cells = -(-len(wide) // CELL_SAMPLES)
    padded = np.zeros((cells * CELL_SAMPLES, 2), np.float32)
    padded[: len(wide)] = wide / np.float32(32768)
    left, right = padded.reshape(cells, CELL_SAMPLES, 2).transpose(2, 0, 1)
    powers: Floats = np.stack([(part * part).mean(1) for part in (left, right, left - right)], axis=1)
    return powers


def _loudest_around(powers: Floats) -> Floats:
    """In dB."""
    wide = np.pad(powers, ((_AROUND_CELLS, _AROUND_CELLS), (0, 0)), mode="edge")
    loudest = np.lib.stride_tricks.sliding_window_view(wide, 2 * _AROUND_CELLS + 1, axis=0).max(-1)
    levels: Floats = 10 * np.log10(loudest + _QUIETEST)
    return levels


def sides_of(file: RangeFile, limits: Limits, media: OpenMedia, wanted: Channels) -> tuple[Side, ...]:
    """How each channel of the chosen track is heard alone; none where both are heard together.

    Listens to a minute, spread over all; the same file gives the same answer. Opens it anew. Raises what the reader
    raises.
    """
    if wanted is Channels.MONO or media.info.channels != 2:
        return ()
    levels = SideLevels()
    with closing(heard_around(file, limits, media)) as places:
        for heard in places:
            for track in heard[:1]:
                _add(levels, track.take())
    verdict = levels.verdict()
    if verdict is not Sides.APART and (wanted is Channels.AUTO or verdict is not Sides.MIXED):
        return ()
    return tuple(Side(channel, guard_db) for channel, guard_db in enumerate(levels.guards_db()))


def _add(levels: SideLevels, sounds: Iterable[Sound]) -> None:
    for sound in sounds:
        if sound.wide is not None and sound.wide.shape[1] == 2:
            levels.add(sound.wide.astype(np.float32) / np.float32(32768))
