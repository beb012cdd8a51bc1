"""The ledger of a transcript: every millisecond of the recording stands in exactly one account.

It is made from the saved windows alone, so it can be checked by anybody who can read them. What the field loses without
a word (a window that came back empty, the last sentences of a window) shows up as `unresolved`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from aisubs.model.errors import error
from aisubs.model.transcript import Account, Coverage, Mark, Window
from aisubs.pipeline.quality import untold_speech

Stretch = tuple[int, int, Account]
"""(start_ms, end_ms, account)"""

_DOUBTS = {Mark.LOOP, Mark.DOUBTFUL, Mark.NO_SPEECH}


def take_stock(windows: Iterable[Window]) -> Coverage:
    """Add up all windows of a recording. Raises `incomplete` when they leave a gap or overlap."""
    sums = dict.fromkeys(Account, 0)
    unresolved: list[tuple[int, int]] = []
    reached_ms = 0
    for window in windows:
        if window.start_ms != reached_ms:
            raise error("incomplete", f"window {window.seq} begins at {window.start_ms} ms, not at {reached_ms} ms")
        reached_ms = window.end_ms
        for start_ms, end_ms, account in accounts(window):
            sums[account] += end_ms - start_ms
            if account is not Account.UNRESOLVED:
                continue
            if unresolved and unresolved[-1][1] == start_ms:
                unresolved[-1] = (unresolved[-1][0], end_ms)
            else:
                unresolved.append((start_ms, end_ms))
    return Coverage(
        transcribed_ms=sums[Account.TRANSCRIBED],
        no_speech_ms=sums[Account.NO_SPEECH],
        redecoded_ms=sums[Account.REDECODED],
        unresolved_ms=sums[Account.UNRESOLVED],
        unresolved=tuple(unresolved),
    )


def accounts(window: Window) -> Iterator[Stretch]:
    """The stretches of one window, in order, without a gap."""
    told = _account_of(window)
    untold = set(untold_speech(window.segments, window.speech)) if window.segments else set()
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
    if not window.segments or marks & _DOUBTS:
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
