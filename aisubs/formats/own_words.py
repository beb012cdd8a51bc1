"""Sounds, music and what is written in the picture, where a text for reading tells of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from aisubs.formats.choices import Choices
from aisubs.formats.timeline import TimedWord
from aisubs.formats.wording import clean
from aisubs.model.captions.own_cues import OwnCue


def with_own(words: list[TimedWord], own: Sequence[OwnCue], choices: Choices) -> list[TimedWord]:
    """The words with each own cue, as `[door slams]` or `♪ la la ♪`, before the first word that begins after it. What
    is written in the picture is in brackets, too, for nobody says it."""
    told = [cue for cue in own if choices.sounds or cue.kind == "text"]
    if not told:
        return words
    starts = [word.start_ms for word in words]
    merged: list[TimedWord] = []
    done = 0
    for cue in told:
        place = bisect_left(starts, cue.start_ms)
        merged += words[done:place]
        done = place
        merged.append(_as_word(cue, words[place] if place < len(words) else words[-1] if words else None))
        if place < len(words):
            words[place].spaced = True
    return merged + words[done:]


def _as_word(cue: OwnCue, beside: TimedWord | None) -> TimedWord:
    text = clean(" ".join(cue.shown)).strip()
    if cue.kind == "text" and not text.startswith("["):
        text = f"[{text}]"
    if beside is None:
        return TimedWord(text, cue.start_ms, cue.end_ms, True, 0)
    return replace(
        beside, text=text, start_ms=cue.start_ms, end_ms=cue.start_ms, spaced=True, confidence=None, override=None
    )
