"""Spans of speech become windows of at most 30 s, and windows become tiles that cover the recording without a gap.

Which spans share a window is what `faster_whisper.vad.collect_chunks(max_duration=30)` decides: as many as fit. It
forgets spans in the metadata of a window and knows nothing of the pauses; here every sample belongs to one tile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aisubs.media.spans import Span

MAX_SPEECH = 480_000
"""Samples of speech in a window: 30 s, what the model takes."""
LONG_PAUSE = 60 * 16_000
"""A longer pause before a window becomes a tile of its own."""
MAX_QUIET = 600 * 16_000
"""The longest tile without speech: progress is seen, and saved, at least so often."""


def to_ms(sample: int) -> int:
    """The one rounding rule for times: to the nearest millisecond, halves up."""
    return (sample + 8) // 16


@dataclass(frozen=True, slots=True)
class Tile:
    """Samples [start, end) of the recording and the speech inside, in samples. Without spans: a tile of silence."""

    seq: int
    start: int
    end: int
    spans: tuple[Span, ...]


class Tiling:
    """Takes settled spans in order (`add`), then the total (`close`), and gives the tiles that are certain (`next`)."""

    def __init__(
        self,
        seq: int = 0,
        start: int = 0,
        group: Sequence[Span] = (),
        waiting: Sequence[Span] = (),
        total: int | None = None,
    ) -> None:
        self.seq = seq
        self.start = start  # of the next tile
        self.group = list(group)  # spans of the window that is being filled
        self.waiting = list(waiting)  # settled spans that come after them
        self.total = total

    @property
    def is_empty(self) -> bool:
        return not self.group and not self.waiting

    @property
    def is_done(self) -> bool:
        return self.total is not None and self.is_empty and to_ms(self.start) == to_ms(self.total)

    def add(self, span: Span) -> None:
        self.waiting.append(span)

    def close(self, total: int) -> None:
        """No span comes after the ones that were added; the recording has `total` samples."""
        self.total = total

    def next(self, quiet_until: int) -> Tile | None:
        """The next tile, or None as long as what follows could change it. Call until None.

        `quiet_until` is a sample before which no span will begin that has not been added yet.
        """
        while True:
            if self.waiting and not self.group:
                self.group.append(self.waiting.pop(0))
            speech_begins = self.group[0][0] if self.group else quiet_until
            if self.group and speech_begins - self.start > LONG_PAUSE:
                return self._quiet(min(speech_begins, self.start + MAX_QUIET))
            if self.group and (self._is_full() or (not self.waiting and self.total is not None)):
                return self._speech()
            if not self.waiting:
                break
            self.group.append(self.waiting.pop(0))
        if self.total is not None:
            return None if self.is_done else self._quiet(min(self.total, self.start + MAX_QUIET))
        if not self.group and quiet_until - self.start >= MAX_QUIET:
            return self._quiet(self.start + MAX_QUIET)
        return None

    def _is_full(self) -> bool:
        """The span that waits does not fit. A lone span always fits: the span machine splits before 30 s."""
        return bool(self.waiting) and sum(end - start for start, end in [*self.group, self.waiting[0]]) > MAX_SPEECH

    def _speech(self) -> Tile:
        spans, self.group = tuple(self.group), []
        return self._tile(spans[-1][1], spans)

    def _quiet(self, end: int) -> Tile:
        return self._tile(end, ())

    def _tile(self, end: int, spans: tuple[Span, ...]) -> Tile:
        tile = Tile(self.seq, self.start, end, spans)
        self.seq += 1
        self.start = end
        return tile
