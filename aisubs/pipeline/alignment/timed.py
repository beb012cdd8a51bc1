"""From the aligned words of an engine to segments of the script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from aisubs.formats.breaks import ends_sentence
from aisubs.formats.measure import is_cjk
from aisubs.model.alignment import Passage
from aisubs.model.captions.overrides import Override
from aisubs.model.script import Script, ScriptWord
from aisubs.model.transcript import Mark, Segment, Word
from aisubs.pipeline.transcribe.doubts import has_no_sound

LEAST_CONFIDENCE = 0.05
"""A word that was not heard, and that the sound makes no more probable than this, was not said."""
_STOPS = frozenset(".,;:!?…。，、；：！？—–-")
PAUSE_MS = 1_000
"""A silence as long as this ends a segment."""


@dataclass(frozen=True, slots=True)
class Timed:
    """Word number `index` of a script with its time."""

    index: int
    word: Word


def text_of(script: Script, passage: Passage) -> str:
    """What the engine is given to find."""
    return "".join(
        _written(script.words[index], first=place == 0) + _pause(script, index)
        for place, index in enumerate(passage.words)
    )


def _pause(script: Script, index: int) -> str:
    """A stop behind the last word of a paragraph or subtitle that has none: where the text tells of no pause, attention
    takes the silence for the beginning of the next word, and a short word is then found before it."""
    word, behind = script.words[index].text, script.words[index + 1 : index + 2]
    if word[-1] in _STOPS or not behind or behind[0].opens not in ("paragraph", "cue"):
        return ""
    return "." if behind[0].opens == "paragraph" else ","


def _written(word: ScriptWord, *, first: bool) -> str:
    return (" " if word.spaced or (first and word.text[0].isascii()) else "") + word.text


def timed(script: Script, passage: Passage, aligned: Sequence[Word]) -> list[Timed]:
    """The words of the passage. An engine divides words in its own way; where it has no answer, the words share the
    time of the passage, and nobody knows how sure they are."""
    heard = aligned or (Word(passage.start_ms, passage.end_ms, text_of(script, passage)),)
    clock = _Clock(heard)
    words: list[Timed] = []
    at = 0
    for place, index in enumerate(passage.words):
        written = _written(script.words[index], first=place == 0)
        begin, at = at + len(written) - len(written.lstrip()), at + len(written)
        start_ms, end_ms, confidence = clock.between(begin, at)
        at += len(_pause(script, index))
        word = Word(start_ms, end_ms, written, confidence, _decided(script, index))
        words.append(Timed(index, word))
    return words


def _decided(script: Script, index: int) -> Override | None:
    """Subtitles of the script stay as they are cut."""
    word = script.words[index]
    if not script.cues:
        return None
    before = word.opens if word.opens in ("cue", "line") else "join"
    return Override(before, italic=word.italic, position="top" if word.top else None)


class _Clock:
    """Times of characters of a text, as its words have them."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        self._ends: list[int] = []
        for word in words:
            self._ends.append((self._ends[-1] if self._ends else 0) + len(word.text))

    def between(self, first: int, behind: int) -> tuple[int, int, float | None]:
        """(start_ms, end_ms, confidence) of the characters [first, behind)."""
        inside = [at for at in range(len(self._words)) if self._begin(at) < behind and self._ends[at] > first]
        if not inside:
            end_ms = self._words[-1].end_ms
            return end_ms, end_ms, None
        start_ms = self._time(inside[0], max(first, self._begin(inside[0])))
        end_ms = self._time(inside[-1], min(behind, self._ends[inside[-1]]))
        sure = [word.confidence for at in inside if (word := self._words[at]).confidence is not None]
        known = [value for value in sure if value is not None]
        return start_ms, max(start_ms, end_ms), round(sum(known) / len(known), 4) if known else None

    def _begin(self, at: int) -> int:
        return self._ends[at - 1] if at else 0

    def _time(self, at: int, character: int) -> int:
        word = self._words[at]
        begin = self._begin(at) + len(word.text) - len(word.text.lstrip())
        length = max(1, self._ends[at] - begin)
        return word.start_ms + (word.end_ms - word.start_ms) * max(0, character - begin) // length


def not_said(script: Script, passage: Passage, words: Sequence[Timed]) -> set[int]:
    """Of the words that were not heard those that the sound does not hold either. Subtitles are kept whole, as are
    words of which a character is only a part."""
    if script.cues:
        return set()
    doubted = {index for index in passage.unheard if not is_cjk(script.words[index].text[0])}
    return {one.index for one in words if one.index in doubted and (one.word.confidence or 0.0) < LEAST_CONFIDENCE}


def segments_of(script: Script, passage: Passage, words: Sequence[Timed]) -> Iterator[Segment]:
    """A segment is a subtitle of the script or a sentence, of one speaker and without a long pause."""
    begin = 0
    cuts = [at for at, (left, right) in enumerate(pairwise(words), start=1) if _parts(script, left, right)]
    for cut in [*cuts, len(words)]:
        part = words[begin:cut]
        begin = cut
        if not part:
            continue
        spoken = tuple(one.word for one in part)
        segment = Segment(
            spoken[0].start_ms,
            max(word.end_ms for word in spoken),
            "".join(word.text for word in spoken),
            spoken,
            script.words[part[0].index].speaker,
            language=passage.language,
        )
        yield replace(segment, marks=(Mark.DOUBTFUL,)) if has_no_sound(segment) else segment


def _parts(script: Script, left: Timed, right: Timed) -> bool:
    one, other = script.words[left.index], script.words[right.index]
    if script.cues:
        return other.opens == "cue"
    if other.opens == "paragraph" or one.speaker != other.speaker:
        return True
    return ends_sentence(one.text) or right.word.start_ms - left.word.end_ms >= PAUSE_MS
