"""Windows at the engine: as many at once as it takes, those of a batch and of the one behind it.

A CPU decodes a window on each core. If all waited for the last window of a batch, and while a doubtful one is asked
about again, cores would stand still for a fifth of the time. So the next batch is begun before this one is over. What
is kept of a window is what it would be if they came one after another.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace

from aisubs.model.job import Options
from aisubs.model.transcript import Segment, Window
from aisubs.pipeline.answers import Answer, first_answers
from aisubs.pipeline.transcribe.batches import Batch, PendingWindow
from aisubs.pipeline.transcribe.checkpoint import Bookmark
from aisubs.pipeline.transcribe.quality import review
from aisubs.ports import Engine, Prepared

FREE_SECOND_PASSES, WINDOWS_PER_SECOND_PASS = 8, 4
"""A recording that is doubtful from end to end must not take ten times as long: after the first few further passes
there is one for every four windows of speech. What is doubtful beyond that is only marked."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A window as it is kept. `attempts` further passes were asked for, as `reasons` spoke against the first answer."""

    window: Window
    attempts: int
    reasons: frozenset[str]
    wall_ms: int


Outcome = tuple[list[Answer], Judged | None]
"""The first answers to the parts of a window, and what became of them, if that was decided already."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A batch, and those of its windows that are on their way through the engine."""

    batch: Batch
    outcomes: tuple[Future[Outcome], ...] = ()

    def is_over(self, patience_s: float) -> bool:
        """Whether all of them are done, or one has failed; after waiting for that so long at most."""
        over = wait(self.outcomes, patience_s, FIRST_EXCEPTION)
        return not over.not_done or any(one.exception() is not None for one in over.done)


class WindowsAtOnce:
    """`begin` batches in order and `settle` them in order, at most `ahead` + 1 of them at a time."""

    def __init__(self, engine: Engine, options: Options, bookmark: Bookmark, pool: ThreadPoolExecutor | None) -> None:
        self._engine = engine
        self._options = options
        self._pool = pool
        self._begun_windows = bookmark.speech_windows
        self.ahead = 0 if pool is None else 1

    def begin(self, batch: Batch, mark: Bookmark) -> Begun:
        """`mark` stands behind the last batch that was settled; its language is the one to transcribe in."""
        outcomes = []
        for tile in batch.tiles:
            if tile.prepared is not None and self._pool is not None and mark.language is not None:
                left = allowance(self._begun_windows, mark.second_passes.passes)
                outcomes.append(self._pool.submit(self._alone, tile, tile.prepared, mark.language, left))
                self._begun_windows += 1
        return Begun(batch, tuple(outcomes))

    def settle(self, begun: Begun, mark: Bookmark) -> tuple[list[Window], Bookmark]:
        """The windows of a batch, and `mark` behind them. Raises what went wrong with one of them."""
        outcomes = self._outcomes(begun, mark.language)
        windows: list[Window] = []
        for tile in begun.batch.tiles:
            if tile.prepared is None or mark.language is None:
                windows.append(tile.transcribed((), ()))
                continue
            left = allowance(mark.speech_windows, mark.second_passes.passes)
            answers, judged = next(outcomes)
            if judged is None or judged.attempts > left:  # those before it took more than was known when it began
                judged = self._judge(tile, answers, left)
            windows.append(judged.window)
            passes = mark.second_passes.and_one(judged.attempts, judged.reasons, judged.wall_ms)
            mark = replace(mark, speech_windows=mark.speech_windows + 1, second_passes=passes)
        return windows, mark

    def _outcomes(self, begun: Begun, language: str | None) -> Iterator[Outcome]:
        if begun.outcomes:
            yield from (one.result() for one in begun.outcomes)
        elif begun.batch.pieces and language is not None:
            for answers in first_answers(self._engine, begun.batch.pieces, language, self._options):
                yield answers, None

    def _alone(self, tile: PendingWindow, prepared: Prepared, language: str, left: int) -> Outcome:
        (answers,) = first_answers(self._engine, [prepared], language, self._options)
        return answers, self._judge(tile, answers, left)

    def _judge(self, tile: PendingWindow, answers: list[Answer], left: int) -> Judged:
        """The window that a tile becomes with at most `left` further passes; each part is judged by itself."""
        segments: list[Segment] = []
        speech: list[tuple[int, int]] = []
        reasons: set[str] = set()
        attempts, began_s = 0, time.monotonic()
        for answer in answers:
            told = tile.speech_of(answer.part)
            verdict = review(
                self._engine, answer.part, answer.segments, told, answer.language, self._options, left - attempts
            )
            segments += verdict.segments
            speech += verdict.speech
            attempts += verdict.attempts
            reasons |= verdict.reasons
        window = tile.transcribed(tuple(segments), tuple(speech))
        return Judged(window, attempts, frozenset(reasons), round((time.monotonic() - began_s) * 1000))


def allowance(speech_windows: int, passes: int) -> int:
    """How many further passes the window behind so many others may take."""
    return max(0, FREE_SECOND_PASSES + speech_windows // WINDOWS_PER_SECOND_PASS - passes)


@contextmanager
def windows_at_once(engine: Engine, options: Options, bookmark: Bookmark) -> Iterator[WindowsAtOnce]:
    """Leaving it waits for the windows at the engine; those that wait for their turn are left out."""
    if engine.concurrency == 1:
        yield WindowsAtOnce(engine, options, bookmark, None)
        return
    pool = ThreadPoolExecutor(engine.concurrency, "window")
    try:
        yield WindowsAtOnce(engine, options, bookmark, pool)
    finally:
        pool.shutdown(cancel_futures=True)
