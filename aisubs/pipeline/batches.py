"""Which windows are transcribed together: a plan fixed by the index of the window, whatever happened before.

The sizes 2, 4, 8, … up to `widest` bring the first text within seconds and then fill the accelerator. In floating point
the scores of a window change in their last bits with the size of its batch, so a resumed run must make the batches of
the undisturbed one: it can, as the plan knows no history, and a batch is saved whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aisubs.media.front import AudioWindow, FrontState
from aisubs.model.transcript import Segment, Window
from aisubs.ports import Engine, Prepared

FIRST_BATCH = 2
SAMPLES_PER_MS = 16
SILENT_TILES = 4
"""So many tiles without speech in a row are saved without waiting for more speech: progress stays true."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A window on its way to the engine, without its samples. `prepared` is None where there is no speech.

    `holes` (start_ms, end_ms) are what the file has lost to damage: nobody can tell what was said there.
    """

    seq: int
    start_ms: int
    end_ms: int
    speech_ms: int
    resume: FrontState
    prepared: Prepared | None = None
    holes: tuple[tuple[int, int], ...] = ()

    @property
    def speech(self) -> tuple[tuple[int, int], ...]:
        """Spans of speech (start_ms, end_ms) inside the tile; ones that touch are one."""
        spans = self.prepared.piece.spans if self.prepared else ()
        bounds = ((start // SAMPLES_PER_MS, end // SAMPLES_PER_MS) for start, end in spans)
        return join_spans((max(self.start_ms, start), min(self.end_ms, end)) for start, end in bounds)

    def transcribed(self, segments: tuple[Segment, ...], speech: tuple[tuple[int, int], ...]) -> Window:
        """The row of this tile. A hole counts as speech, so that the ledger misses words in it."""
        heard = join_spans(sorted((*speech, *self.holes)))
        return Window(self.seq, self.start_ms, self.end_ms, self.speech_ms, segments, heard)


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive tiles that are transcribed and saved together."""

    tiles: tuple[Tile, ...]

    @property
    def last(self) -> bool:
        """True when the recording ends with it."""
        return self.tiles[-1].resume.is_done

    @property
    def pieces(self) -> list[Prepared]:
        return [tile.prepared for tile in self.tiles if tile.prepared is not None]

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


def tile_of(window: AudioWindow, engine: Engine) -> Tile:
    """Prepare a window (log-mel, say) and let go of its samples."""
    prepared = engine.prepare(window.piece) if window.piece is not None else None
    return Tile(
        window.seq, window.start_ms, window.end_ms, window.speech_ms, window.resume, prepared, tuple(window.holes)
    )


def gather(tiles: Iterable[Tile], first_speech: int, widest: int) -> Iterator[Batch]:
    """Group tiles by the plan, beginning with speech window `first_speech`. The last batch may be smaller."""
    waiting: list[Tile] = []
    speech = 0
    for tile in tiles:
        waiting.append(tile)
        speech += tile.prepared is not None
        full = speech == batch_size(first_speech, widest)
        if full or tile.resume.is_done or (speech == 0 and len(waiting) == SILENT_TILES):
            yield Batch(tuple(waiting))
            first_speech, speech, waiting = first_speech + speech, 0, []
