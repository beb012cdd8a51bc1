"""When each cue appears and goes: as spoken, long enough to be read, never two at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aisubs.formats.cue import Cue, Line
from aisubs.formats.measure import columns
from aisubs.formats.profiles import Limits
from aisubs.model.captions.overrides import Align, Position
from aisubs.model.captions.own_cues import OwnCue


@dataclass(slots=True)
class Draft:
    """A cue whose times are still those of the speech in it. `opens_turn`: another speaker spoke before. Pins, place
    and `own` are what people decided; `yields` says that the pinned start cannot be had."""

    start_ms: int
    end_ms: int
    lines: list[Line]
    opens_turn: bool
    start_pin: int | None = None
    end_pin: int | None = None
    position: Position | None = None
    align: Align | None = None
    own: OwnCue | None = None
    yields: bool = False

    @property
    def pinned(self) -> bool:
        return self.start_pin is not None or self.end_pin is not None

    @property
    def starts_pinned(self) -> bool:
        return self.start_pin is not None and not self.yields

    @property
    def wanted_ms(self) -> int:
        """When it is to appear."""
        return self.start_ms if self.start_pin is None or self.yields else self.start_pin

    def needed_ms(self, limits: Limits) -> int:
        """How long a reader needs for it."""
        if not limits.columns_per_s:
            return limits.min_ms
        width = sum(columns(line.shown, limits.wide) for line in self.lines)
        return max(limits.min_ms, width * 1000 // limits.columns_per_s)

    def hurried(self, next_start_ms: int, limits: Limits) -> bool:
        """Whether it would have to go, for the speech that follows, before it can be read."""
        free_until = min(self.end_ms + limits.linger_ms, next_start_ms - limits.gap_ms)
        return free_until - self.start_ms < self.needed_ms(limits)


def fit(drafts: Sequence[Draft], limits: Limits, duration_ms: int) -> list[Cue]:
    """Final times. `drafts` start in order. Every cue gets at least 1 ms and none reaches into the next.

    A cue stays up to `linger_ms` after speech if reading needs it, and until `min_ms` at least where there is room.
    """
    cues: list[Cue] = []
    free_from = 0
    for index, draft in enumerate(drafts):
        follows_ms = drafts[index + 1].start_ms if index + 1 < len(drafts) else None
        start = max(draft.start_ms, free_from)
        end = natural_end(draft, start, follows_ms, limits, duration_ms)
        cues.append(Cue(start, end, tuple(draft.lines)))
        late = follows_ms is not None and end + limits.gap_ms > follows_ms + limits.late_ms
        free_from = end if late else end + limits.gap_ms  # rather no gap than words ever later
    return cues


def natural_end(draft: Draft, start: int, follows_ms: int | None, limits: Limits, duration_ms: int) -> int:
    """When a cue that appears at `start` goes; `follows_ms`: when the next is to appear."""
    read = min(start + draft.needed_ms(limits), draft.end_ms + limits.linger_ms)
    end = max(draft.end_ms, read, start + limits.min_ms)
    if follows_ms is not None:
        before_next = follows_ms - limits.gap_ms
        if end < before_next and follows_ms - end <= limits.chain_ms and follows_ms - draft.end_ms <= _chained(limits):
            end = before_next
        if end > before_next:
            borrowed = min(start + limits.min_ms, before_next + limits.late_ms)
            end = max(before_next, borrowed) if before_next - start < limits.min_ms else before_next
    elif duration_ms:
        end = min(end, max(duration_ms, draft.end_ms))
    if limits.max_ms:
        end = min(end, start + limits.max_ms)
    return max(end, start + 1)


def _chained(limits: Limits) -> int:
    """How far after speech a cue may stay to close a short pause."""
    return max(limits.chain_ms, limits.linger_ms + limits.gap_ms)
