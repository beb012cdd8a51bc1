"""The engine port: speech in, segments out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from aisubs.model.job import Options
from aisubs.model.transcript import Segment, Word

if TYPE_CHECKING:  # the cloud's functions import the ports, and numpy costs them a cold start
    import numpy as np
    from numpy.typing import NDArray

SAMPLES_PER_SECOND = 16_000
"""What engines hear."""

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


Odds: TypeAlias = Mapping[str, float]
"""Languages with their probabilities, 0..1; the likely ones are enough, so they need not sum up to 1."""


class Engine(Protocol):
    """Turns speech into segments. Used by `concurrency` threads at a time, and `prepare` runs ahead in another."""

    fingerprint: str
    """Changes whenever the output could: model, weights, compute type, beam, versions."""
    model: str
    batch_size: int
    """How many windows at once suit the device, where the settings do not say."""
    concurrency: int
    """How many threads may ask at once. More than 1 only where a window says the same whatever others are asked about
    beside it: then they come one by one, each from its own thread, instead of in batches."""

    aligns: bool
    """Whether `align` can be asked: one that cannot says so before hours of work are done for a script."""

    @property
    def at_once(self) -> int | None:
        """How many windows are decoded at once, whatever the batch, since the device's memory ran out; None: whole
        batches. It falls by itself and never rises, so a checkpoint holds it."""
        ...

    def narrow(self, at_once: int | None) -> None:
        """Decode at most so many at once from now on, as the run before did; None lifts this, for the next job."""
        ...

    def prepare(self, piece: Piece) -> Prepared:
        """The part that needs no accelerator, so that it can overlap with `transcribe`."""
        ...

    def guess_languages(self, batch: Sequence[Prepared], among: Sequence[str] = ()) -> list[Guess]:
        """One guess for each piece; `among` names all languages that it may be, with odds that count only those.

        A model of one language always answers with that one. Raises `bad_language` where it knows none of `among`.
        """
        ...

    def guess_spans(self, batch: Sequence[Prepared], among: Sequence[str] = ()) -> list[list[Odds]]:
        """For each piece and each of its spans what language it may be in: a cheap first look, to be confirmed by
        `guess_languages` of that part alone. A model of one language is always sure of it. `among` as above."""
        ...

    def excerpt(self, prepared: Prepared, spans: tuple[tuple[int, int], ...]) -> Prepared:
        """The part of a piece that lies in `spans` (absolute samples, in order, each inside one span of the piece), as
        if it had been prepared alone."""
        ...

    def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[tuple[Segment, ...]]:
        """Segments of each piece, times absolute in the recording. Deterministic for equal batches.

        Raises `engine_failed`; `out_of_memory` when there is no room for a single one.
        """
        ...

    def redecode(self, piece: Prepared, language: str, options: Options, attempt: int) -> tuple[Segment, ...]:
        """Decode one doubtful piece again, alone, by the `attempt`-th (1..) deterministic fallback.

        Returns an empty tuple with attempt beyond the last fallback.
        """
        ...

    def align(self, batch: Sequence[Prepared], texts: Sequence[str], language: str) -> list[tuple[Word, ...]]:
        """When the words of a text that is known are said in its piece: one text for each. They spell the text, times
        are absolute, `confidence` is how probable the sound makes them. No words for a text that is too long.

        Raises as `transcribe`; `no_alignment` where it cannot (`aligns`).
        """
        ...

    def ping(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Spent:
    """What an engine elsewhere was sent of one recording, what was asked twice counted twice."""

    sent_ms: int = 0
    requests: int = 0


@runtime_checkable
class PaidEngine(Protocol):
    """An engine to which the sound is sent, and that somebody is paid for: within what one recording may take.

    What it is asked then raises `engine_budget`, as well as `engine_key`, `engine_refused`, `engine_busy` and
    `engine_unavailable`.
    """

    @property
    def spent(self) -> Spent: ...

    def begin(self, spent: Spent) -> None:
        """The next recording comes, of which so much was sent before."""
        ...


def spent_at(engine: Engine) -> Spent:
    """Nothing at an engine of this machine."""
    return engine.spent if isinstance(engine, PaidEngine) else Spent()


def begin_at(engine: Engine, spent: Spent) -> None:
    if isinstance(engine, PaidEngine):
        engine.begin(spent)
