"""From a claimed job to saved windows: the loop around the engine.

    reader ─▶ decode ─▶ voice activity ─▶ windows ─▶ features ─▶ batches ─▶ engine ─▶ guards ─▶ saver
             (thread)   (thread)                    (thread)               (here)              (thread)

The engine is the one scarce thing: everything else runs ahead of it or behind it. Each batch is saved with a bookmark
behind it; a run that is resumed there makes the same windows, the same batches and the same text.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from aisubs.heap import give_back_freed
from aisubs.media.front import Limits, MediaInfo
from aisubs.model.errors import error
from aisubs.model.job import Stage
from aisubs.model.transcript import Window
from aisubs.pipeline.heartbeat import Lease
from aisubs.pipeline.identify import open_source
from aisubs.pipeline.jobs import Claim, Jobs
from aisubs.pipeline.transcribe.batches import Batch
from aisubs.pipeline.transcribe.channel import Channel, Closed
from aisubs.pipeline.transcribe.checkpoint import (
    Bookmark,
    Checkpoint,
    Saver,
    find_bookmark,
    fingerprint_of,
    saving,
    spent_on,
    track_of,
)
from aisubs.pipeline.transcribe.front_end import batches_ahead
from aisubs.pipeline.transcribe.language import VOTERS, Vote, elect, needs_election
from aisubs.pipeline.transcribe.progress import DIARIZING_SHARE, Pace
from aisubs.pipeline.transcribe.stretches import votes_of
from aisubs.pipeline.transcribe.windows_at_once import Begun, WindowsAtOnce, windows_at_once
from aisubs.ports import Engine, Store, begin_at, spent_at

log = logging.getLogger(__name__)

_LOOK_UP_S = 0.2
"""While waiting for a batch, how often to look whether the job is still ours and wanted."""

SHORT_CLIP_MS = 10_000
"""Not worth a transaction to tell of: it is over before anybody could read it."""


class HandOver(Exception):
    """The worker was asked to stop. Everything that was done is saved."""


@dataclass(frozen=True, slots=True)
class Transcribed:
    """`audio_ms` of the recording were transcribed by this execution in `wall_ms`, model loading not included."""

    bookmark: Bookmark
    language: str | None
    audio_ms: int
    wall_ms: int


def transcribe_job(
    claim: Claim,
    *,
    jobs: Jobs,
    store: Store,
    engine: Engine,
    lease: Lease,
    limits: Limits,
    widest: int,
    stop: threading.Event,
) -> Transcribed:
    """Save windows until they tile the recording.

    Raises HandOver when `stop` was set, `lost_lease`, and what the recording, the store, the engine or the database
    are at fault of.
    """
    fingerprint = fingerprint_of(claim, engine, widest)
    bookmark = find_bookmark(claim, fingerprint)
    if bookmark is None:
        if claim.windows:
            log.warning("windows.discarded", extra={"job_id": claim.job_id, "windows": claim.windows})
            lease.insist(lambda: jobs.discard_windows(claim.job_id, claim.fence))
        bookmark = Bookmark(fingerprint, spent=spent_on(claim))
    if bookmark.finished:
        return Transcribed(bookmark, bookmark.language or claim.options.language, 0, 0)
    engine.narrow(bookmark.at_once)
    begin_at(engine, bookmark.spent)
    reader = open_source(store, claim)
    try:
        pace = Pace(DIARIZING_SHARE if claim.options.diarize else 0.0)
        with windows_at_once(engine, claim.options, bookmark) as windows:
            loop = Loop(claim, jobs, engine, windows, lease, stop, bookmark, pace)
            with (
                batches_ahead(
                    reader,
                    engine,
                    limits=limits,
                    wish=track_of(claim, bookmark),
                    resume=bookmark.front,
                    first_speech=bookmark.speech_windows,
                    widest=widest,
                    on_info=loop.note_info,
                ) as batches,
                saving(jobs, claim, lease) as saver,
            ):
                loop.run(batches, saver)
    finally:
        reader.close()
    language = loop.bookmark.language or claim.options.language
    return Transcribed(loop.bookmark, language, loop.pace.audio_ms, round(loop.pace.wall_s * 1000))


@dataclass(slots=True)
class Loop:
    """The engine's side of the loop, in the calling thread. `bookmark` stands behind the last batch handed over."""

    claim: Claim
    jobs: Jobs
    engine: Engine
    windows: WindowsAtOnce
    lease: Lease
    stop: threading.Event
    bookmark: Bookmark
    pace: Pace
    since_s: float = 0.0
    """When the batch that is to be settled was begun, or the one before it was settled (monotonic clock)."""
    in_flight: deque[Begun] = field(default_factory=deque)
    """Batches that are begun and not settled."""
    duration_ms: int | None = None
    """Of all that is to be transcribed."""

    def note_info(self, info: MediaInfo) -> None:
        """Called by the front end's thread once it knows the container."""
        self.duration_ms = info.duration_ms
        if self.bookmark.track is None:
            self.bookmark = replace(self.bookmark, track=info.track)
        if self.bookmark.track is not None and self.bookmark.track.in_turn:
            self.pace.later_share = 0.0  # who is on a track of their own needs no telling apart

    def run(self, batches: Channel[Batch], saver: Saver) -> None:
        for begun in self._begun(batches, saver):
            windows = self._settled(begun)
            give_back_freed()
            self.pace.note(begun.batch.audio_ms, (now := time.monotonic()) - self.since_s)
            self.since_s = now
            saver.put(Checkpoint(windows, self.bookmark, self._remaining_ms(begun.batch), begun.batch.peaks))
            if begun.batch.last:
                break
            self._check(saver)
        saver.flush()

    def _begun(self, batches: Channel[Batch], saver: Saver) -> Iterator[Begun]:
        """All batches in order, each when the one behind it is begun as well, or when it is over."""
        for batch in self._after_election(batches, saver):
            if batch is not None:
                if not self.pace.audio_ms and not self.in_flight:
                    self.since_s = time.monotonic()  # neither opening the file nor the election will come again
                self.in_flight.append(self.windows.begin(batch, self.bookmark))
            elif self.in_flight and not self.in_flight[0].is_over(_LOOK_UP_S):
                continue
            while self.in_flight and (len(self.in_flight) > self.windows.ahead or self.in_flight[0].is_over(0)):
                yield self.in_flight.popleft()
        while self.in_flight:
            yield self.in_flight.popleft()

    def _after_election(self, batches: Channel[Batch], saver: Saver) -> Iterator[Batch | None]:
        """As `_arriving`. The language is fixed when the first batch with speech comes out."""
        opening: list[Batch] = []
        open_poll = self.bookmark.language is None
        voters = VOTERS if needs_election(self.claim.options) else 1
        for batch in self._arriving(batches, saver):
            if batch is None or not open_poll or not (opening or batch.pieces):
                yield batch
                continue
            opening.append(batch)
            if batch.last or sum(len(waiting.pieces) for waiting in opening) >= voters:
                self._hold_election(opening)
                open_poll = False
                yield from opening

    def _arriving(self, batches: Channel[Batch], saver: Saver) -> Iterator[Batch | None]:
        """Batches as the front end delivers them, for as long as the job is ours and nobody asks us to stop.

        None: there is none yet, or none is to be begun before what is in flight is saved.
        """
        known = False
        while True:
            if not self.in_flight:
                self._check(saver)
            try:
                if self.in_flight and self.stop.is_set():
                    raise TimeoutError
                batch = batches.get(0 if self.in_flight else _LOOK_UP_S)
            except Exception as end:  # also what the front end has stumbled over
                if self.in_flight or isinstance(end, TimeoutError):
                    yield None
                    continue
                if isinstance(end, Closed):
                    raise error("incomplete", "the front end stopped before the last window") from end
                raise
            if not known and not (batch.last and batch.audio_ms <= SHORT_CLIP_MS):
                self._tell_duration()
            known = True
            yield batch
            if batch.last:
                return

    def _check(self, saver: Saver) -> None:
        """Raises what has ended the lease, and HandOver when the worker was asked to stop."""
        self.lease.check()
        if self.stop.is_set():
            saver.flush()
            raise HandOver

    def _tell_duration(self) -> None:
        """The recording is readable and its length known: from now on there is progress to show."""
        claim, duration_ms, track = self.claim, self.duration_ms, self.bookmark.track
        if duration_ms is not None and track is not None and track.in_turn:
            duration_ms //= len(track.in_turn)  # it is gone through as often
        self.lease.insist(lambda: self.jobs.set_stage(claim.job_id, claim.fence, Stage.TRANSCRIBING, duration_ms))

    def _hold_election(self, opening: list[Batch]) -> None:
        options = self.claim.options
        votes: list[Vote] = []
        if needs_election(options):
            heard = [votes_of(self.engine, batch.pieces, options.languages) for batch in opening if batch.pieces]
            votes = [Vote(*vote) for window in list(chain.from_iterable(heard))[:VOTERS] for vote in window]
        language = elect(votes, options)
        log.info("language.elected", extra={"job_id": self.claim.job_id, "language": language, "votes": len(votes)})
        self.bookmark = replace(self.bookmark, language=language)

    def _settled(self, begun: Begun) -> list[Window]:
        """The windows of a batch, and the bookmark behind them."""
        windows, mark = self.windows.settle(begun, self.bookmark)
        front, track = begun.batch.tiles[-1].resume, mark.track
        if track is not None and front.tracks is not None:
            track = track.reached(front.tracks.starts_ms)
        mark = replace(mark, at_once=self.engine.at_once, spent=spent_at(self.engine))
        self.bookmark = replace(mark, front=front, track=track)
        return windows

    def _remaining_ms(self, batch: Batch) -> int | None:
        reached_ms = batch.tiles[-1].end_ms
        duration_ms = reached_ms if batch.last else self.duration_ms or self.claim.duration_ms
        return None if duration_ms is None else self.pace.remaining_ms(reached_ms, duration_ms)
