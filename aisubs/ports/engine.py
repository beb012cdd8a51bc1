"""The engine port: speech in, segments out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from aisubs.model.job import Options
from aisubs.model.transcript import Segment

if TYPE_CHECKING:  # the cloud's functions import the ports, and numpy costs them a cold start
    import numpy as np
    from numpy.typing import NDArray

Samples: TypeAlias = "NDArray[np.float32]"
"""Mono samples at 16 kHz in [-1, 1], shape (n,)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What an engine gets of one window: its speech without the pauses.

    `samples` is the concatenation of `spans`, which are absolute (start, end) samples at 16 kHz in the recording;
    the engine restores times through them.
    """

    seq: int
    samples: Samples
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A piece with whatever the engine wants computed ahead (log-mel features of shape (n_mels, n_frames))."""

    piece: Piece
    features: Any = None


@dataclass(frozen=True, slots=True)
class Guess:
    """A language with its probability, 0..1."""

    language: str
    probability: float


class Engine(Protocol):
    """Turns speech into segments. Used by one thread at a time, except `prepare`, which runs ahead in another."""

    fingerprint: str
    """Changes whenever the output could: model, weights, compute type, beam, versions."""
    model: str
    batch_size: int
    """How many windows at once suit the device, where the settings do not say."""

    def prepare(self, piece: Piece) -> Prepared:
        """The part that needs no accelerator, so that it can overlap with `transcribe`."""
        ...

    def guess_languages(self, batch: Sequence[Prepared]) -> list[Guess]:
        """One guess for each piece. A model of one language always answers with that one."""
        ...

    def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[tuple[Segment, ...]]:
        """Segments of each piece, times absolute in the recording. Deterministic for equal batches.

        Raises `engine_failed`.
        """
        ...

    def redecode(self, piece: Prepared, language: str, options: Options, attempt: int) -> tuple[Segment, ...]:
        """Decode one doubtful piece again, alone, by the `attempt`-th (1..) deterministic fallback.

        Returns an empty tuple with attempt beyond the last fallback.
        """
        ...

    def ping(self) -> str: ...
