"""The ledger of a transcript: every millisecond of the recording stands in exactly one account.

It is made from the saved windows alone, so it can be checked by anybody who can read them. What the field loses without
a word (a window that came back empty, the last sentences of a window) shows up as `unresolved`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from aisubs.model.errors import error
from aisubs.model.losses import DOUBTS
from aisubs.model.transcript import Account, Coverage, Mark, Window
from aisubs.pipeline.transcribe.batches import join_spans
from aisubs.pipeline.transcribe.doubts import untold_speech

Stretch = tuple[int, int, Account]
"""(start_ms, end_ms, account)"""


_RANK = (Account.NO_SPEECH, Account.TRANSCRIBED, Account.REDECODED, Account.UNRESOLVED)
"""Of what several tracks say of a millisecond, the last of these counts."""


def take_stock(windows: Iterable[Window]) -> Coverage:
    """Add up all windows of a recording. Raises `incomplete` when they leave a gap or overlap."""
    return ledger_of(check_tiles(windows))


def check_tiles(windows: Iterable[Window]) -> list[Window]:
    """The windows, which follow each other from 0 on. Raises `incomplete` when they leave a gap or overlap."""
    tiles = list(windows)
    reached_ms = 0
    for window in tiles:
        if window.start_ms != reached_ms:
            raise error("incomplete", f"window {window.seq} begins at {window.start_ms} ms, not at {reached_ms} ms")
        reached_ms = window.end_ms
    return tiles


def ledger_of(windows: Sequence[Window]) -> Coverage:
    """Each millisecond once, also where windows of several tracks lie side by side: it is unresolved if it is so in any
    of them, silent only if it is so in all."""
    steps: dict[int, list[tuple[Account, int]]] = defaultdict(list)
    for window in windows:
        for start_ms, end_ms, account in accounts(window):
            steps[start_ms].append((account, 1))
            steps[end_ms].append((account, -1))
    sums, running = dict.fromkeys(Account, 0), dict.fromkeys(Account, 0)
    unresolved: list[tuple[int, int]] = []
    for at_ms, next_ms in pairwise([*sorted(steps), max(steps, default=0)]):
        for account, change in steps[at_ms]:
            running[account] += change
        told = max((account for account in Account if running[account]), key=_RANK.index, default=Account.NO_SPEECH)
        sums[told] += next_ms - at_ms
        if told is Account.UNRESOLVED:
            unresolved.append((at_ms, next_ms))
    damage = [window.damage for window in windows if window.damage is not None]
    end_ms = max((window.end_ms for window in windows), default=0)
    return Coverage(
        transcribed_ms=sums[Account.TRANSCRIBED],
        no_speech_ms=sums[Account.NO_SPEECH],
        redecoded_ms=sums[Account.REDECODED],
        unresolved_ms=sums[Account.UNRESOLVED],
        unresolved=join_spans(unresolved),
        missing=join_spans(sorted(span for one in damage for span in one.missing)),
        gaps=join_spans(sorted(span for one in damage for span in one.gaps)),
        cut_at_ms=end_ms if any(one.cut for one in damage) else None,
        promised_ms=max((one.promised_ms for one in damage if one.promised_ms is not None), default=None),
    )


def accounts(window: Window) -> Iterator[Stretch]:
    """The stretches of one window, in order, without a gap."""
    told = _account_of(window)
    untold = set(untold_speech(window.segments, window.speech)) if window.segments else set()
    untold.update(window.damage.missing if window.damage else ())
    at_ms = window.start_ms
    for start_ms, end_ms in sorted(_cut(window.speech, untold)):
        if at_ms < start_ms:
            yield at_ms, start_ms, Account.NO_SPEECH
        yield start_ms, end_ms, Account.UNRESOLVED if _inside((start_ms, end_ms), untold) else told
        at_ms = end_ms
    if at_ms < window.end_ms:
        yield at_ms, window.end_ms, Account.NO_SPEECH


def _account_of(window: Window) -> Account:
    marks = {mark for segment in window.segments for mark in segment.marks}
    if not window.segments or marks & DOUBTS:
        return Account.UNRESOLVED
    return Account.REDECODED if Mark.REDECODED in marks else Account.TRANSCRIBED


def _cut(spans: Iterable[tuple[int, int]], at: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Cut spans wherever one of `at` begins or ends, so that each part lies inside or outside of them."""
    cuts = sorted({edge for span in at for edge in span})
    for start_ms, end_ms in spans:
        edges = [start_ms, *(edge for edge in cuts if start_ms < edge < end_ms), end_ms]
        yield from pairwise(edges)


def _inside(part: tuple[int, int], spans: Iterable[tuple[int, int]]) -> bool:
    return any(start_ms <= part[0] and part[1] <= end_ms for start_ms, end_ms in spans)
