"""Who spoke when: once the text is saved, the sound is heard again for its voices, and the speakers are told apart.

What the diarizer keeps of each few seconds is saved as it goes, so whoever goes on after a kill hears nothing twice but
the last minute. Deciding takes seconds and needs these rows alone. A failure never takes the text along: it stays saved
and readable, and a retry goes on here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, cast

from aisubs.media.front import Limits, read_sound
from aisubs.media.windows import to_ms
from aisubs.model.diarization import Diarization
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Stage
from aisubs.model.turns import Turn
from aisubs.pipeline.heartbeat import Lease
from aisubs.pipeline.identify import open_source
from aisubs.pipeline.jobs import Claim, Jobs
from aisubs.pipeline.speakers.decide_speakers import all_chunks, decide, fault_of_diarizer
from aisubs.pipeline.transcribe.checkpoint import Bookmark, track_of
from aisubs.pipeline.transcribe.hear_again import check
from aisubs.pipeline.transcribe.progress import Pace
from aisubs.pipeline.transcribe_job import HandOver
from aisubs.ports import Diarizer, RangeReader, Samples, SpeakerChunk, Store

if TYPE_CHECKING:
    from collections.abc import Generator

log = logging.getLogger(__name__)

CHUNKS_PER_SAVE = 12
"""A minute of sound, at five seconds a chunk."""


@dataclass(slots=True)
class Listening:
    """One pass over a recording. `mark` stands behind the last row saved."""

    claim: Claim
    jobs: Jobs
    diarizer: Diarizer
    lease: Lease
    limits: Limits
    stop: threading.Event
    bookmark: Bookmark
    mark: Diarization
    pace: Pace = field(default_factory=Pace)
    since_s: float = field(default_factory=time.monotonic)
    interrupted: Exception | None = None
    """What ended the sound; a diarizer may take it for a fault of its own."""

    @property
    def duration_ms(self) -> int:
        """Of the recording, as its windows tile it."""
        front = self.bookmark.front
        assert front is not None
        assert front.total is not None, "telling speakers apart comes after the last window"
        return to_ms(front.total)

    def run(self, reader: RangeReader) -> None:
        """Save the rows that are missing. Raises HandOver when `stop` was set; what was heard is saved before."""
        waiting: list[SpeakerChunk] = []
        try:
            for chunk in self._chunks(reader):
                waiting.append(chunk)
                if len(waiting) >= CHUNKS_PER_SAVE:
                    self.save(waiting)
                    waiting = []
        except HandOver:
            if waiting:
                self.save(waiting)
            raise
        self.save(waiting, heard=True)

    def save(self, chunks: list[SpeakerChunk], *, heard: bool = False) -> None:
        """Rows, and where to go on, in one transaction."""
        mark, now_s = self.mark, time.monotonic()
        ends_ms = [mark.heard_ms, *(chunk.end_ms for chunk in chunks)]
        end_ms = self.duration_ms if heard else min(self.duration_ms, max(ends_ms))
        self.pace.note(max(0, end_ms - mark.heard_ms), now_s - self.since_s)
        wall_ms = mark.wall_ms + round((now_s - self.since_s) * 1000)
        count = mark.chunks + len(chunks)
        self.keep(replace(mark, chunks=count, heard_ms=end_ms, wall_ms=wall_ms, heard=heard), chunks)
        self.since_s = now_s

    def keep(self, mark: Diarization, chunks: list[SpeakerChunk]) -> None:
        """Save `mark` as what is known of the speakers."""
        claim, state = self.claim, replace(self.bookmark, speakers=mark).to_json()
        remaining_ms = self.pace.remaining_ms(mark.heard_ms, self.duration_ms)
        save = partial(self.jobs.save_speaker_chunks, claim.job_id, claim.fence, chunks, state)
        self.lease.insist(lambda: save(diarized_ms=mark.heard_ms, remaining_ms=remaining_ms))
        self.mark = mark

    def decide(self) -> list[Turn]:
        """The turns, out of all rows. Raises `diarizer_failed`."""
        read = partial(self.jobs.read_claimed_speaker_chunks, self.claim.job_id, self.claim.fence)
        rows = list(all_chunks(lambda since, limit: self.lease.insist(lambda: read(since, limit))))
        if len(rows) != self.mark.chunks:
            raise error("incomplete", f"{len(rows)} of {self.mark.chunks} rows of the speakers are there")
        return decide(self.diarizer, rows, self.duration_ms, self.claim.options.speaker_count)

    def _chunks(self, reader: RangeReader) -> Iterator[SpeakerChunk]:
        """What the diarizer makes of the sound from the last saved row on."""
        first = self.mark.chunks
        from_sample = self.diarizer.start_sample(first)
        sound = self._sound(reader, from_sample)
        with closing(cast("Generator[Samples]", sound)):
            rows = self.diarizer.listen(sound, first)
            while True:
                try:
                    row = next(rows, None)
                except Exception as fault:
                    raise (self.interrupted or fault_of_diarizer(fault)) from fault
                if self.interrupted is not None:
                    raise self.interrupted
                if row is None:
                    return
                yield row

    def _sound(self, reader: RangeReader, from_sample: int) -> Iterator[Samples]:
        """Ends with the recording, and with nothing else: whatever else ends it is raised, here and in `_chunks`."""
        wish = track_of(self.claim, self.bookmark)
        heard = read_sound(reader, limits=self.limits, wish=wish, from_sample=from_sample, stop=self.stop)
        try:
            with closing(cast("Generator[Samples]", heard)):
                for samples in heard:
                    check(self.lease, self.stop)
                    yield samples
            check(self.lease, self.stop)
        except Exception as fault:
            self.interrupted = fault
            raise


def diarize(
    claim: Claim,
    bookmark: Bookmark,
    *,
    jobs: Jobs,
    store: Store,
    diarizer: Diarizer,
    lease: Lease,
    limits: Limits,
    stop: threading.Event,
    lenient: bool,
) -> tuple[Diarization, list[Turn]]:
    """Tell apart who speaks when in a recording whose windows are all saved.

    Raises HandOver when `stop` was set, `lost_lease`, and what the recording, the store or the database are at fault
    of. What the diarizer is at fault of is raised too, or, if `lenient`, told in what is returned.
    """
    mark = bookmark.speakers
    if mark is not None and mark.diarizer != diarizer.fingerprint:
        log.warning("speakers.discarded", extra={"job_id": claim.job_id, "chunks": mark.chunks})
        lease.insist(lambda: jobs.discard_speaker_chunks(claim.job_id, claim.fence))
        mark = None
    mark = mark or Diarization(diarizer.fingerprint)
    lease.insist(lambda: jobs.set_stage(claim.job_id, claim.fence, Stage.DIARIZING))
    listening = Listening(claim, jobs, diarizer, lease, limits, stop, bookmark, mark)
    turns: list[Turn] = []
    try:
        if not mark.heard:
            _listen(listening, store)
        turns = listening.decide()
    except (AisubsError, MemoryError) as fault:
        code = fault.code if isinstance(fault, AisubsError) else "out_of_memory"
        if not lenient or code not in ("diarizer_failed", "out_of_memory"):
            raise
        log.warning("speakers.refused", extra={"job_id": claim.job_id, "error_code": code, "reason": str(fault)})
        listening.keep(replace(listening.mark, refused=code), [])
        return listening.mark, []
    listening.keep(replace(listening.mark, found=len({turn.speaker for turn in turns})), [])
    log.info("speakers.told_apart", extra={"job_id": claim.job_id, **listening.mark.as_json()})
    return listening.mark, turns


def _listen(listening: Listening, store: Store) -> None:
    reader = open_source(store, listening.claim)
    try:
        listening.run(reader)
    finally:
        reader.close()
