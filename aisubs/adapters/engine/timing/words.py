"""From words with times to times in the recording, and from words to sentence-like segments.

An engine hears the speech of a window without its pauses, so every time is one of that shortened sound until
`Timeline` puts it back. Upstream's own way (one map over the whole file, memory of the last word of the batch before)
needs state between batches; this one needs the window alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from statistics import median

from aisubs.model.transcript import Segment, Word
from aisubs.ports import SAMPLES_PER_SECOND

SENTENCE_ENDS = (".", "?", "!", "。", "？", "！", "…", "؟", "।", "۔")
_CLOSERS = "\"'”’»)]}」』"
PAUSE_MS = 1_000
"""A silence as long as this ends a segment even within a sentence."""

_LONG_WORD_S = 0.7
"""Upper bound of what counts as an ordinary word when pauses are taken out of words (as in upstream)."""
_FINAL_WORD_S = 1.2
"""A word that ends a sentence lasts no longer. Behind it the attention may wait through a whole sentence that was left
out, which has to be seen as untold (as in upstream, whose bound is `2 * median`)."""
_LAST_WORD_S = 2.0
"""A last word may last this long: its end is wherever the decoder stopped listening."""


@dataclass(frozen=True, slots=True)
class TimedText:
    """Text at (start_s, end_s) of the shortened sound, with its mean token probability."""

    start_s: float
    end_s: float
    text: str
    probability: float | None = None


class Timeline:
    """Puts times of the shortened sound back into the recording, through the spans (samples) it was cut from."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self.spans = tuple(spans)
        self._ends = list(accumulate(end - start for start, end in spans))

    @property
    def duration_s(self) -> float:
        return self._ends[-1] / SAMPLES_PER_SECOND

    def restore(self, start_s: float, end_s: float) -> tuple[int, int]:
        """(start_ms, end_ms) in the recording. A word lies in the span of its middle and does not leave it."""
        at = self.span_at((start_s + end_s) / 2)
        first, last = self.spans[at]
        shift = first - (self._ends[at - 1] if at else 0)
        start = min(max(first, round(start_s * SAMPLES_PER_SECOND) + shift), last)
        end = min(max(start, round(end_s * SAMPLES_PER_SECOND) + shift), last)
        return start * 1000 // SAMPLES_PER_SECOND, end * 1000 // SAMPLES_PER_SECOND

    def stretch(self, start_s: float, end_s: float) -> tuple[int, int]:
        """As `restore` for a stretch that may reach over several spans."""
        return self.restore(start_s, start_s)[0], self.restore(end_s, end_s)[1]

    def span_at(self, time_s: float) -> int:
        return min(bisect_right(self._ends, time_s * SAMPLES_PER_SECOND), len(self._ends) - 1)


def take_out_pauses(words: list[TimedText], timeline: Timeline) -> list[TimedText]:
    """Give back to the silence what the alignment gave to the words around it.

    Attention has nowhere to go in a pause and stays on a neighbour: on the first word after a full stop or after a
    cut, on the last word of a sentence or of the window. Ordinary words here last `2 * median` at most.
    """
    lengths = [word.end_s - word.start_s for word in words if word.end_s > word.start_s]
    if not lengths:
        return words
    ordinary_s = 2 * min(_LONG_WORD_S, median(lengths))
    settled: list[TimedText] = []
    for index, word in enumerate(words):
        if is_after_pause(words, index, timeline) and word.end_s - word.start_s > ordinary_s:
            word = replace(word, start_s=word.end_s - ordinary_s)
        if index == len(words) - 1:
            word = replace(word, end_s=min(word.end_s, word.start_s + max(_LAST_WORD_S, 2 * ordinary_s)))
        elif _ends_sentence(word.text):
            word = replace(word, end_s=min(word.end_s, word.start_s + max(_FINAL_WORD_S, ordinary_s)))
        settled.append(word)
    return settled


def is_after_pause(words: Sequence[TimedText], index: int, timeline: Timeline) -> bool:
    """Whether nobody speaks before a word, as far as the text and the cuts tell."""
    if index == 0 or _ends_sentence(words[index - 1].text):
        return True
    return _across_cut(words[index - 1], words[index], timeline)


def into_segments(words: Sequence[Word], like: Segment) -> tuple[Segment, ...]:
    """Cut a window's words after sentences and at pauses. Scores are those of the window, taken from `like`."""
    segments: list[Segment] = []
    begin = 0
    for index in range(1, len(words) + 1):
        if index < len(words) and not _cut_between(words[index - 1], words[index]):
            continue
        part = tuple(words[begin:index])
        segments.append(
            replace(
                like,
                start_ms=part[0].start_ms,
                end_ms=part[-1].end_ms,
                text="".join(word.text for word in part),
                words=part,
            )
        )
        begin = index
    return tuple(segments)


def _across_cut(before: TimedText, after: TimedText, timeline: Timeline) -> bool:
    first = timeline.span_at((before.start_s + before.end_s) / 2)
    second = timeline.span_at((after.start_s + after.end_s) / 2)
    return any(timeline.spans[at][1] < timeline.spans[at + 1][0] for at in range(first, second))


def _cut_between(before: Word, after: Word) -> bool:
    if after.start_ms - before.end_ms >= PAUSE_MS:
        return True
    follows = after.text.lstrip("\"'“‘«([{¿¡- ")[:1]
    # "3.5" and "e.g. this" go on; scripts without capitals cannot tell, so there a full stop is one.
    return _ends_sentence(before.text) and (after.text[:1].isspace() or not follows.isascii()) and not follows.islower()


def _ends_sentence(text: str) -> bool:
    return text.rstrip().rstrip(_CLOSERS).endswith(SENTENCE_ENDS)
