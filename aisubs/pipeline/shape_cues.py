"""A text as cues, with what is wrong about them and where they are from: what the editor shows beside the text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from aisubs.formats import Cue
from aisubs.formats.cues import shape_words
from aisubs.formats.paragraphs import paragraphs
from aisubs.formats.profiles import Limits, limits_for
from aisubs.formats.timeline import TimedWord, timed_words
from aisubs.formats.violations import Violation, violations
from aisubs.pipeline.read_transcript import Text


@dataclass(frozen=True, slots=True)
class ShapedText:
    """`paragraph_ids`: of each cue the paragraph in which it begins."""

    cues: list[Cue]
    paragraph_ids: list[str]
    violations: list[Violation]
    limits: Limits


def shape_cues(text: Text, profile: str) -> ShapedText:
    """The cues that every subtitle format of this text and profile holds. Raises `bad_request` for an unknown one."""
    transcript = text.transcript
    words = timed_words(transcript)
    cues = shape_words(words, transcript, profile)
    faults = violations(cues, profile, transcript.text_language)
    return ShapedText(cues, list(_origins(text, words, cues)), faults, limits_for(profile, transcript.text_language))


def _origins(text: Text, words: Sequence[TimedWord], cues: Sequence[Cue]) -> Iterator[str]:
    """Cues hold every word once and in order, so counting characters finds the word with which each begins."""
    ids: list[str] = []
    sizes: list[int] = []
    for number, paragraph in enumerate(paragraphs(words, text.transcript.paragraphs)):
        ids.append(text.owners[paragraph.words[0].segment] if text.owners else str(number))
        sizes.append(sum(len(word.text) for word in paragraph.words))
    ends = list(accumulate(sizes))
    read = 0
    for cue in cues:
        yield ids[bisect_right(ends, read)]
        read += sum(len(line.text.replace(" ", "")) for line in cue.lines)
