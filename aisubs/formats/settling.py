"""When each cue appears and goes where people pinned some: what is pinned holds, the rest gives way, none overlaps.

Pins can contradict each other, or the order of the words. Of all cues in order, the largest part that can keep its
times does so, where a pinned start counts as much as `_WEIGHT` cues that flow; a pin that is not in it yields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aisubs.formats.clashes import Clash, Why
from aisubs.formats.cue import Cue
from aisubs.formats.profiles import Limits
from aisubs.formats.timing import Draft, natural_end
from aisubs.model.rising import longest_rising

_WEIGHT = 8
_FAR_MS = 1 << 60


def settle(drafts: Sequence[Draft], limits: Limits, duration_ms: int) -> tuple[list[Cue], list[Clash]]:
    """Final times as `fit` gives them, around those that are pinned. Every cue gets at least 1 ms and none reaches into
    the next."""
    holds = _holding(drafts)
    latest = _latest(drafts, holds)
    cues: list[Cue] = []
    clashes: list[Clash] = []
    free_from = 0
    for index, draft in enumerate(drafts):
        start = min(max(draft.wanted_ms, free_from), latest[index])
        follows_ms = drafts[index + 1].wanted_ms if index + 1 < len(drafts) else None
        end, limit = draft.end_pin, latest[index + 1]
        if end is None:
            end = natural_end(draft, start, follows_ms, limits, duration_ms)
        elif index + 1 < len(drafts) and not drafts[index + 1].starts_pinned:
            limit = min(limit, _bearable(draft, drafts[index + 1], limits))
        end = max(start + 1, min(end, limit))
        cues.append(_cue(draft, start, end))
        clashes += _clashes(drafts, index, cues[-1], limits)
        late = follows_ms is not None and end + limits.gap_ms > follows_ms + limits.late_ms
        free_from = end if late or draft.end_pin is not None else end + limits.gap_ms
    return cues, clashes


def yield_pins(drafts: Sequence[Draft]) -> None:
    """Give up the pinned starts that most of the others contradict."""
    holds = _holding(drafts)
    for index, draft in enumerate(drafts):
        draft.yields = draft.start_pin is not None and index not in holds


def _bearable(draft: Draft, after: Draft, limits: Limits) -> int:
    """How long a pinned end may keep the speech behind it waiting: half of that speech. A cue without words may not."""
    if draft.own is not None:
        return after.start_ms
    return after.start_ms + max(limits.late_ms, (after.end_ms - after.start_ms) // 2)


def _holding(drafts: Sequence[Draft]) -> set[int]:
    """The largest part of the cues that can begin when they want to, each a millisecond after the one before."""
    ranks: list[int] = []
    bearers: list[int] = []
    for index, draft in enumerate(drafts):
        room = draft.wanted_ms - index  # of cues in a row that keep their times, this never falls
        if room >= 0:
            weight = _WEIGHT if draft.starts_pinned else 1
            ranks += range((room * len(drafts) + index) * _WEIGHT, (room * len(drafts) + index) * _WEIGHT + weight)
            bearers += [index] * weight
    return {bearers[position] for position in longest_rising(ranks)}


def _latest(drafts: Sequence[Draft], holds: set[int]) -> list[int]:
    """When each cue must appear at the latest, for the pins behind it to hold, and _FAR_MS behind the last."""
    latest = [_FAR_MS]
    for index in range(len(drafts) - 1, -1, -1):
        draft = drafts[index]
        held = draft.starts_pinned and index in holds
        latest.append(min(draft.wanted_ms, latest[-1] - 1) if held else latest[-1] - 1)
    return latest[::-1]


def _cue(draft: Draft, start_ms: int, end_ms: int) -> Cue:
    own = draft.own
    return Cue(
        start_ms,
        end_ms,
        tuple(draft.lines),
        kind=own.kind if own else "speech",
        own_id=own.id if own else None,
        position=draft.position,
        align=draft.align,
        start_pinned=draft.start_pin is not None,
        end_pinned=draft.end_pin is not None,
    )


def _clashes(drafts: Sequence[Draft], index: int, cue: Cue, limits: Limits) -> Iterator[Clash]:
    draft, number = drafts[index], index + 1
    if draft.start_pin is not None and draft.start_pin != cue.start_ms:
        yield Clash(number, Why.START_MOVED, draft.start_pin, cue.start_ms)
    if draft.end_pin is not None and draft.end_pin != cue.end_ms:
        yield Clash(number, Why.END_MOVED, draft.end_pin, cue.end_ms)
    if draft.own is not None:
        return
    before, after = drafts[index - 1] if index else None, drafts[index + 1] if index + 1 < len(drafts) else None
    late = cue.start_ms > draft.start_ms + limits.late_ms + limits.gap_ms
    if late and draft.start_pin is None and before and before.pinned:
        yield Clash(number, Why.LATE, draft.start_ms, cue.start_ms)
    early = cue.end_ms + limits.gap_ms < draft.end_ms
    if early and draft.end_pin is None and after and after.starts_pinned:
        yield Clash(number, Why.CUT_SHORT, draft.end_ms, cue.end_ms)
    if draft.pinned and (cue.end_ms <= draft.start_ms or cue.start_ms >= max(draft.end_ms, draft.start_ms + 1)):
        yield Clash(number, Why.AWAY, draft.start_ms, cue.start_ms)
