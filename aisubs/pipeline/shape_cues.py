"""A text as cues, with what is wrong about them and where they are from: what the editor shows beside the text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from aisubs.formats import Cue
from aisubs.formats.clashes import Clash
from aisubs.formats.cues import shape_words
from aisubs.formats.paragraphs import paragraphs
from aisubs.formats.profiles import Limits, limits_for
from aisubs.formats.timeline import TimedWord, timed_words
from aisubs.formats.violations import Violation, violations
from aisubs.formats.wording import clean, is_visible
from aisubs.model.document import Document
from aisubs.model.transcript import Transcript
from aisubs.pipeline.read_transcript import Text

WordOf: TypeAlias = tuple[str, int | None]
"""(id of the paragraph, index of the word in it); None: no word, but this paragraph is behind it."""


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last word of a cue."""

    first: WordOf
    last: WordOf


@dataclass(frozen=True, slots=True)
class ShapedText:
    """`spans`: of each cue the words of the document that it is made of; `clashes`: what people decided and cannot
    have."""

    cues: list[Cue]
    spans: list[Span]
    violations: list[Violation]
    clashes: list[Clash]
    limits: Limits


def shape_cues(text: Text, profile: str) -> ShapedText:
    """The cues that every subtitle format of this text and profile holds. Raises `bad_request` for an unknown one."""
    transcript = text.transcript
    words = timed_words(transcript)
    cues, clashes = shape_words(words, transcript, profile)
    faults = violations(cues, profile, transcript.text_language)
    places = _written(text.document) if text.owners else _numbered(words, transcript)
    return ShapedText(
        cues, list(_spans(list(places), cues)), faults, clashes, limits_for(profile, transcript.text_language)
    )


def _numbered(words: Sequence[TimedWord], transcript: Transcript) -> Iterator[tuple[str, int, int]]:
    """Of each word its paragraph, its index there, and how many characters of it are shown, where nobody has edited."""
    for number, paragraph in enumerate(paragraphs(words, transcript.paragraphs)):
        for index, word in enumerate(paragraph.words):
            yield str(number), index, len(word.text)


def _written(document: Document) -> Iterator[tuple[str, int, int]]:
    """The same of an edited text."""
    for paragraph in document.paragraphs:
        for index, word in enumerate(paragraph.words()):
            shown = (part for part in clean(word).split(" ") if is_visible(part))
            if size := sum(map(len, shown)):
                yield paragraph.id, index, size


def _spans(words: Sequence[tuple[str, int, int]], cues: Sequence[Cue]) -> Iterator[Span]:
    """Cues hold every word once and in order, so counting characters finds the words of each."""
    ends = list(accumulate(size for *_, size in words))
    read = 0
    for cue in cues:
        if cue.own_id is not None:
            behind = bisect_right(ends, read)
            beside = words[min(behind, len(words) - 1)][0] if words else ""
            yield Span((beside, None), (beside, None))
            continue
        first = words[bisect_right(ends, read)][:2]
        read += sum(len(line.text.replace(" ", "")) for line in cue.lines)
        yield Span(first, words[bisect_left(ends, read)][:2])
