"""A second opinion: the seconds that stay in doubt are decoded again by a larger model, once all the rest is saved.

The saved windows are the draft that people read meanwhile. The recording is read once more, as nothing of its sound was
kept, and only windows with a doubt are given to the model; the first one is released before it is loaded. A window is
saved as soon as it is done, so whoever goes on after a kill asks again about one window at most.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from aisubs.media.front import Limits
from aisubs.media.windows import to_ms
from aisubs.model.errors import AisubsError
from aisubs.model.job import Options, Stage
from aisubs.model.losses import is_doubted
from aisubs.model.second_opinion import SecondOpinion
from aisubs.model.speech_model import shown_model
from aisubs.model.transcript import Mark, Segment, Window
from aisubs.pipeline.answers import first_answers
from aisubs.pipeline.heartbeat import Lease
from aisubs.pipeline.jobs import Claim, Jobs
from aisubs.pipeline.transcribe.batches import join_spans
from aisubs.pipeline.transcribe.checkpoint import Bookmark
from aisubs.pipeline.transcribe.doubts import Spans, untold_speech
from aisubs.pipeline.transcribe.hear_again import claimed_windows, hear_again
from aisubs.pipeline.transcribe.quality import is_better, review, samples_within
from aisubs.ports import Engine, Piece, Prepared, Spent, Store, begin_at, spent_at

if TYPE_CHECKING:
    from collections.abc import Generator

log = logging.getLogger(__name__)

FURTHER_PASSES = 2
"""How often the second model may be asked again about one stretch, by the guards that judge the first one."""

_NOT_TO_BE_HAD = frozenset(
    {"out_of_memory", "model_missing", "no_model", "unknown_model"}
    | {"engine_unusable", "engine_key", "engine_refused", "engine_budget"}
)
"""Then the text of the first model is published, and the job tells why it stands alone."""


@dataclass(frozen=True, slots=True)
class Part:
    """Spans of speech (start_ms, end_ms) in doubt, with no sure word in between, and what was written of them."""

    spans: Spans
    old: tuple[Segment, ...] = ()
    language: str | None = None

    @property
    def ms(self) -> int:
        return sum(end_ms - start_ms for start_ms, end_ms in self.spans)


def doubtful_parts(window: Window) -> list[Part]:
    """What a second model is asked about: speech under words that are doubted, and speech without a word."""
    said = [segment for segment in window.segments if segment.text.strip()]
    speech = _without(window.speech, window.damage.missing) if window.damage else window.speech
    if not said:
        return [Part(speech)] if speech else []
    sure = [segment for segment in said if not is_doubted(segment)]
    untold = untold_speech(said, speech)
    parts: list[Part] = []
    edges = [window.start_ms, *(edge for one in sure for edge in (one.start_ms, one.end_ms)), window.end_ms]
    for start_ms, end_ms in zip(edges[::2], edges[1::2], strict=True):
        old = tuple(one for one in said if is_doubted(one) and start_ms <= (one.start_ms + one.end_ms) / 2 < end_ms)
        # Between sure words a gap in which nothing was written is a pause, unless it is long enough to be untold.
        spans = _within(speech if old else untold, start_ms, end_ms)
        if spans:
            parts.append(Part(spans, old, next((one.language for one in old), None)))
    within_sure = [span for one in sure for span in _within(untold, one.start_ms, one.end_ms)]
    return parts + [Part((span,), (), None) for span in within_sure]


Doubtful = dict[int, tuple[Window, list[Part]]]
"""By `seq` the windows in which something is in doubt, and what."""


@dataclass(slots=True)
class Asked:
    """One pass over a recording. `opinion` stands behind the last window saved."""

    claim: Claim
    jobs: Jobs
    lease: Lease
    stop: threading.Event
    bookmark: Bookmark
    opinion: SecondOpinion
    since_s: float

    def listen(self, doubtful: Doubtful, engine: Engine, store: Store, limits: Limits) -> None:
        engine.narrow(None)
        begin_at(engine, self.bookmark.spent)
        windows = {seq: window for seq, (window, _) in doubtful.items()}
        again = hear_again(
            self.claim, self.bookmark, windows, store=store, limits=limits, lease=self.lease, stop=self.stop
        )
        with closing(cast("Generator[tuple[Window, Piece]]", again)) as heard:
            for window, piece in heard:
                self._ask(engine, engine.prepare(piece), window, doubtful[window.seq][1])

    def save(self, window: Window | None, opinion: SecondOpinion, reviewed_ms: int) -> None:
        """Everything that changed in one transaction: a window's new text, and where to go on."""
        now_s = time.monotonic()
        wall_ms = opinion.wall_ms + round((now_s - self.since_s) * 1000)
        self.opinion, self.since_s = replace(opinion, wall_ms=wall_ms), now_s
        state = replace(self.bookmark, second=self.opinion).to_json()
        changed = [window] if window else []
        claim = self.claim
        self.lease.insist(lambda: self.jobs.review_windows(claim.job_id, claim.fence, changed, state, reviewed_ms))

    def _ask(self, engine: Engine, prepared: Prepared, window: Window, parts: list[Part]) -> None:
        asked_ms = changed_ms = 0
        changed = window
        for part in parts:
            main = part.language or self.bookmark.language or "en"
            answer = ask_about(engine, prepared, part, main, self.claim.options)
            asked_ms += part.ms
            if answer is not None:
                changed_ms += part.ms
                changed = _with_answer(changed, part, answer)
        told = replace(
            self.opinion,
            asked_ms=self.opinion.asked_ms + asked_ms,
            changed_ms=self.opinion.changed_ms + changed_ms,
            next_seq=window.seq + 1,
        )
        if (spent := spent_at(engine)) != Spent():
            self.bookmark = replace(self.bookmark, spent=spent)
        self.save(changed if changed_ms else None, told, window.end_ms)


@dataclass(frozen=True, slots=True)
class Better:
    """What takes the place of a part: its segments, and where in it nobody speaks."""

    segments: tuple[Segment, ...]
    silent: Spans


def ask_about(engine: Engine, prepared: Prepared, part: Part, main: str, options: Options) -> Better | None:
    """The second model's answer where it may replace the first (`is_better`), else None."""
    piece = prepared.piece.spans
    spans = tuple(span for start_ms, end_ms in part.spans for span in samples_within(piece, start_ms, end_ms))
    if not spans:
        return None
    alone = prepared if spans == piece else engine.excerpt(prepared, spans)
    segments: list[Segment] = []
    raw: list[Segment] = []
    silent: Spans = ()
    for answer in first_answers(engine, [alone], main, options)[0]:
        speech = _spoken(answer.part, part)
        verdict = review(engine, answer.part, answer.segments, speech, answer.language, options, FURTHER_PASSES)
        segments += verdict.segments
        raw += answer.segments
        silent += () if verdict.speech else speech
    # An answer without words stands in `raw`, with how sure the model is that nobody speaks.
    if not is_better(segments or raw, part.old, part.spans, options):
        return None
    model, again = shown_model(engine.model), (Mark.REDECODED,)
    told = (replace(one, model=model, marks=tuple(dict.fromkeys((*again, *one.marks)))) for one in segments)
    return Better(tuple(told), silent)


def _spoken(prepared: Prepared, part: Part) -> Spans:
    """Spans (start_ms, end_ms) of what an engine was given of a part."""
    bounds = [(to_ms(start), to_ms(end)) for start, end in prepared.piece.spans]
    return join_spans(span for start_ms, end_ms in bounds for span in _within(part.spans, start_ms, end_ms))


def second_opinion(
    claim: Claim,
    model: str,
    bookmark: Bookmark,
    *,
    jobs: Jobs,
    store: Store,
    take: Callable[[str], Engine],
    lease: Lease,
    limits: Limits,
    stop: threading.Event,
) -> SecondOpinion:
    """Ask `model` about what is in doubt in the saved windows, and save what it knows better.

    `take` loads the model, and is not called where nothing is in doubt. Raises HandOver when `stop` was set,
    `lost_lease`, and what the recording, the store, the engine or the database are at fault of.
    """
    opinion = bookmark.second or SecondOpinion(shown_model(model))
    if opinion.done:
        return opinion
    saved = claimed_windows(claim, jobs, lease)
    due = ((window, doubtful_parts(window)) for window in saved if window.seq >= opinion.next_seq)
    doubtful = {window.seq: (window, parts) for window, parts in due if parts}
    asked = Asked(claim, jobs, lease, stop, bookmark, opinion, time.monotonic())
    if doubtful:
        lease.insist(lambda: jobs.set_stage(claim.job_id, claim.fence, Stage.SECOND_OPINION))
        try:
            asked.listen(doubtful, take(model), store, limits)
        except AisubsError as fault:
            if fault.code not in _NOT_TO_BE_HAD:
                raise
            log.warning("second_opinion.refused", extra={"job_id": claim.job_id, "error_code": fault.code})
            asked.opinion = replace(asked.opinion, refused=fault.code)
    asked.save(None, replace(asked.opinion, done=True), 0)
    log.info("second_opinion.given", extra={"job_id": claim.job_id, **asked.opinion.as_json()})
    return asked.opinion


def _with_answer(window: Window, part: Part, answer: Better) -> Window:
    """The window with the answer in place of what was in doubt; where it says that nobody speaks, that is no speech."""
    kept = [segment for segment in window.segments if segment not in part.old]
    segments = sorted((*kept, *answer.segments), key=lambda segment: (segment.start_ms, segment.end_ms))
    return replace(window, segments=tuple(segments), speech=_without(window.speech, answer.silent))


def _within(spans: Sequence[tuple[int, int]], start_ms: int, end_ms: int) -> Spans:
    cut = ((max(start, start_ms), min(end, end_ms)) for start, end in spans)
    return tuple((start, end) for start, end in cut if start < end)


def _without(spans: Spans, gone: Spans) -> Spans:
    for gone_from_ms, gone_to_ms in gone:
        left = ((start, min(end, gone_from_ms), max(start, gone_to_ms), end) for start, end in spans)
        spans = tuple(part for a, b, c, d in left for part in ((a, b), (c, d)) if part[0] < part[1])
    return spans
