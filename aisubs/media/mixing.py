"""Blocks of several channels become blocks of one: the mean of all, except where the channels say otherwise.

Each block is judged by itself; where nobody speaks, the last verdict of at most `_REMEMBERED` blocks before it holds,
else that of the next one. So whoever begins `HISTORY_BLOCKS` before a block mixes it to the bit as if from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

import numpy as np

from aisubs.media.blocks import BLOCK_SAMPLES, Block, BlockWriter, RawBlock, Sound, Spans, silence
from aisubs.media.channels import (
    CELL,
    Floats,
    Listen,
    Mask,
    cancel,
    cell_sums,
    downmix,
    emphasized,
    kept_channels,
    opposite_cells,
)
from aisubs.media.spans import THRESHOLD
from aisubs.media.telephone import for_detector
from aisubs.media.vad import Vad, VadState
from aisubs.ports import Samples

_REMEMBERED = 8
HISTORY_BLOCKS = _REMEMBERED + 2
_FADE = 256
"""16 ms from one way of mixing to another."""
_NOTHING = np.zeros((0, 2), np.float32)


@dataclass(slots=True)
class Judged:
    """A raw block with what its channels say; `sums`, a row for each cell, is empty where there are not two of them."""

    raw: RawBlock
    kept: Mask | None = None
    sums: Floats = field(default_factory=lambda: _NOTHING)


class Mixer:
    """`listen` is asked only where a channel may drown another. Blocks before `first` are judged, but not given out."""

    def __init__(self, first: int, listen: Listen) -> None:
        self._first = first
        self._listen = listen
        self._verdict: Mask | None = None
        self._verdict_ends = 0  # the sample behind the block of that verdict
        self._gains: Floats | None = None  # at the end of the last block, if it was not FFmpeg's mix
        self._holes: Spans = ()  # of blocks that were not given out
        self._gaps: Spans = ()

    def blocks(self, raws: Iterable[RawBlock]) -> Iterator[Block]:
        """One for each raw block, which is held back until the next one is there."""
        before, held = _NOTHING, None
        for judged in map(self.judge, raws):
            if held is not None:
                yield from self._given_out(held, self._mixed(before, held, judged))
                before = held.sums
            held = judged
        if held is not None:
            yield from self._given_out(held, self._mixed(before, held, Judged(held.raw)))

    def judge(self, raw: RawBlock) -> Judged:
        mono, wide = raw.sound.mono, raw.sound.wide
        if wide is None:
            return Judged(raw)
        everything = np.ones(wide.shape[1], bool)
        if (wide == wide[:, :1]).all():
            return Judged(raw, everything)
        sums = cell_sums(emphasized(wide)) if wide.shape[1] == 2 else _NOTHING
        if len(sums) and cancel(sums):
            return Judged(raw, everything, sums)
        return Judged(raw, kept_channels(mono, wide, downmix(raw.sound.layout, wide.shape[1]), self._listen), sums)

    def _given_out(self, judged: Judged, samples: Samples) -> Iterator[Block]:
        raw = judged.raw
        self._holes += raw.holes
        self._gaps += raw.gaps
        if raw.end <= self._first and not raw.is_last:
            return
        start = max(raw.start, min(self._first, raw.end)) if raw.filled else raw.start
        told = self._holes, self._gaps
        self._holes, self._gaps = (), ()
        yield Block(start, samples[start - raw.start :], *told, filled=raw.filled, cut=raw.cut)

    def _mixed(self, before: Floats, judged: Judged, after: Judged) -> Samples:
        raw = judged.raw
        gains, came_from = self.gains_of(before, judged, after), self._gains
        self._gains = None if gains is None else gains[-1]
        wide, layout = raw.sound.wide, raw.sound.layout
        if wide is None or not len(wide) or (gains is None and came_from is None):
            return silence(len(raw.sound)) if raw.filled else raw.sound.mono.astype(np.float32) / np.float32(32768)
        usual = downmix(layout, wide.shape[1])
        start = usual if came_from is None or came_from.shape != usual.shape else came_from
        if gains is None:
            gains = np.broadcast_to(usual, wide.shape)
        mixed: Samples = (_faded(gains, start) * wide).sum(1) / np.float32(32768)
        return mixed

    def gains_of(self, before: Floats, judged: Judged, after: Judged) -> Floats | None:
        """The gain of each channel for each sample, shape (samples, channels); None for FFmpeg's mix."""
        kept, wide = self._verdict_on(judged, after), judged.raw.sound.wide
        if wide is None or not len(wide):
            return None
        usual = downmix(judged.raw.sound.layout, wide.shape[1])
        if kept is not None and len(kept) == len(usual) and not kept.all():
            return np.broadcast_to(usual * kept, wide.shape)
        opposite = opposite_cells(np.concatenate([before, judged.sums, after.sums]))[len(before) :]
        opposite = opposite[: len(judged.sums)]
        if not opposite.any():
            return None
        signs = np.repeat(np.where(opposite, np.float32(-1), np.float32(1)), CELL)[: len(wide)]
        turned: Floats = usual * np.stack([np.ones_like(signs), signs], axis=1)
        return turned

    def _verdict_on(self, judged: Judged, after: Judged) -> Mask | None:
        raw = judged.raw
        if judged.kept is not None:
            self._verdict, self._verdict_ends = judged.kept, raw.end
            return judged.kept
        if raw.end - self._verdict_ends > _REMEMBERED * BLOCK_SAMPLES:
            self._verdict = None
        return after.kept if self._verdict is None else self._verdict


def _faded(gains: Floats, start: Floats) -> Floats:
    """Without jumps, which would be heard as clicks: the mean over `_FADE` samples up to each."""
    summed = np.cumsum(np.concatenate([np.repeat(start[None], _FADE, axis=0), gains]), axis=0, dtype=np.float64)
    return ((summed[_FADE:] - summed[:-_FADE]) / _FADE).astype(np.float32)


def mixed(sounds: Iterable[Sound], listen: Listen) -> Samples:
    """Sound that is no longer than can be held, as `Mixer` mixes it."""
    writer = BlockWriter(0)
    written = (block for sound in sounds for block in writer.write(sound))
    ended = (writer.last(None) for _ in range(1))
    return np.concatenate([block.samples for block in Mixer(0, listen).blocks(chain(written, ended))])


def speech_share(load: Callable[[], Vad]) -> Listen:
    """Asks the network, which is loaded when it is first asked, as if each stretch began a recording."""
    network = lru_cache(load)

    def share(samples: Samples) -> float:
        network().state = VadState.fresh()
        return float((network().last_probabilities(for_detector(samples)) >= THRESHOLD).mean())

    return share
