"""Who said which word: turns of speakers laid over a text that was written without them.

A word belongs to whom it overlaps longest, else to the turn whose edge is nearest: where there is a turn, no word is
left without a speaker. A change that is a word or two beside the end of a sentence is put there (speaker_changes.py). A
segment is parted where the speaker changes, so that nothing made of it mixes two people.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from aisubs.model.transcript import Segment, Word
from aisubs.model.turns import Turn
from aisubs.pipeline.speakers.speaker_changes import at_sentences

NEAR_MS = 500
"""Whoever gets a word for the sake of a sentence speaks no further from it than this."""


class TurnsByTime:
    """Turns, to be asked again and again who speaks at a time."""

    def __init__(self, turns: Iterable[Turn]) -> None:
        self._turns = sorted(turns, key=lambda turn: (turn.start_ms, turn.end_ms, turn.speaker))
        self._starts = [turn.start_ms for turn in self._turns]
        self._latest: list[Turn] = []  # of all turns up to this one, the one that ends last
        for turn in self._turns:
            longer = self._latest[-1] if self._latest and self._latest[-1].end_ms >= turn.end_ms else turn
            self._latest.append(longer)
        self._ends = [turn.end_ms for turn in self._latest]

    def __bool__(self) -> bool:
        return bool(self._turns)

    def shares(self, start_ms: int, end_ms: int) -> dict[int, int]:
        """By speaker, for how long they speak in [start_ms, end_ms); in the order in which they begin."""
        shared: defaultdict[int, int] = defaultdict(int)
        for turn in self._turns[bisect_right(self._ends, start_ms) : bisect_left(self._starts, end_ms)]:
            overlap_ms = min(end_ms, turn.end_ms) - max(start_ms, turn.start_ms)
            if overlap_ms > 0:
                shared[turn.speaker] += overlap_ms
        return shared

    def speaks_near(self, speaker: int, word: Word) -> bool:
        """Whether `speaker` speaks during a word or within `NEAR_MS` of it."""
        return speaker in self.shares(word.start_ms - NEAR_MS, word.end_ms + NEAR_MS)

    def speaker_at(self, start_ms: int, end_ms: int) -> int:
        """Who says what lies in [start_ms, end_ms). There must be a turn."""
        if shared := self.shares(start_ms, end_ms):
            return max(shared, key=shared.__getitem__)
        following = bisect_left(self._starts, end_ms)
        near = [*self._turns[following : following + 1], *self._latest[max(0, following - 1) : following]]
        return min(near, key=lambda turn: max(turn.start_ms - end_ms, start_ms - turn.end_ms)).speaker


def with_speakers(segments: Iterable[Segment], turns: Sequence[Turn]) -> tuple[Segment, ...]:
    """The segments, parted where the speaker changes, each with "Speaker 1", "Speaker 2", … in the order in which they
    first have a word. Without turns nobody has a name."""
    by_time = TurnsByTime(turns)
    if not by_time:
        return tuple(segments)
    labels: dict[int, str] = {}
    named = []
    told = list(segments)
    for segment, speakers in zip(told, _speakers_of(told, by_time), strict=True):
        for piece, speaker in _pieces(segment, speakers):
            label = labels.setdefault(speaker, f"Speaker {len(labels) + 1}")
            named.append(replace(piece, speaker=label))
    return tuple(named)


def _speakers_of(segments: Sequence[Segment], turns: TurnsByTime) -> list[list[int]]:
    """Of each segment the speaker of every word; only one of a segment that cannot be parted."""
    parted = [_is_spelt(segment) for segment in segments]
    words = [word for segment, whole in zip(segments, parted, strict=True) if whole for word in segment.words]
    by_time = [turns.speaker_at(word.start_ms, word.end_ms) for word in words]
    said = iter(at_sentences(words, by_time, turns.speaks_near))
    return [
        [next(said) for _ in segment.words] if whole else [turns.speaker_at(segment.start_ms, segment.end_ms)]
        for segment, whole in zip(segments, parted, strict=True)
    ]


def _is_spelt(segment: Segment) -> bool:
    return bool(segment.words) and "".join(word.text for word in segment.words).strip() == segment.text.strip()


def _pieces(segment: Segment, speakers: Sequence[int]) -> Iterator[tuple[Segment, int]]:
    """The segment by speakers. One whose words do not spell it cannot be parted."""
    if not _is_spelt(segment):
        yield segment, speakers[0]
        return
    said = zip(segment.words, speakers, strict=True)
    groups = [(speaker, [word for word, _ in group]) for speaker, group in groupby(said, key=lambda one: one[1])]
    if len(groups) == 1:
        yield segment, groups[0][0]
        return
    for number, (speaker, part) in enumerate(groups):
        start_ms = segment.start_ms if number == 0 else part[0].start_ms
        end_ms = segment.end_ms if number == len(groups) - 1 else part[-1].end_ms
        yield _made_of(segment, part, start_ms, end_ms), speaker


def _made_of(segment: Segment, words: Sequence[Word], start_ms: int, end_ms: int) -> Segment:
    text = "".join(word.text for word in words)
    return replace(segment, start_ms=start_ms, end_ms=max(start_ms, end_ms), text=text, words=tuple(words))
