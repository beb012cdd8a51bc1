"""From the tokens of one window and their alignment to segments with words."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from aisubs.adapters.engine.faster_whisper.decoding import Decoded
from aisubs.adapters.engine.timing.segments import put_together, whole_window, words_in_place
from aisubs.adapters.engine.timing.words import TimedText, Timeline
from aisubs.model.transcript import Segment, Word
from aisubs.ports import Prepared

if TYPE_CHECKING:
    from faster_whisper.tokenizer import Tokenizer


def segments_of(
    heard: Prepared, result: Decoded, alignment: Sequence[dict[str, Any]] | None, tokenizer: Tokenizer
) -> tuple[Segment, ...]:
    """One segment per sentence, or per pair of timestamps; one without text where the model heard nothing."""
    timeline = Timeline(heard.piece.spans)
    whole = whole_window(
        tokenizer.decode(result.tokens),
        timeline,
        avg_logprob=result.avg_logprob if isfinite(result.avg_logprob) else None,
        no_speech_prob=result.no_speech_prob,
    )
    words = aligned_words(heard, alignment or ())
    parts = split_at_timestamps(result.tokens, tokenizer.timestamp_begin, timeline.duration_s)
    return put_together(
        whole,
        words,
        [TimedText(start_s, end_s, tokenizer.decode(tokens)) for start_s, end_s, tokens in parts],
        timeline,
    )


def aligned_words(heard: Prepared, alignment: Sequence[dict[str, Any]]) -> list[Word]:
    """Words with times in the recording."""
    return words_in_place(words_of(alignment), heard.features.max(axis=0), Timeline(heard.piece.spans))


def split_at_timestamps(
    tokens: Sequence[int], first_timestamp: int, end_s: float
) -> list[tuple[float, float, list[int]]]:
    """Text tokens between timestamp tokens (20 ms each): [(start_s, end_s, tokens)]; what follows the last one is kept.

    Upstream drops an unfinished last segment in batched mode; here it lasts until `end_s`.
    """
    parts: list[tuple[float, float, list[int]]] = []
    text: list[int] = []
    start_s = 0.0
    for token in tokens:
        if token < first_timestamp:
            text.append(token)
            continue
        time_s = min((token - first_timestamp) * 0.02, end_s)
        if text:
            parts.append((start_s, max(start_s, time_s), text))
            text = []
        start_s = max(start_s, time_s)
    if text:
        parts.append((start_s, end_s, text))
    return parts


def words_of(alignment: Sequence[dict[str, Any]]) -> list[TimedText]:
    """The words of one window as faster-whisper's alignment gives them, punctuation joined to its word."""
    return [
        TimedText(float(word["start"]), float(word["end"]), word["word"], float(word["probability"]))
        for word in alignment
        if word["word"]
    ]
