"""Guards over what the engine says about a window: loops, invention, silence where there is speech.

A doubtful window is decoded again, alone, by the engine's deterministic fallbacks; what stays doubtful is marked, never
dropped. Batched Whisper has none of this: faster-whisper's batched pipeline ignores all its thresholds.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from aisubs.model.job import Options
from aisubs.model.transcript import Mark, Segment
from aisubs.ports import Engine, Prepared

Spans = tuple[tuple[int, int], ...]

# The first three are those of Whisper's own fallback (Radford et al. 2022, section 4.5).
MAX_COMPRESSION_RATIO = 2.4
MIN_AVG_LOGPROB = -1.0
MAX_NO_SPEECH_PROB = 0.6
MAX_WORDS_PER_S = 8.0
"""Fast talkers reach 5; auctioneers 7."""
MAX_CHARACTERS_PER_S = 20.0
"""The same for scripts without spaces, where a word has about 2 characters."""
MIN_SPEECH_MS = 1_000
"""Speech shorter than this (with its 800 ms of padding) may be a click: an empty answer is believed."""
UNTOLD_MS = 2_000
"""So much speech in one stretch without a word has probably been skipped."""
_LOOP_TIMES, _LOOP_UNITS, _LOOP_PERIOD = 4, 8, 12
"""A phrase of at most 12 words said 4 times in a row, 8 words in all, is a loop."""


class Doubt(StrEnum):
    """Why an answer is not believed; the worst first."""

    LOOP = "loop"
    EMPTY = "empty"
    UNTOLD = "untold"
    TOO_FAST = "too_fast"
    NO_SPEECH = "no_speech"
    IMPROBABLE = "improbable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is kept of a window. `speech` is empty when the model agrees that nothing was said; `attempts` counts the
    further passes that it took."""

    segments: tuple[Segment, ...]
    speech: Spans
    attempts: int = 0


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
    best, doubts, chosen = first, find_doubts(first, speech), 0
    attempts = 0
    while doubts and attempts < allowance:
        answer = engine.redecode(piece, language, options, attempts + 1)
        if not answer:
            break
        attempts += 1
        found = find_doubts(answer, speech)
        if _badness(answer, found) < _badness(best, doubts):
            best, doubts, chosen = answer, found, attempts
    heard = tuple(segment for segment in best if segment.text.strip())
    if not heard and Doubt.EMPTY not in doubts:
        return Verdict((), (), attempts)
    marks = _marks(doubts, replaced=chosen > 0)
    return Verdict(tuple(replace(_storable(segment), marks=marks) for segment in heard), speech, attempts)


def find_doubts(segments: Sequence[Segment], speech: Spans) -> frozenset[Doubt]:
    """Everything that speaks against an answer; a segment without text says what the model thinks of the silence."""
    text = "".join(segment.text for segment in segments).strip()
    speech_ms = sum(end_ms - start_ms for start_ms, end_ms in speech)
    silent = max((segment.no_speech_prob or 0.0 for segment in segments), default=0.0) > MAX_NO_SPEECH_PROB
    if not text:
        return frozenset() if silent or speech_ms < MIN_SPEECH_MS else frozenset({Doubt.EMPTY})
    logprobs = [segment.avg_logprob for segment in segments if segment.avg_logprob is not None]
    found = {
        Doubt.LOOP: repeats_itself(text),
        Doubt.UNTOLD: bool(untold_speech(segments, speech)),
        Doubt.TOO_FAST: _too_fast(text, speech_ms),
        Doubt.NO_SPEECH: silent,
        Doubt.IMPROBABLE: bool(logprobs) and min(logprobs) < MIN_AVG_LOGPROB,
    }
    return frozenset(doubt for doubt, holds in found.items() if holds)


def repeats_itself(text: str) -> bool:
    """Whether a text compresses like a loop, or says one phrase over and over."""
    data = text.encode()
    if len(data) / len(zlib.compress(data)) > MAX_COMPRESSION_RATIO:
        return True
    units = _units(text)
    for period in range(1, _LOOP_PERIOD + 1):
        run = 0
        for index in range(period, len(units)):
            run = run + 1 if units[index] == units[index - period] else 0
            # A run of n equal pairs spans n + period units.
            if run + period >= max(_LOOP_TIMES * period, _LOOP_UNITS):
                return True
    return False


def untold_speech(segments: Sequence[Segment], speech: Spans) -> list[tuple[int, int]]:
    """Stretches of speech (start_ms, end_ms) of `UNTOLD_MS` or more in which no word was written."""
    written = [segment for segment in segments if segment.text.strip()]
    told = sorted((part.start_ms, part.end_ms) for segment in written for part in segment.words or (segment,))
    stretches: list[tuple[int, int]] = []
    for start_ms, end_ms in speech:
        at_ms = start_ms
        for told_from_ms, told_to_ms in (*told, (end_ms, end_ms)):
            if told_to_ms < at_ms:
                continue
            if min(told_from_ms, end_ms) - at_ms >= UNTOLD_MS:
                stretches.append((at_ms, min(told_from_ms, end_ms)))
            at_ms = max(at_ms, told_to_ms)
    return stretches


def _storable(segment: Segment) -> Segment:
    """Without U+0000, which a looping model may write and no database takes."""
    if "\0" not in segment.text:
        return segment
    words = tuple(replace(word, text=word.text.replace("\0", "")) for word in segment.words)
    return replace(segment, text=segment.text.replace("\0", ""), words=words)


def _units(text: str) -> list[str]:
    words = text.lower().split()
    # Scripts without spaces: a "word" of more than 20 characters on average is none.
    return words if len(text) <= 20 * len(words) else [letter for letter in text if not letter.isspace()]


def _too_fast(text: str, speech_ms: int) -> bool:
    units = _units(text)
    limit = MAX_WORDS_PER_S if len(units) == len(text.split()) else MAX_CHARACTERS_PER_S
    return len(units) > limit * max(speech_ms, 500) / 1000


def _badness(segments: Sequence[Segment], doubts: frozenset[Doubt]) -> tuple[bool | float, ...]:
    logprobs = [segment.avg_logprob for segment in segments if segment.avg_logprob is not None]
    return (*(doubt in doubts for doubt in Doubt), -min(logprobs, default=0.0))


def _marks(doubts: frozenset[Doubt], *, replaced: bool) -> tuple[Mark, ...]:
    marks = [Mark.REDECODED] if replaced else []
    if Doubt.LOOP in doubts:
        marks.append(Mark.LOOP)
    if doubts & {Doubt.IMPROBABLE, Doubt.TOO_FAST}:
        marks.append(Mark.DOUBTFUL)
    if Doubt.NO_SPEECH in doubts:
        marks.append(Mark.NO_SPEECH)
    return tuple(marks)
