"""From the tokens of one window and their alignment to segments with words."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from aisubs.adapters.engine.faster_whisper.decoding import Decoded
from aisubs.adapters.engine.faster_whisper.onsets import begin_with_sound
from aisubs.adapters.engine.faster_whisper.words import (
    Timeline,
    into_segments,
    split_at_timestamps,
    take_out_pauses,
    words_of,
)
from aisubs.model.transcript import Segment, Word
from aisubs.ports import Prepared

if TYPE_CHECKING:
    from faster_whisper.tokenizer import Tokenizer


def segments_of(
    heard: Prepared, result: Decoded, alignment: Sequence[dict[str, Any]] | None, tokenizer: Tokenizer
) -> tuple[Segment, ...]:
    """One segment per sentence, or per pair of timestamps; one without text where the model heard nothing."""
    timeline = Timeline(heard.piece.spans)
    text = tokenizer.decode(result.tokens)
    start_ms, end_ms = timeline.stretch(0.0, timeline.duration_s)
    whole = Segment(
        start_ms,
        end_ms,
        text,
        avg_logprob=round(result.avg_logprob, 4) if isfinite(result.avg_logprob) else None,
        compression_ratio=round(_compression_ratio(text), 3),
        no_speech_prob=round(result.no_speech_prob, 4),
    )
    if not text.strip():
        return (whole,)
    words = aligned_words(heard, alignment or ())
    if words and "".join(word.text for word in words) == text:
        return into_segments(words, whole)
    parts = split_at_timestamps(result.tokens, tokenizer.timestamp_begin, timeline.duration_s)
    return tuple(
        Segment(
            *timeline.stretch(start_s, end_s),
            tokenizer.decode(tokens),
            avg_logprob=whole.avg_logprob,
            compression_ratio=whole.compression_ratio,
            no_speech_prob=whole.no_speech_prob,
        )
        for start_s, end_s, tokens in parts
    )


def aligned_words(heard: Prepared, alignment: Sequence[dict[str, Any]]) -> list[Word]:
    """Words with times in the recording."""
    timeline = Timeline(heard.piece.spans)
    aligned = begin_with_sound(take_out_pauses(words_of(alignment), timeline), heard.features, timeline)
    return [
        Word(*timeline.restore(word.start_s, word.end_s), word.text, round(word.probability or 0.0, 4))
        for word in aligned
    ]


def _compression_ratio(text: str) -> float:
    """Bytes of the text over bytes of it compressed: above 2.4 it repeats itself (Whisper's own measure)."""
    data = text.encode()
    return len(data) / len(zlib.compress(data))
