"""Subtitles of a script of which no word was heard (sounds, music, what is written in the picture, or what was never
said) stand where the subtitles around them have gone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from aisubs.model.alignment import Passage
from aisubs.model.captions.overrides import Override
from aisubs.model.script import Script, ScriptCue
from aisubs.model.transcript import Segment, Window, Word

Anchor = tuple[int, int]
"""When a subtitle began in the script, and when its words begin in the sound (ms)."""


def placed_cues(script: Script, passages: Sequence[Passage], windows: Sequence[Window]) -> tuple[list[Window], int]:
    """The windows with those subtitles in them, and how many there are."""
    said = {index for passage in passages for index in passage.words}
    missing = [cue for cue in script.cues if cue.first not in said]
    anchors = _anchors(script, passages, windows)
    if not missing or not anchors:
        return list(windows), 0
    duration_ms = max((window.end_ms for window in windows), default=0)
    added: dict[int, list[Segment]] = {}
    begins = [window.start_ms for window in windows]
    for cue in missing:
        start_ms = cue.start_ms + _shift_ms(cue.start_ms, anchors)
        end_ms = min(duration_ms, start_ms + max(1, cue.end_ms - cue.start_ms))
        if 0 <= start_ms < end_ms:
            added.setdefault(bisect_right(begins, start_ms) - 1, []).append(_segment(script, cue, start_ms, end_ms))
    changed = [
        replace(window, segments=tuple(sorted((*window.segments, *added.get(place, ())), key=lambda s: s.start_ms)))
        for place, window in enumerate(windows)
    ]
    return changed, sum(map(len, added.values()))


def _anchors(script: Script, passages: Sequence[Passage], windows: Sequence[Window]) -> list[Anchor]:
    """The words that open a subtitle stand in the windows in the order of the passages."""
    opened = [
        (word.override, word.start_ms) for window in windows for segment in window.segments for word in segment.words
    ]
    starts = [start_ms for override, start_ms in opened if override is not None and override.before == "cue"]
    by_word = {cue.first: cue for cue in script.cues}
    order = [by_word[index] for passage in passages for index in passage.words if index in by_word]
    return sorted((cue.start_ms, start_ms) for cue, start_ms in zip(order, starts, strict=False))


def _shift_ms(at_ms: int, anchors: Sequence[Anchor]) -> int:
    """By how much the subtitles around this time have moved, shared by how near they are."""
    place = bisect_right([began for began, _ in anchors], at_ms)
    if place in (0, len(anchors)):
        began, begins = anchors[min(place, len(anchors) - 1)]
        return begins - began
    (left, left_ms), (right, right_ms) = anchors[place - 1], anchors[place]
    share = (at_ms - left) / max(1, right - left)
    return round((left_ms - left) * (1 - share) + (right_ms - right) * share)


def _segment(script: Script, cue: ScriptCue, start_ms: int, end_ms: int) -> Segment:
    count = cue.behind - cue.first
    words = []
    for place, index in enumerate(range(cue.first, cue.behind)):
        begin, end = (start_ms + (end_ms - start_ms) * at // count for at in (place, place + 1))
        written = script.words[index]
        words.append(
            Word(
                begin,
                end,
                (" " if written.spaced or place == 0 else "") + written.text,
                None,
                Override(
                    "cue" if place == 0 else "line" if written.opens == "line" else "join",
                    start_ms=start_ms if place == 0 else None,
                    end_ms=end_ms if index == cue.behind - 1 else None,
                    italic=written.italic,
                    position="top" if written.top else None,
                ),
            )
        )
    return Segment(start_ms, end_ms, "".join(word.text for word in words), tuple(words))
