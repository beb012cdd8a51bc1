"""Samples at absolute positions become blocks on a fixed grid; long stretches that are only filled in cost nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aisubs.ports import Samples

BLOCK_SAMPLES = 64 * 512
"""2.048 s: a whole number of the voice detector's chunks, so that block borders mean nothing to it."""
FILLED_SAMPLES = 256 * BLOCK_SAMPLES
"""A filled block ends where a multiple of this does, so that it ends at the same place after an interruption."""
MIN_GAP_SAMPLES = 16_000
"""Shorter jumps of the clock are not worth telling: what sends only while somebody speaks makes one at every pause."""

Spans = tuple[tuple[int, int], ...]
Ints = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Cut:
    """The file ends before its recording does. `promised_ms` is the length that it claims, if it claims one."""

    promised_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Samples from absolute sample `start` on: BLOCK_SAMPLES of them, fewer (or none) in the last block only.

    A `filled` block is silence that stands where the file has nothing; it may be many times as long, and its samples
    take no memory. `holes` and `gaps` are absolute (start, end) samples: lost to damage, and jumps of the file's clock.
    `cut` may be set on the last block.
    """

    start: int
    samples: Samples
    holes: Spans = ()
    gaps: Spans = ()
    filled: bool = False
    cut: Cut | None = None

    @property
    def end(self) -> int:
        return self.start + len(self.samples)

    def split(self, at: int) -> list[Block]:
        """A filled block in two at an absolute sample inside it; any other block as it is."""
        if not self.filled or not self.start < at < self.end:
            return [self]
        count = at - self.start
        return [
            Block(self.start, self.samples[:count], self.holes, self.gaps, filled=True),
            Block(at, self.samples[count:], filled=True),
        ]


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples at 16 kHz: FFmpeg's mono mix, and of several channels each, shape (samples, channels), in `layout`."""

    mono: Ints
    wide: Ints | None = None
    layout: str = "mono"

    def __len__(self) -> int:
        return len(self.mono)

    def __getitem__(self, part: slice) -> Sound:
        return Sound(self.mono[part], None if self.wide is None else self.wide[part], self.layout)


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A block before its channels are mixed; the rest as in `Block`."""

    start: int
    sound: Sound
    holes: Spans = ()
    gaps: Spans = ()
    filled: bool = False
    cut: Cut | None = None
    is_last: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.sound)


def silence(count: int) -> Samples:
    """Zeros that take no memory; read-only."""
    return np.broadcast_to(np.float32(0), (count,))


class BlockWriter:
    """Takes sound in order. Blocks that end before `first`, a multiple of BLOCK_SAMPLES, are not made."""

    def __init__(self, first: int) -> None:
        self.position = 0  # absolute sample that is written next
        self.lost = 0  # samples in holes
        self._first = first
        self._mono = np.zeros(BLOCK_SAMPLES, np.int16)
        self._wide: Ints | None = None
        self._layout: str | None = None  # of the block so far; None: nothing but silence is in it
        self._holes: list[tuple[int, int]] = []
        self._gaps: list[tuple[int, int]] = []

    def write(self, sound: Sound) -> Iterator[RawBlock]:
        while len(sound):
            at = self.position % BLOCK_SAMPLES
            part = sound[: BLOCK_SAMPLES - at]
            self._mono[at : at + len(part)] = part.mono
            self._write_wide(at, part)
            yield from self._advance(len(part))
            sound = sound[len(part) :]

    def fill(self, count: int) -> Iterator[RawBlock]:
        """Write silence, or stand for samples that are skipped."""
        while count > 0:
            at = self.position % BLOCK_SAMPLES
            if at or count < BLOCK_SAMPLES:
                step = min(count, BLOCK_SAMPLES - at)
                self._mono[at : at + step] = 0
                if self._wide is not None:
                    self._wide[at : at + step] = 0
                yield from self._advance(step)
            else:
                step = min(count // BLOCK_SAMPLES * BLOCK_SAMPLES, FILLED_SAMPLES - self.position % FILLED_SAMPLES)
                start, self.position = max(self.position, self._first), self.position + step
                if start < self.position:
                    zeros = np.broadcast_to(np.int16(0), (self.position - start,))
                    yield RawBlock(start, Sound(zeros), *self._told(), filled=True)
            count -= step

    def note_hole(self, length: int) -> None:
        """What comes next was lost to damage."""
        self._holes.append((self.position, self.position + length))
        self.lost += length

    def note_gap(self, length: int) -> None:
        """What comes next is a jump of the file's clock."""
        if length >= MIN_GAP_SAMPLES:
            self._gaps.append((self.position, self.position + length))

    def last(self, cut: Cut | None) -> RawBlock:
        """The end of the recording."""
        length = self.position % BLOCK_SAMPLES
        return RawBlock(self.position - length, self._sound(length), *self._told(), cut=cut, is_last=True)

    def _write_wide(self, at: int, part: Sound) -> None:
        if self._layout is None and part.wide is not None:
            if self._wide is None or self._wide.shape[1] != part.wide.shape[1]:
                self._wide = np.zeros((BLOCK_SAMPLES, part.wide.shape[1]), np.int16)
            self._wide[:at] = 0
            self._layout = part.layout
        elif self._layout != part.layout:
            self._layout = "mono"  # a change within a block: it has nothing but the mix
        if self._layout != "mono" and self._wide is not None and part.wide is not None:
            self._wide[at : at + len(part)] = part.wide

    def _advance(self, count: int) -> Iterator[RawBlock]:
        self.position += count
        if self.position % BLOCK_SAMPLES == 0:
            if self.position > self._first:
                start = self.position - BLOCK_SAMPLES
                yield RawBlock(start, self._sound(BLOCK_SAMPLES), *self._told())
            self._layout = None

    def _sound(self, length: int) -> Sound:
        mono = self._mono[:length].copy()
        if self._layout in (None, "mono") or self._wide is None:
            return Sound(mono)
        return Sound(mono, self._wide[:length].copy(), self._layout or "")

    def _told(self) -> tuple[Spans, Spans]:
        told = tuple(self._holes), tuple(self._gaps)
        self._holes, self._gaps = [], []
        return told
