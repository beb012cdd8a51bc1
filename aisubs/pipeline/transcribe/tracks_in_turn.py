"""Several audio tracks with a speaker each: saved one after another, told side by side.

The windows of a track are put back on the clock of the recording, its segments get the track's name as their speaker,
and where two people speak at once a segment is cut into phrases, so that an answer stands where it was given.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from aisubs.model.audio_track import AudioTrack
from aisubs.model.transcript import Coverage, Segment, Window, Word
from aisubs.model.turns import Turn
from aisubs.pipeline.transcribe.coverage import ledger_of

PHRASE_PAUSE_MS = 300
"""Shorter silences between two words are no place to cut."""

_ENDS = tuple(".?!…。？！")


def on_recording(window: Window, track: AudioTrack | None) -> Window:
    """A saved window on the clock of the recording, its segments with the speaker of its track."""
    if track is None or not track.in_turn:
        return window
    index, begins_ms = track.turn_at(window.start_ms)
    by_ms = -begins_ms
    return replace(
        window,
        start_ms=window.start_ms + by_ms,
        end_ms=window.end_ms + by_ms,
        speech=tuple((start + by_ms, end + by_ms) for start, end in window.speech),
        segments=tuple(_spoken(segment, by_ms, track.speakers[index]) for segment in window.segments),
        damage=window.damage.shifted(by_ms) if window.damage else None,
    )


def side_by_side(windows: Iterable[Window], track: AudioTrack) -> tuple[tuple[Segment, ...], Coverage]:
    """The segments of all tracks in the order of time, and one ledger for the recording."""
    placed = [on_recording(window, track) for window in windows]
    segments = [segment for window in placed for segment in window.segments]
    return tuple(_in_order(segments)), ledger_of(placed)


def turns_of(segments: Iterable[Segment], track: AudioTrack) -> list[Turn]:
    """Who speaks when, by the words of each track; there is no other measure of it."""
    spans: dict[str, list[tuple[int, int]]] = {speaker: [] for speaker in track.speakers}
    for segment in segments:
        for word in segment.words or (segment,):
            own = spans[segment.speaker or track.speakers[0]]
            if own and word.start_ms - own[-1][1] < PHRASE_PAUSE_MS:
                own[-1] = own[-1][0], max(own[-1][1], word.end_ms)
            elif word.start_ms < word.end_ms:
                own.append((word.start_ms, word.end_ms))
    turns = [Turn(start_ms, end_ms, number) for number, own in enumerate(spans.values(), 1) for start_ms, end_ms in own]
    return sorted(turns, key=lambda turn: (turn.start_ms, turn.speaker))


def _in_order(segments: Sequence[Segment]) -> Iterator[Segment]:
    """By their start; what others speak into is cut into phrases, of which those that stay neighbours are one again."""
    pieces: list[tuple[int, int, int, Segment]] = []
    starts = sorted((segment.start_ms, segment.speaker or "") for segment in segments)
    for index, segment in enumerate(segments):
        inside = starts[bisect_right(starts, (segment.start_ms + 1, "")) : bisect_left(starts, (segment.end_ms, ""))]
        cut = _phrases(segment) if any(speaker != segment.speaker for _, speaker in inside) else [segment]
        pieces += [(piece.start_ms, index, number, piece) for number, piece in enumerate(cut)]
    pieces.sort(key=lambda piece: piece[:3])
    for _, group in groupby(pieces, key=lambda piece: piece[1]):
        yield _join([piece for *_, piece in group])


def _phrases(segment: Segment) -> list[Segment]:
    """The segment cut at pauses and at the ends of sentences; whole, if its words do not spell it."""
    if "".join(word.text for word in segment.words).strip() != segment.text.strip():
        return [segment]
    phrases: list[list[Word]] = [[segment.words[0]]]
    for before, word in pairwise(segment.words):
        if word.start_ms - before.end_ms >= PHRASE_PAUSE_MS or before.text.rstrip().endswith(_ENDS):
            phrases.append([])
        phrases[-1].append(word)
    return [_made_of(segment, words) for words in phrases]


def _join(phrases: Sequence[Segment]) -> Segment:
    if len(phrases) == 1:
        return phrases[0]
    return _made_of(phrases[0], [word for phrase in phrases for word in phrase.words])


def _made_of(segment: Segment, words: Sequence[Word]) -> Segment:
    text = "".join(word.text for word in words)
    return replace(segment, start_ms=words[0].start_ms, end_ms=words[-1].end_ms, text=text, words=tuple(words))


def _spoken(segment: Segment, by_ms: int, speaker: str) -> Segment:
    words = tuple(replace(word, start_ms=word.start_ms + by_ms, end_ms=word.end_ms + by_ms) for word in segment.words)
    return replace(
        segment, start_ms=segment.start_ms + by_ms, end_ms=segment.end_ms + by_ms, words=words, speaker=speaker
    )
