"""From what an engine heard in one window, words with times or parts with times, to segments in the recording."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aisubs.adapters.engine.timing.onsets import begin_with_sound
from aisubs.adapters.engine.timing.words import TimedText, Timeline, into_segments, take_out_pauses
from aisubs.model.transcript import Segment, Word


def whole_window(text: str, timeline: Timeline, *, avg_logprob: float | None, no_speech_prob: float | None) -> Segment:
    """All of a window as one segment, without words: the scores that its segments will bear."""
    return Segment(
        *timeline.stretch(0.0, timeline.duration_s),
        text,
        avg_logprob=None if avg_logprob is None else round(avg_logprob, 4),
        compression_ratio=round(_compression_ratio(text), 3),
        no_speech_prob=None if no_speech_prob is None else round(no_speech_prob, 4),
    )


def put_together(
    whole: Segment, words: Sequence[Word], parts: Sequence[TimedText], timeline: Timeline
) -> tuple[Segment, ...]:
    """One segment per sentence where the words spell the text, else one for each of `parts` (times of the shortened
    sound); one without text where nothing was heard."""
    if not whole.text.strip():
        return (whole,)
    if words and "".join(word.text for word in words) == whole.text:
        return into_segments(words, whole)
    return tuple(_part(whole, part, timeline) for part in parts)


def words_in_place(aligned: list[TimedText], loudness: NDArray[np.float32], timeline: Timeline) -> list[Word]:
    """Words with times of the shortened sound, put where they are said in the recording. `loudness` as in onsets.py."""
    heard = begin_with_sound(take_out_pauses(aligned, timeline), loudness, timeline)
    return [
        Word(*timeline.restore(word.start_s, word.end_s), word.text, round(word.probability or 0.0, 4))
        for word in heard
    ]


def _part(whole: Segment, part: TimedText, timeline: Timeline) -> Segment:
    start_ms, end_ms = timeline.stretch(part.start_s, part.end_s)
    return replace(whole, start_ms=start_ms, end_ms=end_ms, text=part.text)


def _compression_ratio(text: str) -> float:
    """Bytes of the text over bytes of it compressed: above 2.4 it repeats itself (Whisper's own measure)."""
    data = text.encode()
    return len(data) / len(zlib.compress(data))
