"""The script of a recording takes the place of what was heard, once all windows are saved.

What to do is decided from the saved windows alone and saved as a plan. Then the recording is read once more, and the
engine times the words of the script, window by window. A few windows are saved together with where to go on, so whoever
goes on after a kill repeats those at most.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import cast

from aisubs.formats.scripts import decode, read_script
from aisubs.media.front import Limits
from aisubs.model import places
from aisubs.model.alignment import Alignment, Passage, Unsaid
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Stage
from aisubs.model.script import Script
from aisubs.model.transcript import Segment, Window
from aisubs.pipeline.alignment.placing import placed_cues
from aisubs.pipeline.alignment.plan import make_plan, with_unsaid
from aisubs.pipeline.alignment.timed import not_said, segments_of, text_of, timed
from aisubs.pipeline.heartbeat import Lease
from aisubs.pipeline.jobs import Claim, Jobs
from aisubs.pipeline.mirror_results import read_whole
from aisubs.pipeline.transcribe.checkpoint import Bookmark
from aisubs.pipeline.transcribe.hear_again import claimed_windows, hear_again
from aisubs.pipeline.transcribe.quality import samples_within
from aisubs.ports import Engine, Piece, Prepared, Store

log = logging.getLogger(__name__)

SAVED_TOGETHER = 8
"""Windows: the plan is saved beside them, which for ten hours is a quarter of a megabyte."""


def align_script(
    claim: Claim,
    bookmark: Bookmark,
    *,
    jobs: Jobs,
    store: Store,
    engine: Engine,
    lease: Lease,
    limits: Limits,
    stop: threading.Event,
) -> Bookmark:
    """The bookmark behind it, with what became of the script.

    Raises HandOver when `stop` was set, `script_elsewhere`, `script_gone`, `lost_lease`, and what the recording, the
    store, the engine or the database are at fault of.
    """
    if bookmark.alignment is not None and bookmark.alignment.done:
        return bookmark
    script = _script_of(claim, store)
    saved = list(claimed_windows(claim, jobs, lease))
    stage = _Aligning(claim, jobs, lease, stop, bookmark, script, {window.seq: window for window in saved})
    if bookmark.alignment is None:
        plan = make_plan(script, saved)
        stage.bookmark = replace(bookmark, alignment=plan.alignment, passages=plan.passages)
    lease.insist(lambda: jobs.set_stage(claim.job_id, claim.fence, Stage.ALIGNING))
    stage.listen(engine, store, limits)
    stage.finish()
    log.info("script.aligned", extra={"job_id": claim.job_id, "said": stage.alignment.said})
    return stage.bookmark


def _script_of(claim: Claim, store: Store) -> Script:
    try:
        data = read_whole(store, places.script_of(claim.object_name))
    except AisubsError as fault:
        if fault.code != "object_not_found":
            raise
        raise error("script_gone", claim.object_name) from fault
    return read_script(decode(data, "utf-8"))


@dataclass(slots=True)
class _Aligning:
    """One pass over a recording. `bookmark` stands behind the last window saved, `windows` are as they are saved."""

    claim: Claim
    jobs: Jobs
    lease: Lease
    stop: threading.Event
    bookmark: Bookmark
    script: Script
    windows: dict[int, Window]
    unsaved: list[Window] = field(default_factory=list)
    since_s: float = 0.0

    @property
    def alignment(self) -> Alignment:
        assert self.bookmark.alignment is not None
        return self.bookmark.alignment

    def listen(self, engine: Engine, store: Store, limits: Limits) -> None:
        """Give each window its part of the script, from where the last run has come to."""
        due: dict[int, list[Passage]] = defaultdict(list)
        for passage in self.bookmark.passages:
            due[passage.seq].append(passage)
        # A window without a passage loses what was heard in it: none of that is in the script.
        windows = {seq: self.windows[seq] for seq in due if seq >= self.alignment.next_seq}
        self.since_s = time.monotonic()
        if not windows:
            return
        engine.narrow(None)
        again = hear_again(
            self.claim, self.bookmark, windows, store=store, limits=limits, lease=self.lease, stop=self.stop
        )
        with closing(cast("Generator[tuple[Window, Piece]]", again)) as heard:
            for window, piece in heard:
                self._align(engine.prepare(piece), engine, window, due[window.seq])
        self._save()

    def _align(self, prepared: Prepared, engine: Engine, window: Window, passages: list[Passage]) -> None:
        segments: list[Segment] = []
        unsaid: list[Unsaid] = []
        for passage in passages:
            told, missing = self._ask(engine, prepared, passage, alone=len(passages) == 1)
            segments += told
            unsaid += missing
        segments.sort(key=lambda segment: (segment.start_ms, segment.end_ms))
        self.unsaved.append(replace(window, segments=tuple(segments)))
        alignment = replace(with_unsaid(self.alignment, unsaid), next_seq=window.seq + 1)
        self.bookmark = replace(self.bookmark, alignment=alignment)
        if len(self.unsaved) == SAVED_TOGETHER:
            self._save()

    def _ask(
        self, engine: Engine, prepared: Prepared, passage: Passage, *, alone: bool
    ) -> tuple[list[Segment], list[Unsaid]]:
        window, piece = self.windows[passage.seq], prepared.piece.spans
        whole = alone and (passage.start_ms, passage.end_ms) == (window.start_ms, window.end_ms)
        spans = piece if whole else samples_within(piece, passage.start_ms, passage.end_ms)
        part = prepared if spans == piece or not spans else engine.excerpt(prepared, spans)
        language = passage.language or self.bookmark.language or "en"
        (aligned,) = engine.align([part], [text_of(self.script, passage)], language)
        words = timed(self.script, passage, aligned)
        gone = not_said(self.script, passage, words)
        kept = [one for one in words if one.index not in gone]
        missing = [
            Unsaid(1, self.script.words[one.index].text, one.word.start_ms) for one in words if one.index in gone
        ]
        return list(segments_of(self.script, passage, kept)), missing

    def finish(self) -> None:
        """Empty what is left of what was heard, place the subtitles that nothing was heard of, and be done."""
        spoken = {passage.seq for passage in self.bookmark.passages}
        cleared = {
            seq: replace(window, segments=()) if seq not in spoken else window for seq, window in self.windows.items()
        }
        placed, count = placed_cues(self.script, self.bookmark.passages, list(cleared.values()))
        self.unsaved = [window for window in placed if window != self.windows[window.seq]]
        done = replace(self.alignment, placed=count, done=True)
        self.bookmark = replace(self.bookmark, alignment=done, passages=())
        self._save()

    def _save(self) -> None:
        """Everything that changed in one transaction: new texts, and where to go on."""
        now_s = time.monotonic()
        wall_ms = self.alignment.wall_ms + round((now_s - self.since_s) * 1000)
        self.since_s = now_s
        self.bookmark = replace(self.bookmark, alignment=replace(self.alignment, wall_ms=wall_ms))
        changed, self.unsaved = self.unsaved, []
        self.windows |= {window.seq: window for window in changed}
        reviewed_ms = max((window.end_ms for window in changed), default=0)
        state, claim = self.bookmark.to_json(), self.claim
        self.lease.insist(lambda: self.jobs.review_windows(claim.job_id, claim.fence, changed, state, reviewed_ms))
