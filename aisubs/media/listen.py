"""Blocks of samples become windows of speech: the network listens, spans are settled, tiles are cut."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from aisubs.media.blocks import BLOCK_SAMPLES, Block, Cut
from aisubs.media.peaks import Peaks
from aisubs.media.spans import Span, SpanMachine
from aisubs.media.state import FrontState
from aisubs.media.telephone import for_detector
from aisubs.media.vad import CHUNK_SAMPLES, SileroVad, VadState
from aisubs.media.windows import Tile, to_ms
from aisubs.model.transcript import Damage
from aisubs.ports import Piece, Samples

_NO_PROBABILITIES = np.zeros(0, np.float32)
_SILENCE = np.zeros(BLOCK_SAMPLES // CHUNK_SAMPLES, np.float32)


@dataclass(frozen=True, slots=True)
class AudioWindow:
    """A tile [start_ms, end_ms) of the recording with its speech, ready for an engine; `piece` is None without speech.

    `resume` is the state from which the next window is produced. `damage` is what the file does not give of the tile.
    `peaks` is how loud it is, a byte for each frame (media/peaks.py).
    """

    seq: int
    start_ms: int
    end_ms: int
    speech_ms: int
    piece: Piece | None
    resume: FrontState
    damage: Damage | None = None
    peaks: bytes = b""


class _Tail:
    """The last samples of the stream, as far back as a span may still begin."""

    def __init__(self) -> None:
        self._blocks: deque[Block] = deque()

    def append(self, block: Block) -> None:
        self._blocks.append(block)

    def cut(self, span: Span) -> Samples:
        start, end = span
        return np.concatenate(
            [one.samples[max(0, start - one.start) : max(0, end - one.start)] for one in self._blocks]
        )

    def release(self, before: int) -> None:
        while self._blocks and self._blocks[0].start + len(self._blocks[0].samples) <= before:
            self._blocks.popleft()


class Listener:
    """Goes on from a FrontState, given blocks from its `first_sample` on (or from before that)."""

    def __init__(self, vad: SileroVad, state: FrontState) -> None:
        vad.state = state.vad
        self._vad = vad
        self._machine = SpanMachine.from_numbers(state.machine)
        self._tiling = state.tiling()
        self._heard = state.heard
        self._unread: NDArray[np.float32] = state.unread
        self._total = state.total
        self._tail = _Tail()
        self._peaks = Peaks(state.tile_start)
        self._cuts: deque[Samples] = deque()  # of the spans in the tiling's group and waiting, in order
        self._to_cut = deque([*state.group, *state.waiting])
        self._holes: list[Span] = []
        self._gaps: list[Span] = []
        self._cut: Cut | None = None

    def windows(self, blocks: Iterator[Block]) -> Iterator[AudioWindow]:
        """All windows that are left. Ends early if the blocks do: the last block must be a short one."""
        caught_up = False
        for block in chain.from_iterable(whole.split(self._heard) for whole in blocks):
            if not caught_up and block.start >= self._heard and self._total is None:
                caught_up = True
                yield from self._catch_up()
            self._remember(block)
            if caught_up:
                yield from self._pass_over(block) if block.filled else self._read(self._listen(block))
        if self._total is None:
            return
        if not caught_up:
            yield from self._catch_up()
        if self._tiling.total is None:
            for span in self._machine.finish(self._total):
                self._settle(span)
            self._tiling.close(self._total)
        yield from self._produce()

    def _remember(self, block: Block) -> None:
        """Keep what may still be cut, and cut what was settled before the state was saved."""
        self._tail.append(block)
        self._peaks.add(block)
        self._holes += block.holes
        self._gaps += block.gaps
        self._cut = block.cut
        while self._to_cut and self._to_cut[0][1] <= block.end:
            self._cuts.append(self._tail.cut(self._to_cut.popleft()))
        self._tail.release(self._to_cut[0][0] if self._to_cut else self._machine.low)

    def _catch_up(self) -> Iterator[AudioWindow]:
        """Do what was left to do when the state was saved: what was decided already, then what was heard already."""
        yield from self._produce()
        yield from self._read(self._unread)

    def _pass_over(self, block: Block) -> Iterator[AudioWindow]:
        """Nobody listens to what is only filled in: it is silence, and after it the network begins afresh."""
        self._vad.state = VadState.fresh()
        while self._heard < block.end:
            if self._machine.is_idle:
                self._machine.position = self._heard = block.end
                yield from self._produce()
            else:
                self._heard += BLOCK_SAMPLES
                yield from self._read(_SILENCE)

    def _listen(self, block: Block) -> NDArray[np.float32]:
        self._heard = block.end
        if len(block.samples) == BLOCK_SAMPLES:
            return self._vad.probabilities(for_detector(block.samples))
        self._total = self._heard
        return self._vad.last_probabilities(for_detector(block.samples))

    def _read(self, probabilities: NDArray[np.float32]) -> Iterator[AudioWindow]:
        for index, probability in enumerate(probabilities.tolist()):
            span = self._machine.step(probability)
            if span is not None:
                self._settle(span)
            if span is not None or self._tiling.is_empty:
                self._unread = probabilities[index + 1 :]
                yield from self._produce()
        self._unread = _NO_PROBABILITIES

    def _settle(self, span: Span) -> None:
        self._tiling.add(span)
        self._cuts.append(self._tail.cut(span))

    def _produce(self) -> Iterator[AudioWindow]:
        while (tile := self._tiling.next(self._machine.low)) is not None:
            yield self._window(tile)

    def _window(self, tile: Tile) -> AudioWindow:
        samples = [self._cuts.popleft() for _ in tile.spans]
        return AudioWindow(
            seq=tile.seq,
            start_ms=to_ms(tile.start),
            end_ms=to_ms(tile.end),
            speech_ms=sum(to_ms(end) - to_ms(start) for start, end in tile.spans),
            piece=Piece(tile.seq, np.concatenate(samples), tile.spans) if samples else None,
            resume=self._state(),
            damage=self._damage_in(tile),
            peaks=self._peaks.take(tile.end),
        )

    def _damage_in(self, tile: Tile) -> Damage | None:
        missing, gaps = _inside(tile, self._holes), _inside(tile, self._gaps)
        self._holes = [hole for hole in self._holes if hole[1] > tile.end]
        self._gaps = [gap for gap in self._gaps if gap[1] > tile.end]
        if self._cut is not None and self._tiling.is_done:
            return Damage(missing, gaps, cut=True, promised_ms=self._cut.promised_ms)
        return Damage(missing, gaps) if missing or gaps else None

    def _state(self) -> FrontState:
        tiling = self._tiling
        return FrontState(
            seq=tiling.seq,
            tile_start=tiling.start,
            group=tuple(tiling.group),
            waiting=tuple(tiling.waiting),
            machine=tuple(self._machine.to_numbers()),
            heard=self._heard,
            vad=self._vad.state,
            unread=self._unread,
            total=self._total,
            closed=tiling.total is not None,
        )


def _inside(tile: Tile, spans: list[Span]) -> tuple[tuple[int, int], ...]:
    """What of `spans` lies in a tile, in milliseconds."""
    bounds = ((to_ms(max(start, tile.start)), to_ms(min(end, tile.end))) for start, end in spans)
    return tuple((start, end) for start, end in bounds if start < end)
