"""The words of a transcript on one timeline that never runs backwards.

Models write words of no length, words that end before they start, words far outside the recording, and segments that
overlap. Every format but the lossless JSON reads the words from here, where order is the transcript's and time follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from aisubs.formats.measure import columns, is_cjk
from aisubs.formats.wording import clean, is_visible, solid
from aisubs.model.captions.overrides import Override
from aisubs.model.rising import longest_rising
from aisubs.model.transcript import Segment, Transcript

NATURAL_MS_PER_COLUMN = 80
"""Pace given to words whose own times cannot be used: about 150 words per minute."""

_SLACK_MS = 1000  # how far a word may stand outside its segment before its time is doubted


@dataclass(slots=True)
class TimedWord:
    """A word with times that can be trusted: 0 <= start_ms <= end_ms <= start_ms of the next word.

    `text` has no white space; `spaced` says that a space comes before it; `segment` is the index of its segment;
    `heard` is False where the time was worked out from the segment's because the model gave none. `language` is what
    it is written in, where that is not the transcript's; `override` what people decided about its captions.
    """

    text: str
    start_ms: int
    end_ms: int
    spaced: bool
    segment: int
    speaker: str | None = None
    confidence: float | None = None
    heard: bool = True
    language: str | None = None
    override: Override | None = None


def timed_words(transcript: Transcript) -> list[TimedWord]:
    """Every visible word of the transcript, once, in the transcript's order.

    A segment's text is what was said. Its words are used when they spell that text and lie within the segment; else
    the text is split at white space and the segment's time shared out by width.
    """
    words: list[TimedWord] = []
    for index, segment in enumerate(transcript.segments):
        speaker = clean(segment.speaker).strip() or None if segment.speaker else None
        language = transcript.language_of(segment)
        fresh = list(_given(segment)) if _usable(segment) else list(_shared_out(segment))
        for position, word in enumerate(fresh):
            if position == 0 and words:
                word.spaced = not (is_cjk(words[-1].text[-1]) and is_cjk(word.text[0]))
            word.segment, word.speaker, word.language = index, speaker, language
            words.append(word)
    _repair(words, transcript.duration_ms)
    return words


def joined(words: list[TimedWord]) -> str:
    """The words as running text on one line."""
    return "".join((" " if word.spaced and i else "") + word.text for i, word in enumerate(words))


def speaker_changes(speakers: Sequence[str | None], named: bool) -> list[str]:
    """The name to show before each item: where the speaker changes, if two or more are known; "" elsewhere."""
    if not named or len({speaker for speaker in speakers if speaker}) < 2:
        return [""] * len(speakers)
    return [speaker if speaker and (i == 0 or speaker != speakers[i - 1]) else "" for i, speaker in enumerate(speakers)]


def _usable(segment: Segment) -> bool:
    if not segment.words:
        return False
    spelled = "".join(word.text for word in segment.words)
    if spelled != segment.text and segment.text.strip() and solid(spelled) != solid(segment.text):
        return False
    if segment.end_ms <= segment.start_ms:
        return True
    low, high = segment.start_ms - _SLACK_MS, segment.end_ms + _SLACK_MS
    return 2 * sum(low <= word.start_ms <= high for word in segment.words) >= len(segment.words)


def _given(segment: Segment) -> Iterator[TimedWord]:
    spaced = False
    for word in segment.words:
        bare = word.text.strip(" ")
        if bare and " " not in bare and bare.isprintable():  # nearly all: worth the shorter way
            spaced = spaced or word.text[0] == " "
            yield TimedWord(
                bare, word.start_ms, word.end_ms, spaced, 0, confidence=word.confidence, override=word.override
            )
            spaced = word.text[-1] == " "
            continue
        text = clean(word.text)
        if not is_visible(text):
            spaced = spaced or " " in text
            continue
        spaced = spaced or text.startswith(" ")
        parts = [part for part in text.split(" ") if is_visible(part)]
        for place, (part, start_ms, end_ms) in enumerate(_share(parts, word.start_ms, word.end_ms)):
            override = _part_of(word.override, place, len(parts)) if word.override else None
            yield TimedWord(part, start_ms, end_ms, spaced, 0, confidence=word.confidence, override=override)
            spaced = True
        spaced = text.endswith(" ")


def _part_of(override: Override, place: int, parts: int) -> Override:
    """Of a word that holds white space: a break and a start are before its first part, an end is behind its last."""
    return replace(
        override,
        before=override.before if place == 0 else "join",
        start_ms=override.start_ms if place == 0 else None,
        end_ms=override.end_ms if place == parts - 1 else None,
    )


def _shared_out(segment: Segment) -> Iterator[TimedWord]:
    text = segment.text if segment.text.strip() else "".join(word.text for word in segment.words)
    parts = [part for part in clean(text).split(" ") if is_visible(part)]
    for position, (part, start_ms, end_ms) in enumerate(_share(parts, segment.start_ms, segment.end_ms)):
        yield TimedWord(part, start_ms, end_ms, position > 0 or text[:1].isspace(), 0, heard=False)


def _share(parts: list[str], start_ms: int, end_ms: int) -> Iterator[tuple[str, int, int]]:
    """Give each of `parts` its share of the time by width."""
    if len(parts) == 1:
        yield parts[0], start_ms, end_ms
        return
    total = sum(columns(part) + 1 for part in parts)
    done = 0
    for part in parts:
        begin = done
        done += columns(part) + 1
        length = end_ms - start_ms
        yield part, start_ms + length * begin // total, start_ms + length * done // total


def _repair(words: list[TimedWord], duration_ms: int) -> None:
    """Make the times run forwards in place: keep the longest run of words that agree, fit the others between them."""
    anchors = _agreeing(words, duration_ms)
    weights = [(columns(word.text) + 1) * NATURAL_MS_PER_COLUMN for word in words]
    anchor_set = set(anchors)
    for left, right in zip([-1, *anchors], [*anchors, len(words)], strict=True):
        if right - left > 1:
            _spread(words, weights, left, right, duration_ms)
    for index, word in enumerate(words):
        limit = words[index + 1].start_ms if index + 1 < len(words) else duration_ms or 1 << 62
        if index not in anchor_set or word.end_ms <= word.start_ms:
            word.end_ms = word.start_ms + weights[index]
        word.end_ms = max(word.start_ms, min(word.end_ms, limit))


def _agreeing(words: list[TimedWord], duration_ms: int) -> list[int]:
    """Indices of the longest strictly rising run of start times that lie inside the recording."""
    inside = [
        index
        for index, word in enumerate(words)
        if word.start_ms >= 0 and not (duration_ms and word.start_ms >= duration_ms)
    ]
    return [inside[place] for place in longest_rising([words[index].start_ms for index in inside])]


def _spread(words: list[TimedWord], weights: list[int], left: int, right: int, duration_ms: int) -> None:
    """Place the words between the anchors `left` and `right` (-1 and len(words): the ends of the recording)."""
    first = max(left, 0)
    needed = sum(weights[first:right])
    if left < 0:
        high = words[right].start_ms if right < len(words) else min(duration_ms or needed, needed)
        low = max(0, high - needed)
    else:
        low = words[left].start_ms
        high = words[right].start_ms if right < len(words) else max(low, duration_ms or low + needed)
        high = min(high, low + needed)
    done = 0
    for index in range(first, right):
        if index != left:
            words[index].start_ms = low + (high - low) * done // needed
        done += weights[index]
