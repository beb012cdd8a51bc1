"""The state from which the front end goes on: about 2 KB of JSON, saved with every window.

It holds what cannot be computed again without listening again: the network's memory, its last judgements, the span
machine and the window that is being filled. Samples are not in it; they are decoded again.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aisubs.media.spans import Span, SpanMachine
from aisubs.media.tracks import Choice, Side
from aisubs.media.vad import VadState
from aisubs.media.windows import Tiling
from aisubs.model.audio_track import Reason

VERSION = 4

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TracksInTurn:
    """Where reading stands among several tracks that are read one after another: in the last of `starts_ms`, which are
    the places of their beginnings on one clock. `numbers` are those of all tracks, from 1; `sides`, where they are the
    channels of one, says which, and how each is heard."""

    numbers: tuple[int, ...]
    starts_ms: tuple[int, ...] = (0,)
    sides: tuple[Side, ...] = ()

    @property
    def index(self) -> int:
        return len(self.starts_ms) - 1

    @property
    def choice(self) -> Choice:
        """What is read here."""
        return Choice(self.numbers[self.index], Reason.EACH, self.sides[self.index] if self.sides else None)

    @property
    def start_ms(self) -> int:
        return self.starts_ms[-1]

    @property
    def is_last(self) -> bool:
        return len(self.starts_ms) == len(self.numbers)

    def next(self, start_ms: int) -> TracksInTurn:
        return replace(self, starts_ms=(*self.starts_ms, start_ms))

    def to_json(self) -> dict[str, Any]:
        sides = {"sides": [[side.channel, side.guard_db] for side in self.sides]} if self.sides else {}
        return {"tracks": list(self.numbers), "starts_ms": list(self.starts_ms)} | sides

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> TracksInTurn:
        """Inverse of `to_json`."""
        sides = tuple(Side(*side) for side in value.get("sides", ()))
        return cls(tuple(value["tracks"]), tuple(value["starts_ms"]), sides)


@dataclass(frozen=True, slots=True)
class FrontState:
    """With this the next window is produced. Positions are samples at 16 kHz.

    Of several tracks in turn they count from the start of the one that is being read.

    `heard` is where the network stands; `unread` are its probabilities for the chunks before that which the span
    machine has not taken yet. `total` is known once the network has heard the end, `closed` is set when the span
    machine has drawn its conclusions from that.
    """

    seq: int
    tile_start: int
    group: tuple[Span, ...]
    waiting: tuple[Span, ...]
    machine: tuple[int, ...]
    heard: int
    vad: VadState
    unread: Floats
    total: int | None
    closed: bool
    tracks: TracksInTurn | None = None

    @classmethod
    def fresh(cls) -> FrontState:
        """The state at the start of a recording."""
        none = np.zeros(0, np.float32)
        return cls(0, 0, (), (), tuple(SpanMachine().to_numbers()), 0, VadState.fresh(), none, None, False)

    @property
    def low_water(self) -> int:
        """The first sample that is needed to go on."""
        begins = [start for start, _ in (*self.group, *self.waiting)]
        return min([SpanMachine.from_numbers(self.machine).low, *begins])

    @property
    def first_sample(self) -> int:
        """Where reading begins again: the next tile tells how loud all of it is, also where nobody listens anew."""
        return min(self.tile_start, self.low_water)

    @property
    def is_done(self) -> bool:
        """There is no next window."""
        return self.track_is_done and (self.tracks is None or self.tracks.is_last)

    @property
    def track_is_done(self) -> bool:
        """There is no next window of the track that is being read."""
        return self.closed and self.tiling().is_done

    def after_track(self, end_ms: int) -> FrontState:
        """At the start of the next track in turn, which begins at `end_ms` on the clock of all."""
        assert self.tracks is not None
        return replace(FrontState.fresh(), seq=self.seq, tracks=self.tracks.next(end_ms))

    def tiling(self) -> Tiling:
        return Tiling(self.seq, self.tile_start, self.group, self.waiting, self.total if self.closed else None)

    def to_json(self) -> dict[str, Any]:
        """A JSON object of at most 4 KB. Inverse of `from_json`."""
        return {
            "v": VERSION,
            "seq": self.seq,
            "tile_start": self.tile_start,
            "group": _to_steps(self.group),
            "waiting": _to_steps(self.waiting),
            "machine": list(self.machine),
            "heard": self.heard,
            "low_water": self.low_water,
            "h": _to_text(self.vad.h),
            "c": _to_text(self.vad.c),
            "context": _to_text(self.vad.context),
            "unread": _to_text(self.unread),
            "total": self.total,
            "closed": self.closed,
        } | (self.tracks.to_json() if self.tracks else {})

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> FrontState:
        """Raises ValueError for a state of another version: the recording must then be read from its start."""
        if value.get("v") != VERSION:
            raise ValueError(f"front end state of version {value.get('v')}, not {VERSION}")
        return cls(
            seq=value["seq"],
            tile_start=value["tile_start"],
            group=_from_steps(value["group"]),
            waiting=_from_steps(value["waiting"]),
            machine=tuple(value["machine"]),
            heard=value["heard"],
            vad=VadState(_from_text(value["h"]), _from_text(value["c"]), _from_text(value["context"])),
            unread=_from_text(value["unread"]),
            total=value["total"],
            closed=value["closed"],
            tracks=TracksInTurn.from_json(value) if "tracks" in value else None,
        )


def _to_steps(spans: tuple[Span, ...]) -> list[int]:
    """Boundaries as differences, which are short numbers even ten hours into a recording."""
    bounds = [0, *(bound for span in spans for bound in span)]
    return [after - before for before, after in pairwise(bounds)]


def _from_steps(steps: list[int]) -> tuple[Span, ...]:
    bounds = list(accumulate(steps))
    return tuple(zip(bounds[::2], bounds[1::2], strict=True))


def _to_text(values: Floats) -> str:
    return base64.b64encode(values.astype("<f4").tobytes()).decode()


def _from_text(text: str) -> Floats:
    return np.frombuffer(base64.b64decode(text), "<f4").astype(np.float32)
