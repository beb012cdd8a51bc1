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
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from aisubs.heap import give_back_freed
from aisubs.media.front import Limits, MediaInfo
from aisubs.model.errors import error
from aisubs.model.job import Stage
from aisubs.model.second_passes import SecondPasses
from aisubs.model.transcript import Segment, Window
from aisubs.pipeline.answers import Answer, first_answers
from aisubs.pipeline.batches import Batch, PendingWindow
from aisubs.pipeline.channel import Channel, Closed
from aisubs.pipeline.checkpoint import Bookmark, Checkpoint, Saver, find_bookmark, fingerprint_of, saving, track_of
from aisubs.pipeline.front_end import batches_ahead
from aisubs.pipeline.heartbeat import Lease
from aisubs.pipeline.identify import open_source
from aisubs.pipeline.jobs import Claim, Jobs
from aisubs.pipeline.language import VOTERS, Vote, elect, needs_election
from aisubs.pipeline.progress import DIARIZING_SHARE, Pace
from aisubs.pipeline.quality import review
from aisubs.pipeline.stretches import votes_of
from aisubs.ports import Engine, Store

log = logging.getLogger(__name__)

_LOOK_UP_S = 0.2
"""While waiting for a batch, how often to look whether the job is still ours and wanted."""

SHORT_CLIP_MS = 10_000
"""Not worth a transaction to tell of: it is over before anybody could read it."""

FREE_SECOND_PASSES, WINDOWS_PER_SECOND_PASS = 8, 4
"""A recording that is doubtful from end to end must not take ten times as long: after the first few further passes
there is one for every four windows of speech. What is doubtful beyond that is only marked."""


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
        bookmark = Bookmark(fingerprint)
    if bookmark.finished:
        return Transcribed(bookmark, bookmark.language or claim.options.language, 0, 0)
    engine.narrow(bookmark.at_once)
    reader = open_source(store, claim)
    try:
        loop = Loop(claim, jobs, engine, lease, stop, bookmark, Pace(DIARIZING_SHARE if claim.options.diarize else 0.0))
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
    lease: Lease
    stop: threading.Event
    bookmark: Bookmark
    pace: Pace = field(default_factory=Pace)
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
        since = time.monotonic()
        for batch in self._after_election(batches, saver):
            self._check(saver)
            if not self.pace.audio_ms:
                since = time.monotonic()  # neither opening the file nor the election will come again
            windows = self._transcribe(batch)
            give_back_freed()
            self.pace.note(batch.audio_ms, (now := time.monotonic()) - since)
            since = now
            saver.put(Checkpoint(windows, self.bookmark, self._remaining_ms(batch)))
            if batch.last:
                break
        saver.flush()

    def _after_election(self, batches: Channel[Batch], saver: Saver) -> Iterator[Batch]:
        """All batches in order. The language is fixed when the first one with speech comes out."""
        opening: list[Batch] = []
        open_poll = self.bookmark.language is None
        voters = VOTERS if needs_election(self.claim.options) else 1
        for batch in self._arriving(batches, saver):
            if not open_poll or not (opening or batch.pieces):
                yield batch
                continue
            opening.append(batch)
            if batch.last or sum(len(waiting.pieces) for waiting in opening) >= voters:
                self._hold_election(opening)
                open_poll = False
                yield from opening

    def _arriving(self, batches: Channel[Batch], saver: Saver) -> Iterator[Batch]:
        """Batches as the front end delivers them, for as long as the job is ours and nobody asks us to stop."""
        known = False
        while True:
            self._check(saver)
            try:
                batch = batches.get(_LOOK_UP_S)
            except TimeoutError:
                continue
            except Closed as end:
                raise error("incomplete", "the front end stopped before the last window") from end
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

    def _transcribe(self, batch: Batch) -> list[Window]:
        """Transcribe and judge one batch, and move the bookmark behind it."""
        language, pieces = self.bookmark.language, batch.pieces
        answers: Iterator[list[Answer]] = iter(())
        if pieces and language is not None:
            answers = iter(first_answers(self.engine, pieces, language, self.claim.options))
        windows: list[Window] = []
        mark = self.bookmark
        for tile in batch.tiles:
            if tile.prepared is None or language is None:
                windows.append(tile.transcribed((), ()))
                continue
            window, passes = self._judge(tile, next(answers), mark)
            windows.append(window)
            mark = replace(mark, speech_windows=mark.speech_windows + 1, second_passes=passes)
        front, track = batch.tiles[-1].resume, mark.track
        if track is not None and front.tracks is not None:
            track = track.reached(front.tracks.starts_ms)
        self.bookmark = replace(mark, front=front, track=track, at_once=self.engine.at_once)
        return windows

    def _judge(self, tile: PendingWindow, answers: list[Answer], mark: Bookmark) -> tuple[Window, SecondPasses]:
        """The window that a tile becomes, and all further passes up to it; each part is judged by itself."""
        allowance = FREE_SECOND_PASSES + mark.speech_windows // WINDOWS_PER_SECOND_PASS - mark.second_passes.passes
        segments: list[Segment] = []
        speech: list[tuple[int, int]] = []
        reasons: set[str] = set()
        attempts, began_s = 0, time.monotonic()
        for answer in answers:
            verdict = review(
                self.engine,
                answer.part,
                answer.segments,
                tile.speech_of(answer.part),
                answer.language,
                self.claim.options,
                max(0, allowance - attempts),
            )
            segments += verdict.segments
            speech += verdict.speech
            attempts += verdict.attempts
            reasons |= verdict.reasons
        passes = mark.second_passes.and_one(attempts, reasons, round((time.monotonic() - began_s) * 1000))
        return tile.transcribed(tuple(segments), tuple(speech)), passes

    def _remaining_ms(self, batch: Batch) -> int | None:
        reached_ms = batch.tiles[-1].end_ms
        duration_ms = reached_ms if batch.last else self.duration_ms or self.claim.duration_ms
        return None if duration_ms is None else self.pace.remaining_ms(reached_ms, duration_ms)
