"""Saved windows whose sound is wanted once more: nothing of it was kept, so the recording is read again."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, cast

from aisubs.media.front import AudioWindow, Limits, read_windows
from aisubs.model.errors import error
from aisubs.model.transcript import Window
from aisubs.pipeline.heartbeat import Lease
from aisubs.pipeline.identify import open_source
from aisubs.pipeline.jobs import Claim, Jobs
from aisubs.pipeline.read_transcript import read_all_windows
from aisubs.pipeline.transcribe.checkpoint import Bookmark, track_of
from aisubs.pipeline.transcribe_job import HandOver
from aisubs.ports import Piece, Store

if TYPE_CHECKING:
    from collections.abc import Generator


def claimed_windows(claim: Claim, jobs: Jobs, lease: Lease) -> Iterator[Window]:
    """All windows of a claimed job, however long the database is away while the lease lasts."""
    return read_all_windows(
        lambda since, limit: lease.insist(lambda: jobs.read_claimed_windows(claim.job_id, claim.fence, since, limit))
    )


def check(lease: Lease, stop: threading.Event) -> None:
    """Raises what has ended the lease, and HandOver when the worker was asked to stop."""
    lease.check()
    if stop.is_set():
        raise HandOver


def hear_again(
    claim: Claim,
    bookmark: Bookmark,
    windows: Mapping[int, Window],
    *,
    store: Store,
    limits: Limits,
    lease: Lease,
    stop: threading.Event,
) -> Iterator[tuple[Window, Piece]]:
    """Each of `windows` (by `seq`, at least one) in order, with the speech in it. To be closed: it has threads.

    Raises what `check` raises, `incomplete` where the recording no longer gives them, and what it or the store are at
    fault of.
    """
    last = max(windows)
    reader = open_source(store, claim)
    try:
        heard = read_windows(reader, limits=limits, wish=track_of(claim, bookmark), stop=stop)
        with closing(cast("Generator[AudioWindow]", heard)) as tiles:
            for audio in tiles:
                check(lease, stop)
                window = windows.get(audio.seq)
                if window is not None:
                    if audio.piece is None or audio.start_ms != window.start_ms:
                        raise error("incomplete", f"window {audio.seq} is not the one that was saved")
                    yield window, audio.piece
                if audio.seq == last:
                    return
    finally:
        reader.close()
    check(lease, stop)
    raise error("incomplete", "the recording ended before the last window that was to be heard again")
