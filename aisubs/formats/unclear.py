"""What a transcript does not tell, said in its place: `[unclear]` where it is, a sentence where there is no word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from aisubs.formats.wording import is_visible
from aisubs.model.losses import is_doubted, losses_of, untold_parts
from aisubs.model.transcript import Segment, Transcript

UNCLEAR = "[unclear]"
NOTICE_MS = 5_000
"""How long the sentence stands that takes the place of a text."""


def with_marks(transcript: Transcript) -> Transcript:
    """The transcript with `[unclear]` wherever speech has no words, and before words that are doubted."""
    kept, opened = [], []
    for segment, mark in _in_order(transcript):
        if mark:
            kept.append(mark)
        if segment:
            opened.append(len(kept))
            kept.append(segment)
    paragraphs = transcript.paragraphs
    if paragraphs is not None:
        paragraphs = tuple(opened[index] if index < len(opened) else index for index in paragraphs)
    return replace(transcript, segments=tuple(kept), paragraphs=paragraphs)


def with_notice(transcript: Transcript) -> Transcript:
    """The transcript itself; where it has no word to show, one with a sentence that says so."""
    sentence = losses_of(transcript).sentence
    if not sentence or any(is_visible(segment.text) for segment in transcript.segments):
        return transcript
    notice = Segment(0, min(NOTICE_MS, max(1, transcript.duration_ms)), f"[{sentence}]")
    return replace(transcript, segments=(notice,), paragraphs=None)


def _in_order(transcript: Transcript) -> Iterator[tuple[Segment | None, Segment | None]]:
    """Each segment, or None at the end, with the mark that comes before it."""
    untold = untold_parts(transcript)
    before: Segment | None = None
    marked = False
    for segment in transcript.segments:
        while untold and untold[0][0] <= segment.start_ms:
            yield None, _mark(*untold.pop(0), before)
            marked = True
        doubted = is_doubted(segment) and not marked
        # A moment before its words: what begins together is taken for a fault of the clock.
        yield segment, _mark(segment.start_ms - 1, segment.start_ms, segment) if doubted else None
        before, marked = segment, is_doubted(segment)
    for start_ms, end_ms in untold:
        yield None, _mark(start_ms, end_ms, before)


def _mark(start_ms: int, end_ms: int, beside: Segment | None) -> Segment:
    speaker, language = (beside.speaker, beside.language) if beside else (None, None)
    return Segment(start_ms, end_ms, UNCLEAR, speaker=speaker, language=language)
