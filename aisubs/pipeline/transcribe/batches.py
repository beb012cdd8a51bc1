"""Which windows are transcribed together: a plan fixed by the index of the window, whatever happened before.

The sizes 2, 4, 8, … up to `widest` bring the first text within seconds and then fill the accelerator. In floating point
the scores of a window change in their last bits with the size of its batch, so a resumed run must make the batches of
the undisturbed one: it can, as the plan knows no history, and a batch is saved whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aisubs.media.front import AudioWindow, FrontState
from aisubs.media.windows import to_ms
from aisubs.model.transcript import Damage, Segment, Window
from aisubs.ports import Engine, Prepared

FIRST_BATCH = 2
SILENT_TILES = 4
"""So many tiles without speech in a row are saved without waiting for more speech: progress stays true."""


@dataclass(frozen=True, slots=True)
class PendingWindow:
    """A window on its way to the engine, without its samples. `prepared` is None where there is no speech.

    `damage` is what the file does not give of it: nobody can tell what was said there.
    """

    seq: int
    start_ms: int
    end_ms: int
    speech_ms: int
    resume: FrontState
    prepared: Prepared | None = None
    damage: Damage | None = None
    peaks: bytes = b""

    @property
    def speech(self) -> tuple[tuple[int, int], ...]:
        """Spans of speech (start_ms, end_ms) inside the window; ones that touch are one."""
        return self.speech_of(self.prepared) if self.prepared else ()

    def speech_of(self, part: Prepared) -> tuple[tuple[int, int], ...]:
        """The same for a part of the window."""
        bounds = ((to_ms(start), to_ms(end)) for start, end in part.piece.spans)
        return join_spans((max(self.start_ms, start), min(self.end_ms, end)) for start, end in bounds)

    def transcribed(self, segments: tuple[Segment, ...], speech: tuple[tuple[int, int], ...]) -> Window:
        """The row of this tile. What is missing counts as speech, so that the ledger misses words in it."""
        heard = join_spans(sorted((*speech, *(self.damage.missing if self.damage else ()))))
        return Window(self.seq, self.start_ms, self.end_ms, self.speech_ms, segments, heard, self.damage)


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive tiles that are transcribed and saved together."""

    tiles: tuple[PendingWindow, ...]

    @property
    def last(self) -> bool:
        """True when the recording ends with it."""
        return self.tiles[-1].resume.is_done

    @property
    def pieces(self) -> list[Prepared]:
        return [tile.prepared for tile in self.tiles if tile.prepared is not None]

    @property
    def peaks(self) -> dict[int, bytes]:
        """How loud each tile is, by its number."""
        return {tile.seq: tile.peaks for tile in self.tiles}

    @property
    def audio_ms(self) -> int:
        return self.tiles[-1].end_ms - self.tiles[0].start_ms


def join_spans(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sorted spans; those that touch or overlap become one, empty ones vanish."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return tuple(joined)


def batch_size(speech_index: int, widest: int) -> int:
    """Size of the batch that begins with the `speech_index`-th window of speech (from 0).

    Raises ValueError for an index at which no batch begins.
    """
    begin, size = 0, min(FIRST_BATCH, widest)
    while begin + size <= speech_index and size < widest:
        begin, size = begin + size, min(2 * size, widest)
    if (speech_index - begin) % size:
        raise ValueError(f"no batch begins at window {speech_index}")
    return size


def widest_batch(engine: Engine, wanted: int) -> int:
    """The setting, or with 0 what the engine makes good use of."""
    return wanted or engine.batch_size


def tile_of(window: AudioWindow, engine: Engine) -> PendingWindow:
    """Prepare a window (log-mel, say) and let go of its samples."""
    prepared = engine.prepare(window.piece) if window.piece is not None else None
    return PendingWindow(
        window.seq,
        window.start_ms,
        window.end_ms,
        window.speech_ms,
        window.resume,
        prepared,
        window.damage,
        window.peaks,
    )


def gather(tiles: Iterable[PendingWindow], first_speech: int, widest: int) -> Iterator[Batch]:
    """Group tiles by the plan, beginning with speech window `first_speech`. The last batch may be smaller."""
    waiting: list[PendingWindow] = []
    speech = 0
    for tile in tiles:
        waiting.append(tile)
        speech += tile.prepared is not None
        full = speech == batch_size(first_speech, widest)
        if full or tile.resume.is_done or (speech == 0 and len(waiting) == SILENT_TILES):
            yield Batch(tuple(waiting))
            first_speech, speech, waiting = first_speech + speech, 0, []
