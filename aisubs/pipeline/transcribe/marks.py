"""What is written onto the sentences that are kept of a window: the marks of those that stay doubtful."""

from __future__ import annotations

from dataclasses import replace

from aisubs.model.transcript import Mark, Segment
from aisubs.pipeline.transcribe.doubts import Doubt, has_no_sound, is_improbable, is_of_nobody, is_unfounded

_OF_ONE_SENTENCE = frozenset({Doubt.IMPROBABLE, Doubt.NO_SPEECH})


def _storable(segment: Segment) -> Segment:
    """Without U+0000, which a looping model may write and no database takes."""
    if "\0" not in segment.text:
        return segment
    words = tuple(replace(word, text=word.text.replace("\0", "")) for word in segment.words)
    return replace(segment, text=segment.text.replace("\0", ""), words=words)


def _own_doubts(segment: Segment, speech_ms: int) -> frozenset[Doubt]:
    """What speaks against one sentence alone, not against those beside it: each may come of another answer."""
    improbable = is_improbable(segment, speech_ms) or is_unfounded(segment) or has_no_sound(segment)
    found = {Doubt.IMPROBABLE: improbable, Doubt.NO_SPEECH: is_of_nobody(segment)}
    return frozenset(doubt for doubt, holds in found.items() if holds)


def marked(segment: Segment, doubts: frozenset[Doubt], speech_ms: int, language: str) -> Segment:
    """A sentence with what is doubted of the answers of its window, which heard so much speech."""
    own = doubts - _OF_ONE_SENTENCE | _own_doubts(segment, speech_ms)
    marks = dict.fromkeys((*segment.marks, *_marks(own)))
    return replace(_storable(segment), marks=tuple(marks), language=segment.language or language)


def _marks(doubts: frozenset[Doubt]) -> tuple[Mark, ...]:
    marks = []
    if Doubt.LOOP in doubts:
        marks.append(Mark.LOOP)
    if doubts & {Doubt.IMPROBABLE, Doubt.TOO_FAST, Doubt.ECHO}:
        marks.append(Mark.DOUBTFUL)
    if Doubt.NO_SPEECH in doubts:
        marks.append(Mark.NO_SPEECH)
    return tuple(marks)
