"""Cues where people decided something: held ones are made as decided, the rest flows between them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Protocol

from aisubs.formats.clashes import Clash, Why
from aisubs.formats.cue import Cue, Line
from aisubs.formats.profiles import Limits
from aisubs.formats.settling import settle, yield_pins
from aisubs.formats.timeline import TimedWord, joined
from aisubs.formats.timing import Draft
from aisubs.formats.wording import clean
from aisubs.model.captions.operations import Shifts
from aisubs.model.captions.overrides import FLOWING, Override
from aisubs.model.captions.own_cues import OwnCue

_FAR_MS = 1 << 50
_UNHURRIED = 1 << 30  # columns a second


class Flow(Protocol):
    """How words become cues by themselves (cues.py)."""

    limits: Limits

    def drafts(self, words: Sequence[TimedWord], *, opens: bool, after_ms: int) -> list[Draft]:
        """`opens`: another speaker spoke before; `after_ms`: when the words behind them begin."""
        ...

    def lines(self, cues: Sequence[tuple[Sequence[TimedWord], bool]], limits: Limits) -> list[list[Line]]:
        """The lines of words that are one cue each: (words of one speaker, whether another spoke before)."""
        ...

    def label(self, words: Sequence[TimedWord], *, dashed: bool) -> str:
        """What names the speaker of the words."""
        ...


def arrange(
    words: list[TimedWord], own: Sequence[OwnCue], shifts: Shifts, flow: Flow, duration_ms: int
) -> tuple[list[Cue], list[Clash]]:
    """All cues, in order, with what could not be had as it was decided. The words are shifted in place."""
    squeezed = _shift(words, shifts, duration_ms)
    drafts = list(_drafts(words, flow))
    yield_pins(drafts)
    cues, clashes = settle(_with_own(drafts, own), flow.limits, duration_ms)
    styled = list(_styled(cues, words, squeezed, clashes))
    return styled, sorted(clashes, key=lambda clash: clash.cue)


def _shift(words: Sequence[TimedWord], shifts: Shifts, duration_ms: int) -> set[int]:
    """Words that had to stay where they do not belong, for time never runs backwards."""
    if not shifts:
        return set()
    begins = [from_ms for from_ms, _ in shifts]
    totals = [0, *accumulate(by_ms for _, by_ms in shifts)]
    squeezed, free_from, limit = set(), 0, duration_ms or _FAR_MS
    for index, word in enumerate(words):
        by_ms = totals[bisect_right(begins, word.start_ms)]
        start_ms = min(max(free_from, word.start_ms + by_ms), max(limit, free_from))
        if start_ms != word.start_ms + by_ms:
            squeezed.add(index)
        end_ms = max(start_ms, min(word.end_ms + by_ms, max(limit, start_ms)))
        if index + 1 < len(words):
            after = words[index + 1]
            end_ms = max(start_ms, min(end_ms, after.start_ms + totals[bisect_right(begins, after.start_ms)]))
        word.start_ms, word.end_ms, free_from = start_ms, end_ms, end_ms
    return squeezed


def _decided(word: TimedWord) -> Override:
    return word.override or FLOWING


def _runs(words: Sequence[TimedWord]) -> Iterator[tuple[bool, Sequence[TimedWord]]]:
    """(held, words): what is one cue, and what flows between two breaks."""
    begin = 0
    held = False
    for index in range(1, len(words) + 1):
        ends, holds = True, False
        if index < len(words):
            left, right = _decided(words[index - 1]), _decided(words[index])
            forced = right.opens or left.end_ms is not None
            holds = right.continues and not forced
            ends = not holds and (held or forced or left.place != right.place)
        if holds and not held:
            if index - 1 > begin:
                yield False, words[begin : index - 1]
                begin = index - 1
            held = True
        if ends:
            yield held, words[begin:index]
            begin, held = index, False


def _drafts(words: Sequence[TimedWord], flow: Flow) -> Iterator[Draft]:
    runs = list(_runs(words))
    after = [*(run[0].start_ms for _, run in runs[1:]), _FAR_MS][: len(runs)]
    opening = [number == 0 or runs[number - 1][1][-1].speaker != run[0].speaker for number, (_, run) in enumerate(runs)]
    whole = [number for number, (held, run) in enumerate(runs) if held and len(list(_pieces(run))) == 1]
    laid_out = dict(zip(whole, _laid_out([(runs[at][1], opening[at]) for at in whole], flow), strict=True))
    for number, ((held, run), after_ms, opens) in enumerate(zip(runs, after, opening, strict=True)):
        if held:
            drafts = [_held(run, flow, opens, laid_out.get(number))]
        else:
            drafts = flow.drafts(run, opens=opens, after_ms=after_ms)
        first, last = _decided(run[0]), _decided(run[-1])
        drafts[0].start_pin, drafts[-1].end_pin = first.start_ms, last.end_ms
        for draft in drafts:
            draft.position, draft.align = first.place
        yield from drafts


def _held(words: Sequence[TimedWord], flow: Flow, opens: bool, lines: list[Line] | None) -> Draft:
    """One cue; `lines` are those that were found best, where people have decided none."""
    end_ms = max(word.end_ms for word in words)
    if lines is not None:
        return Draft(words[0].start_ms, end_ms, lines, opens)
    dashed = len({word.speaker for word in words}) > 1
    lines = []
    before = None
    for piece in _pieces(words):
        fresh = opens if before is None else before.speaker != piece[0].speaker
        label = flow.label(piece, dashed=dashed) if fresh or (dashed and before is None) else ""
        lines.append(Line(joined(list(piece)), label, piece[0].speaker, piece[0].spaced, piece[0].language))
        before = piece[-1]
    return Draft(words[0].start_ms, end_ms, lines, opens)


def _pieces(words: Sequence[TimedWord]) -> Iterator[Sequence[TimedWord]]:
    """Cut where a line was decided, and where another speaks."""
    begin = 0
    for index, (left, right) in enumerate(pairwise(words), 1):
        if _decided(right).before == "line" or left.speaker != right.speaker:
            yield words[begin:index]
            begin = index
    yield words[begin:]


def _laid_out(cues: Sequence[tuple[Sequence[TimedWord], bool]], flow: Flow) -> list[list[Line]]:
    """The best lines for each: as for words that are all said at once, with all the time in the world to be read."""
    loose = replace(flow.limits, columns_per_s=_UNHURRIED, min_ms=1, max_ms=0, pause_ms=_FAR_MS)
    still = []
    for words, opens in cues:
        segment = words[0].segment
        still.append(([replace(word, start_ms=0, end_ms=0, segment=segment) for word in words], opens))
    return flow.lines(still, loose if flow.limits.columns else flow.limits)


def _with_own(drafts: list[Draft], own: Sequence[OwnCue]) -> list[Draft]:
    """Each own cue before the first that is to appear after it."""
    reached = list(accumulate((draft.wanted_ms for draft in drafts), max))
    merged: list[Draft] = []
    done = 0
    for cue in own:
        place = bisect_right(reached, cue.start_ms)
        merged += drafts[done:place]
        done = max(done, place)
        merged.append(_own_draft(cue))
    return merged + drafts[done:]


def _own_draft(cue: OwnCue) -> Draft:
    lines = [clean(line).strip() for line in cue.shown]
    return Draft(
        cue.start_ms,
        cue.end_ms,
        [Line(line, italics=((0, len(line)),) if cue.italic else ()) for line in lines],
        False,
        start_pin=cue.start_ms,
        end_pin=cue.end_ms,
        position=cue.position,
        align=cue.align,
        own=cue,
    )


def _styled(cues: Sequence[Cue], words: Sequence[TimedWord], squeezed: set[int], clashes: list[Clash]) -> Iterator[Cue]:
    """Cues hold every word once and in order: reading them again finds the words of each, and what is in italics."""
    word, used = 0, 0
    for number, cue in enumerate(cues, 1):
        if cue.own_id is not None:
            yield cue
            continue
        lines, moved = [], False
        for line in cue.lines:
            spans: list[tuple[int, int]] = []
            at = 0
            while at < len(line.text):
                if line.text[at] == " ":
                    at += 1
                    continue
                end = min(at + len(words[word].text) - used, len(line.text))
                if _decided(words[word]).italic:
                    _extend(spans, at, end, line.text)
                moved = moved or word in squeezed
                used += end - at
                if used == len(words[word].text):
                    word, used = word + 1, 0
                at = end
            lines.append(replace(line, italics=tuple(spans)) if spans else line)
        if moved:
            clashes.append(Clash(number, Why.SQUEEZED, cue.start_ms, cue.start_ms))
        yield replace(cue, lines=tuple(lines)) if any(line.italics for line in lines) else cue


def _extend(spans: list[tuple[int, int]], start: int, end: int, text: str) -> None:
    """Words in italics with nothing but a space between are one span."""
    if spans and not text[spans[-1][1] : start].strip():
        start = spans.pop()[0]
    spans.append((start, end))
