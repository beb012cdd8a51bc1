"""Guards over what the engine says about a window: loops, invention, silence where there is speech.

What an answer leaves untold is decoded alone; an answer that is not believed is asked for again. What stays doubtful is
marked, never dropped. Batched Whisper has none of this: faster-whisper's batched pipeline ignores all its thresholds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from aisubs.model.job import Options
from aisubs.model.transcript import Mark, Segment
from aisubs.pipeline.transcribe.doubts import (
    UNBELIEVED,
    UNTOLD_MS,
    Doubt,
    Spans,
    find_doubts,
    has_no_sound,
    left_untold,
    untold_speech,
)
from aisubs.pipeline.transcribe.margins import Stretch, between_words, spliced
from aisubs.pipeline.transcribe.marks import marked
from aisubs.pipeline.transcribe.repeats import leave_out_repeats
from aisubs.pipeline.transcribe.stretches import LONG_PAUSE_S, sure_language
from aisubs.ports import SAMPLES_PER_SECOND, Engine, Prepared

_SECOND_MS = 1_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is kept of a window. `speech` is empty when the model agrees that nothing was said; `attempts` counts the
    further passes that it took, and `reasons` are what spoke against the first answer, where there were any."""

    segments: tuple[Segment, ...]
    speech: Spans
    attempts: int = 0
    reasons: frozenset[Doubt] = frozenset()


def review(
    engine: Engine,
    piece: Prepared,
    first: tuple[Segment, ...],
    speech: Spans,
    language: str,
    options: Options,
    allowance: int,
) -> Verdict:
    """Judge an answer and ask again, at most `allowance` times, while it is doubtful."""
    asked = _Review(engine, piece, speech, language, options, allowance, first)
    first_doubts = asked.doubts
    asked.ask_again()
    asked.tell_the_untold()
    heard = leave_out_repeats([segment for segment in asked.best if segment.text.strip()])
    doubts, reasons = asked.doubts, first_doubts if asked.attempts else frozenset()
    if not heard and Doubt.EMPTY not in doubts:
        return Verdict((), (), asked.attempts, reasons)
    speech_ms = sum(end_ms - start_ms for start_ms, end_ms in speech)
    kept = (marked(segment, doubts, speech_ms, language) for segment in heard)
    return Verdict(tuple(kept), speech, asked.attempts, reasons)


@dataclass(slots=True)
class _Review:
    engine: Engine
    piece: Prepared
    speech: Spans
    language: str
    options: Options
    allowance: int
    best: tuple[Segment, ...]
    attempts: int = 0
    _tried: set[int] = field(default_factory=set)

    @property
    def doubts(self) -> frozenset[Doubt]:
        return find_doubts(self.best, self.speech, self.options)

    def ask_again(self) -> None:
        """Whole answers by the engine's fallbacks, while the best one is not believed at all."""
        answers = self._fallbacks(self.piece, self.language, self.options)
        while self.doubts - {Doubt.UNTOLD} and (answer := next(answers, None)):
            if is_better(answer, self.best, self.speech, self.options):
                self.best = tuple(replace(segment, marks=(Mark.REDECODED,)) for segment in answer)

    def tell_the_untold(self) -> None:
        """Ask for each stretch of speech without a word, and for what that leaves untold again."""
        while self.attempts < self.allowance and self.doubts & {Doubt.UNTOLD, Doubt.EMPTY}:
            todo = [span for span in left_untold(self.best, self.speech) if span[0] not in self._tried]
            if not todo:
                return
            self._tried.add(todo[0][0])
            stretch = between_words(*todo[0], self.best)
            part = self._excerpt(*stretch.with_margins)
            language = self.options.only_language or sure_language(
                self.engine, part, self.language, self.options.languages
            )
            self.best = (language == self.language and self._gone_on_from(stretch)) or self._told_alone(
                stretch, part, language
            )

    def _gone_on_from(self, stretch: Stretch) -> tuple[Segment, ...] | None:
        """All that is told when the decoder begins anew where it lost the thread, as far as it then comes.

        What it hears behind the stretch keeps it from ending in half a word. Nothing where that does not tell the
        stretch, or tells less elsewhere.
        """
        behind_ms = self._end_before_long_pause(stretch)
        if not any(stretch.end_ms <= word.start_ms < behind_ms for segment in self.best for word in segment.words):
            return None
        rest = replace(stretch, end_ms=behind_ms, behind=None)
        answer = next(self._fallbacks(self._excerpt(*rest.with_margins), self.language, self._bare), ())
        heard = rest.own(one for one in answer if one.text.strip() and not has_no_sound(one))
        marked = [replace(one, marks=(Mark.REDECODED,), language=self.language) for one in heard]
        told = spliced([one for one in self.best if one.text.strip()], marked, stretch)
        is_told = told and not untold_speech(told, ((stretch.start_ms, stretch.end_ms),))
        if not told or not is_told or find_doubts(told, self.speech, self.options) - self.doubts:
            return None
        return told if tells_more(told, self.best, self.speech) else None

    def _end_before_long_pause(self, stretch: Stretch) -> int:
        """How far (ms) a decoder may go on: no sentence goes on over a long pause."""
        end_ms = stretch.end_ms
        for next_ms, next_end_ms in self.speech:
            if next_ms - end_ms >= LONG_PAUSE_S * 1000:
                break
            end_ms = max(end_ms, next_end_ms)
        return end_ms

    def _told_alone(self, stretch: Stretch, part: Prepared, language: str) -> tuple[Segment, ...]:
        """All that is told when a stretch is decoded alone, with that put in its place."""
        told = self._best_of(part, stretch, language)
        new = (replace(segment, marks=(Mark.REDECODED,), language=language) for segment in told)
        old = (segment for segment in self.best if segment.text.strip())
        return tuple(sorted((*old, *new), key=lambda segment: (segment.start_ms, segment.end_ms)))

    def _excerpt(self, start_ms: int, end_ms: int) -> Prepared:
        return self.engine.excerpt(self.piece, samples_within(self.piece.piece.spans, start_ms, end_ms))

    @property
    def _bare(self) -> Options:
        """Nothing is told to a model that is asked again."""
        return self.options.model_copy(update={"initial_prompt": None, "hotwords": None})

    def _best_of(self, part: Prepared, stretch: Stretch, language: str) -> tuple[Segment, ...]:
        """The answer that tells most of a part, without those that are not believed."""
        speech = ((stretch.start_ms, stretch.end_ms),)
        # Of the little that an unfinished sentence leaves, a breath may become a word.
        refused = UNBELIEVED if stretch.end_ms - stretch.start_ms >= UNTOLD_MS else UNBELIEVED | {Doubt.IMPROBABLE}
        best: tuple[Segment, ...] = ()
        for answer in self._answers_alone(part, stretch, language):
            heard = stretch.own(one for one in answer if one.text.strip() and not has_no_sound(one))
            believed = heard and not find_doubts(heard, speech, self.options) & refused
            if believed and (
                not best or is_better(heard, best, speech, self.options) or tells_more(heard, best, speech)
            ):
                best = heard
            if best and not untold_speech(best, speech, _SECOND_MS):
                break
        return best

    def _answers_alone(self, part: Prepared, stretch: Stretch, language: str) -> Iterator[tuple[Segment, ...]]:
        """With its margins first; what begins behind it may keep a decoder from ending its last sentence."""
        yield from self._fallbacks(part, language, self._bare)
        yield from self._as_first(part, language, self._bare)
        if stretch.before or stretch.behind:
            exact = self._excerpt(stretch.start_ms, stretch.end_ms)
            yield from self._fallbacks(exact, language, self._bare)

    def _fallbacks(self, piece: Prepared, language: str, options: Options) -> Iterator[tuple[Segment, ...]]:
        """One answer after the other, each asked for when it is wanted, while the allowance lasts."""
        for attempt in count(1):  # until the engine knows no further way
            answer = self.attempts < self.allowance and self.engine.redecode(piece, language, options, attempt)
            if not answer:
                return
            self.attempts += 1
            yield answer

    def _as_first(self, part: Prepared, language: str, options: Options) -> Iterator[tuple[Segment, ...]]:
        """What the first pass would have said of a part alone."""
        if self.attempts < self.allowance:
            self.attempts += 1
            yield from self.engine.transcribe([part], language, options)


def is_better(new: Sequence[Segment], old: Sequence[Segment], speech: Spans, options: Options) -> bool:
    """Whether an answer may replace another: it tells more of the speech, or the same with fewer doubts.

    Telling less is allowed only for an answer without doubts of its own where nothing of the old one is believed:
    twenty times "Thank you." tells everything and says nothing. What it leaves out is asked for afterwards.
    """
    new_doubts, old_doubts = find_doubts(new, speech, options), find_doubts(old, speech, options)
    if (new_doubts & UNBELIEVED) - old_doubts:
        return False
    gained_ms = _told_ms(new, speech) - _told_ms(old, speech)
    if gained_ms <= -UNTOLD_MS:
        return bool(old_doubts & UNBELIEVED) and not new_doubts - {Doubt.UNTOLD}
    if gained_ms >= UNTOLD_MS and len(new_doubts) <= len(old_doubts):
        return True
    return _badness(new_doubts) < _badness(old_doubts)


def tells_more(new: Sequence[Segment], old: Sequence[Segment], speech: Spans) -> bool:
    """Whether so much more of the speech has words that it cannot be chance; each second counts."""
    return _told_ms(new, speech, _SECOND_MS) >= _told_ms(old, speech, _SECOND_MS) + _SECOND_MS


def _told_ms(segments: Sequence[Segment], speech: Spans, least_ms: int = UNTOLD_MS) -> int:
    if not any(segment.text.strip() for segment in segments):
        return 0
    whole_ms = sum(end_ms - start_ms for start_ms, end_ms in speech)
    return whole_ms - sum(end_ms - start_ms for start_ms, end_ms in untold_speech(segments, speech, least_ms))


def _badness(doubts: frozenset[Doubt]) -> tuple[int, int]:
    """Doubts of the words themselves first. Being more probable is no reason to replace anything."""
    return len(doubts & UNBELIEVED), len(doubts)


def samples_within(spans: Spans, start_ms: int, end_ms: int) -> Spans:
    """What of `spans` (samples) lies in a stretch of the recording."""
    begin, behind = (at_ms * SAMPLES_PER_SECOND // 1000 for at_ms in (start_ms, end_ms))
    cut = ((max(start, begin), min(end, behind)) for start, end in spans)
    return tuple((start, end) for start, end in cut if start < end)
