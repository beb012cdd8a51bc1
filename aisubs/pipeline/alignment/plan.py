"""Which words of a script belong to which stretch of the sound, by what was heard there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from aisubs.model.alignment import KEPT_PASSAGES, PASSAGE_CHARS, Alignment, Passage, Unsaid, Unscripted
from aisubs.model.errors import error
from aisubs.model.script import Script
from aisubs.model.transcript import Window
from aisubs.pipeline.alignment.heard import Unit, units_of
from aisubs.pipeline.alignment.matching import Part, key_of, match
from aisubs.pipeline.alignment.said import Placed, placed_words
from aisubs.pipeline.transcribe.doubts import UNTOLD_MS

LEAST_SHARE, LEAST_PAIRS = 0.05, 3
"""A script of which no more agrees with what was heard, of it or of the sound, is not that of this recording."""
LEAST_BETWEEN = 3
"""Between two passages lie so many words that are not in the script, or more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All passages, in the order of the sound, and what is known already of what the two sides lack."""

    passages: tuple[Passage, ...]
    alignment: Alignment


def make_plan(script: Script, windows: Sequence[Window]) -> Plan:
    """Raises `script_elsewhere` where script and sound have nothing to do with each other."""
    units = units_of(windows)
    keys = [key_of(word.text) for word in script.words]
    parts = match(keys, [unit.key for unit in units])
    _insist(parts, sum(map(bool, keys)), len(units))
    placed = placed_words(script, parts, units, {window.seq: window for window in windows})
    passages = [_passage(run, units, windows) for run in _runs(placed, units)]
    return Plan(tuple(passages), _alignment(script, parts, placed, units))


def _insist(parts: Sequence[Part], words: int, units: int) -> None:
    pairs = sum(len(part.pairs) for part in parts)
    shares = pairs >= LEAST_SHARE * words or pairs >= LEAST_SHARE * units
    if pairs < min(LEAST_PAIRS, words) or not pairs or not shares:
        raise error("script_elsewhere", f"{pairs} words of {words} agree with one of {units} that were heard")


def _runs(placed: Sequence[Placed], units: Sequence[Unit]) -> Iterator[list[Placed]]:
    """Words of one window and one part, without much in between that is not in the script."""
    run: list[Placed] = []
    for word in placed:
        if run and (word.part != run[-1].part or _parted(run[-1].place, word.place, units)):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _parted(left: int, right: int, units: Sequence[Unit]) -> bool:
    one, other = units[left], units[right]
    if one.seq != other.seq or one.language != other.language:
        return True
    return right - left > LEAST_BETWEEN and other.start_ms - one.end_ms >= UNTOLD_MS


def _passage(run: Sequence[Placed], units: Sequence[Unit], windows: Sequence[Window]) -> Passage:
    first, last = run[0].place, run[-1].place
    window = windows[units[first].window]
    before = units[first - 1].end_ms if first and units[first - 1].seq == window.seq else window.start_ms
    more = last + 1 < len(units) and units[last + 1].seq == window.seq
    behind = units[last + 1].start_ms if more else window.end_ms
    ranges: list[tuple[int, int]] = []
    for word in run:
        if ranges and ranges[-1][1] == word.word:
            ranges[-1] = (ranges[-1][0], word.word + 1)
        else:
            ranges.append((word.word, word.word + 1))
    return Passage(
        window.seq,
        min(before, units[first].start_ms),
        max(behind, units[last].end_ms),
        tuple(ranges),
        tuple(word.word for word in run if word.unheard),
        units[first].language,
    )


def _alignment(script: Script, parts: Sequence[Part], placed: Sequence[Placed], units: Sequence[Unit]) -> Alignment:
    by_word = {word.word: word for word in placed}
    moved = {index for index, part in enumerate(parts) if part.moved}
    asked = [index for index, word in enumerate(script.words) if not word.aside or index in by_word]
    runs = list(_unsaid(script, [index for index in asked if index not in by_word], by_word, units))
    beside = list(_unscripted(placed, units))
    return Alignment(
        words=len(asked),
        said=len(by_word),
        moved=sum(word.part in moved for word in placed),
        unsaid_words=sum(run.words for run in runs),
        unsaid=tuple(runs[:KEPT_PASSAGES]),
        unscripted_ms=sum(one.end_ms - one.start_ms for one in beside),
        unscripted=tuple(beside[:KEPT_PASSAGES]),
    )


def _unsaid(
    script: Script, missing: Sequence[int], by_word: dict[int, Placed], units: Sequence[Unit]
) -> Iterator[Unsaid]:
    """Words that follow each other, asides between them left out."""
    run: list[int] = []
    for index in [*missing, -1]:
        if run and (index < 0 or any(between in by_word for between in range(run[-1] + 1, index))):
            before = next((at for at in range(run[0] - 1, -1, -1) if at in by_word), None)
            after_ms = units[by_word[before].place].end_ms if before is not None else None
            yield Unsaid(len(run), script.text(run[0], run[-1] + 1)[:PASSAGE_CHARS], after_ms)
            run = []
        run.append(index)


def _unscripted(placed: Sequence[Placed], units: Sequence[Unit]) -> Iterator[Unscripted]:
    taken = [False] * len(units)
    for run in _runs(placed, units):
        taken[run[0].place : run[-1].place + 1] = [True] * (run[-1].place + 1 - run[0].place)
    for is_taken, group in groupby(range(len(units)), key=taken.__getitem__):
        if is_taken:
            continue
        for one in _near([units[index] for index in group]):
            if one[-1].end_ms - one[0].start_ms >= UNTOLD_MS:
                text = "".join(unit.text for unit in one).strip()[:PASSAGE_CHARS]
                yield Unscripted(one[0].start_ms, one[-1].end_ms, text)


def _near(units: Sequence[Unit]) -> Iterator[Sequence[Unit]]:
    """Divided at pauses: nobody speaks in those."""
    begin = 0
    for index, (left, right) in enumerate(pairwise(units), start=1):
        if right.start_ms - left.end_ms >= UNTOLD_MS:
            yield units[begin:index]
            begin = index
    yield units[begin:]


def with_unsaid(alignment: Alignment, passages: Sequence[Unsaid]) -> Alignment:
    """With words that turned out not to be in the sound."""
    count = sum(one.words for one in passages)
    told = sorted((*alignment.unsaid, *passages), key=lambda one: -1 if one.after_ms is None else one.after_ms)
    return replace(
        alignment,
        said=alignment.said - count,
        unsaid_words=alignment.unsaid_words + count,
        unsaid=tuple(told[:KEPT_PASSAGES]),
    )
