"""What speaks against an answer of the engine: the measures by which a window is judged."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from enum import StrEnum

from aisubs.formats.breaks import ends_sentence
from aisubs.model.job import Options
from aisubs.model.transcript import Segment, Word
from aisubs.pipeline.transcribe.stock_phrases import is_stock

Spans = tuple[tuple[int, int], ...]

# The first three are those of Whisper's own fallback (Radford et al. 2022, section 4.5).
MAX_COMPRESSION_RATIO = 2.4
MIN_AVG_LOGPROB = -1.0
SHORT_SPEECH_MS, MIN_SHORT_AVG_LOGPROB = 2_000, -0.7
"""A word or two say little for themselves: a groan alone becomes a word at -0.9."""
MAX_NO_SPEECH_PROB = 0.6
SURE_AVG_LOGPROB = -0.6
"""Words as probable as this outweigh the model's opinion that nobody speaks: it has it of synthetic and telephone
voices, too. (Whisper's own fallback lets -1.0 outweigh it.)"""
STOCK_NO_SPEECH_PROB, STOCK_AVG_LOGPROB, STOCK_CONFIDENCE = 0.3, -0.5, 0.5
"""What "Thank you for watching" needs in order to be believed (aisubs/pipeline/transcribe/stock_phrases.py)."""
MAX_WORDS_PER_S = 8.0
"""Fast talkers reach 5; auctioneers 7."""
MAX_CHARACTERS_PER_S = 20.0
"""The same for scripts without spaces, where a word has about 2 characters."""
MIN_SPEECH_MS = 1_000
"""Speech shorter than this (with its 800 ms of padding) may be a click: an empty answer is believed."""
UNTOLD_MS = 2_000
"""So much speech in one stretch without a word has probably been skipped."""
UNFINISHED_MS = 1_200
"""And so much behind the last word of an answer that ends in the middle of a sentence: half a clause."""
_LOOP_TIMES, _LOOP_UNITS, _LOOP_PERIOD = 4, 8, 12
"""A phrase of at most 12 words said 4 times in a row, 8 words in all, is a loop."""


LEAST_ECHO, ECHO_SHARE = 3, 0.8
_WORD = re.compile(r"\w+")

STACKED_MS, STACKED_SHARE = 60, 0.25
"""A loop is words that were not spoken: the alignment finds no sound for them and stacks them in one place. Where more
than a quarter of the words are shorter than 60 ms, the repetition is the model's; else somebody said it again."""


class Doubt(StrEnum):
    """Why an answer is doubted."""

    LOOP = "loop"
    ECHO = "echo"
    EMPTY = "empty"
    TOO_FAST = "too_fast"
    NO_SPEECH = "no_speech"
    UNTOLD = "untold"
    IMPROBABLE = "improbable"
    STOCK = "stock"


UNBELIEVED = frozenset({Doubt.LOOP, Doubt.ECHO, Doubt.TOO_FAST, Doubt.NO_SPEECH, Doubt.STOCK})
"""Doubts that speak against the words themselves, not against what is missing."""


def find_doubts(segments: Sequence[Segment], speech: Spans, options: Options | None = None) -> frozenset[Doubt]:
    """Everything that speaks against an answer; a segment without text says what the model thinks of the silence."""
    text = "".join(segment.text for segment in segments).strip()
    speech_ms = sum(end_ms - start_ms for start_ms, end_ms in speech)
    if not text:
        silent = any(_heard_nobody(segment) for segment in segments)
        return frozenset() if silent or speech_ms < MIN_SPEECH_MS else frozenset({Doubt.EMPTY})
    improbable = any(is_improbable(segment, speech_ms) for segment in segments)
    # A prompt makes its own words probable: of a short sound that is no evidence for them.
    weak = improbable or speech_ms < SHORT_SPEECH_MS
    found = {
        Doubt.LOOP: repeats_itself(text) and not _was_spoken(segments),
        Doubt.ECHO: options is not None and echoes(text, options, least=1 if weak else LEAST_ECHO),
        Doubt.UNTOLD: bool(left_untold(segments, speech)),
        Doubt.TOO_FAST: _too_fast(text, speech_ms),
        Doubt.NO_SPEECH: any(is_of_nobody(segment) for segment in segments),
        Doubt.IMPROBABLE: improbable,
        Doubt.STOCK: any(is_unfounded(segment) for segment in segments),
    }
    return frozenset(doubt for doubt, holds in found.items() if holds)


def is_improbable(segment: Segment, speech_ms: int) -> bool:
    """Whether the model itself takes its words for a guess; more is asked of what stands alone in a short sound."""
    least = MIN_AVG_LOGPROB if speech_ms >= SHORT_SPEECH_MS else MIN_SHORT_AVG_LOGPROB
    return segment.avg_logprob is not None and segment.avg_logprob < least


def _heard_nobody(segment: Segment) -> bool:
    return (segment.no_speech_prob or 0.0) > MAX_NO_SPEECH_PROB


def is_of_nobody(segment: Segment) -> bool:
    """Whether the model thinks that nobody spoke, and is not sure of its words. Both of one answer: those of stretches
    that were decoded alone say nothing about each other."""
    return _heard_nobody(segment) and (segment.avg_logprob or 0.0) < SURE_AVG_LOGPROB


def is_unfounded(segment: Segment) -> bool:
    """Whether a segment says what Whisper writes where nobody speaks, and the sound gives no evidence for it."""
    if not is_stock(segment.text):
        return False
    sure = [word.confidence for word in segment.words if word.confidence is not None]
    return (
        (segment.no_speech_prob or 0.0) > STOCK_NO_SPEECH_PROB
        or (segment.avg_logprob or 0.0) < STOCK_AVG_LOGPROB
        or (bool(sure) and sum(sure) / len(sure) < STOCK_CONFIDENCE)
    )


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


def untold_speech(segments: Sequence[Segment], speech: Spans, least_ms: int = UNTOLD_MS) -> list[tuple[int, int]]:
    """Stretches of speech (start_ms, end_ms) of `least_ms` or more in which no word was written."""
    written = [segment for segment in segments if segment.text.strip()]
    told = sorted((part.start_ms, part.end_ms) for segment in written for part in segment.words or (segment,))
    stretches: list[tuple[int, int]] = []
    for start_ms, end_ms in speech:
        at_ms = start_ms
        for told_from_ms, told_to_ms in (*told, (end_ms, end_ms)):
            if told_to_ms < at_ms:
                continue
            if min(told_from_ms, end_ms) - at_ms >= least_ms:
                stretches.append((at_ms, min(told_from_ms, end_ms)))
            at_ms = max(at_ms, told_to_ms)
    return stretches


def left_untold(segments: Sequence[Segment], speech: Spans) -> list[tuple[int, int]]:
    """What is asked for again: `untold_speech`, and what is left of a sentence that the decoder did not end."""
    stretches = untold_speech(segments, speech)
    last = max((word for segment in segments for word in segment.words), key=lambda word: word.end_ms, default=None)
    if last is not None and not ends_sentence(last.text.strip()):
        stretches += [
            (last.end_ms, end_ms)
            for start_ms, end_ms in speech
            if start_ms <= last.end_ms and UNFINISHED_MS <= end_ms - last.end_ms < UNTOLD_MS
        ]
    return stretches


def _was_spoken(segments: Sequence[Segment]) -> bool:
    """Whether the sound holds all the words of a text that repeats itself."""
    words = [word for segment in segments for word in segment.words]
    return bool(words) and _stacked(words) <= STACKED_SHARE * len(words)


def has_no_sound(segment: Segment) -> bool:
    """Whether most words of a segment lie in one place: Whisper went on with a sentence when the sound had ended."""
    return len(segment.words) >= LEAST_ECHO and 2 * _stacked(segment.words) > len(segment.words)


def _stacked(words: Sequence[Word]) -> int:
    return sum(word.end_ms - word.start_ms < STACKED_MS for word in words)


def echoes(text: str, options: Options, least: int = LEAST_ECHO) -> bool:
    """Whether an answer is made of the words that the model was given to read (prompt and hotwords).

    Names are given in order to be heard: fewer than `least` of them are no echo, nor is a sentence with other words.
    """
    given = f"{options.initial_prompt or ''} {options.hotwords or ''}"
    known, said = set(_WORD.findall(given.lower())), _WORD.findall(text.lower())
    if len(said) < least or not known:
        return False
    return sum(word in known for word in said) >= ECHO_SHARE * len(said)


def _units(text: str) -> list[str]:
    words = text.lower().split()
    # Scripts without spaces: a "word" of more than 20 characters on average is none.
    return words if len(text) <= 20 * len(words) else [letter for letter in text if not letter.isspace()]


def _too_fast(text: str, speech_ms: int) -> bool:
    units = _units(text)
    limit = MAX_WORDS_PER_S if len(units) == len(text.split()) else MAX_CHARACTERS_PER_S
    return len(units) > limit * max(speech_ms, 500) / 1000
