"""Operations on captions at work. Each takes as long as what it names, and a request may name only so much."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from itertools import accumulate

from aisubs.model.captions.decisions import Decisions, break_lines, hold, split
from aisubs.model.captions.operations import (
    AddCue,
    BreakLine,
    CaptionOperation,
    ChangeCue,
    Decided,
    NewLayer,
    Place,
    Release,
    RemoveCue,
    SetOverrides,
    SetTimes,
    Shift,
    Shifts,
    Spanning,
    SplitCue,
    Style,
    Undoing,
    WordAt,
)
from aisubs.model.captions.overrides import FLOWING, check_overrides, check_times, normal
from aisubs.model.captions.own_cues import MAX_OWN_CUES, OwnCue, check_own_cue
from aisubs.model.document import Paragraph

MAX_CUE_WORDS = 2_000
MAX_RANGE_WORDS = 20_000
MAX_SHIFTS = 1_000
MAX_WORK = 300_000
"""Words and paragraphs that the operations of one request may look at, all together, beside some for each decision that
is there already: a shift looks at them all."""


class CaptionDraft:
    """The captions of a document that is being changed; `paragraphs` are changed in place, and `after` says which comes
    after which, None being before the first and behind the last. Without `duration_ms` nothing is checked: what is done
    was made here."""

    def __init__(
        self,
        paragraphs: MutableMapping[str, Paragraph],
        after: Mapping[str | None, str | None],
        own: tuple[OwnCue, ...],
        shifts: Shifts,
        duration_ms: int | None,
    ) -> None:
        self._paragraphs = paragraphs
        self._after = after
        self._own = {cue.id: cue for cue in own}
        self.shifts = shifts
        self._duration_ms = duration_ms
        self._left = MAX_WORK + 4 * sum(1 + len(one.overrides or ()) for one in paragraphs.values())

    @property
    def own(self) -> tuple[OwnCue, ...]:
        return tuple(sorted(self._own.values()))

    def apply(self, operation: CaptionOperation) -> list[Undoing]:
        """Returns what undoes it. Raises ValueError; the draft is then of no more use."""
        if isinstance(operation, AddCue | ChangeCue):
            return self._put(operation.cue, new=isinstance(operation, AddCue))
        if isinstance(operation, RemoveCue):
            if operation.id not in self._own:
                raise ValueError(f"there is no cue {operation.id}")
            return [AddCue("addCue", self._own.pop(operation.id))]
        if isinstance(operation, NewLayer):
            former = NewLayer("layer", self.own, self.shifts)
            self._own, self.shifts = {cue.id: cue for cue in operation.own}, operation.shifts
            return [former]
        if isinstance(operation, SetOverrides):
            return self._set(operation)
        if isinstance(operation, Shift):
            return self._shift(operation)
        return self._span(operation)

    def _put(self, cue: OwnCue, *, new: bool) -> list[Undoing]:
        if self._duration_ms is not None:
            check_own_cue(cue, self._duration_ms)
        former = self._own.get(cue.id)
        if new is (former is not None):
            raise ValueError(f"there is {'a' if new else 'no'} cue {cue.id}{' already' if new else ''}")
        if new and len(self._own) >= MAX_OWN_CUES:
            raise ValueError(f"a text has at most {MAX_OWN_CUES} cues of its own")
        self._own[cue.id] = cue
        if former is None:
            return [RemoveCue("removeCue", cue.id)]
        return [ChangeCue("changeCue", former)] if former != cue else []

    def _set(self, operation: SetOverrides) -> list[Undoing]:
        if len({one.id for one in operation.paragraphs}) < len(operation.paragraphs):
            raise ValueError("a paragraph is named twice")
        former = []
        for one in operation.paragraphs:
            paragraph = self._known(one.id)
            if self._duration_ms is not None:
                check_overrides(one.overrides, len(paragraph.offsets), self._duration_ms)
            self._spend(1 + len(one.overrides))
            former.append(Decided(one.id, paragraph.overrides or ()))
            self._paragraphs[one.id] = replace(paragraph, overrides=normal(one.overrides))
        return [SetOverrides("override", tuple(former))]

    def _span(self, operation: Spanning) -> list[Undoing]:
        wide = isinstance(operation, Release | Style | Place)
        words = self._words(operation.first, operation.last, MAX_RANGE_WORDS if wide else MAX_CUE_WORDS)
        decided = Decisions(self._paragraphs)
        behind = self._behind(operation.last)
        if isinstance(operation, Style):
            for word in words:
                decided[word] = replace(decided[word], italic=operation.italic)
        elif isinstance(operation, Place):
            for word in words:
                decided[word] = replace(decided[word], position=operation.position, align=operation.align)
        elif isinstance(operation, Release):
            for word in words:
                decided[word] = FLOWING
            self._let_flow(decided, behind)
        elif isinstance(operation, SplitCue):
            split(decided, words, operation.at, behind)
        else:
            hold(decided, words, behind)
            if isinstance(operation, SetTimes):
                self._pin(decided, operation)
            elif isinstance(operation, BreakLine):
                break_lines(decided, words, operation.at)
            else:
                break_lines(decided, words, ())
        return self._written(decided)

    def _pin(self, decided: Decisions, operation: SetTimes) -> None:
        if self._duration_ms is not None:
            check_times(operation.start_ms, operation.end_ms, self._duration_ms)
        decided[operation.first] = replace(decided[operation.first], start_ms=operation.start_ms)
        decided[operation.last] = replace(decided[operation.last], end_ms=operation.end_ms)

    def _let_flow(self, decided: Decisions, behind: WordAt | None) -> None:
        """The break behind a released range goes with it, unless a cue that is held or pinned begins there."""
        if behind is None or decided[behind].start_ms is not None:
            return
        second = self._behind(behind)
        if second is None or not decided[second].continues:
            decided[behind] = replace(decided[behind], before=None)

    def _shift(self, operation: Shift) -> list[Undoing]:
        self._words(operation.first, operation.first, 1)
        from_ms = self._paragraphs[operation.first[0]].starts[operation.first[1]]
        shown_from_ms = from_ms + sum(by_ms for at_ms, by_ms in self.shifts if at_ms <= from_ms)
        former = NewLayer("layer", self.own, self.shifts)
        by = dict(self.shifts)
        by[from_ms] = by.get(from_ms, 0) + operation.ms
        self.shifts = tuple(sorted((at_ms, by_ms) for at_ms, by_ms in by.items() if by_ms))
        if len(self.shifts) > MAX_SHIFTS:
            raise ValueError(f"a text is shifted at most {MAX_SHIFTS} times")
        if any(abs(total) > (self._duration_ms or 0) for total in accumulate(by_ms for _, by_ms in self.shifts)):
            raise ValueError("the cues would leave the recording")
        for cue in former.own:
            if cue.start_ms >= shown_from_ms:
                moved = (self._moved(cue.start_ms, operation.ms), self._moved(cue.end_ms, operation.ms))
                self._own[cue.id] = replace(cue, start_ms=moved[0], end_ms=moved[1])
        return [*self._shift_pins(from_ms, operation.ms), former]

    def _shift_pins(self, from_ms: int, by_ms: int) -> list[Undoing]:
        decided = Decisions(self._paragraphs)
        self._spend(len(self._paragraphs))
        for paragraph in list(self._paragraphs.values()):
            self._spend(len(paragraph.overrides or ()))
            for index, override in paragraph.overrides or ():
                if paragraph.starts[index] >= from_ms and (override.start_ms, override.end_ms) != (None, None):
                    start_ms, end_ms = (
                        None if at_ms is None else self._moved(at_ms, by_ms)
                        for at_ms in (override.start_ms, override.end_ms)
                    )
                    decided[paragraph.id, index] = replace(override, start_ms=start_ms, end_ms=end_ms)
        return self._written(decided)

    def _moved(self, at_ms: int, by_ms: int) -> int:
        if not 0 <= at_ms + by_ms <= (self._duration_ms or 0):
            raise ValueError("a cue with a time of its own would leave the recording")
        return at_ms + by_ms

    def _words(self, first: WordAt, last: WordAt, most: int) -> list[WordAt]:
        """All words from one to another. Raises ValueError."""
        for paragraph_id, index in (first, last):
            if index >= len(self._known(paragraph_id).offsets):
                raise ValueError(f"the paragraph {paragraph_id} has no word {index}")
        words: list[WordAt] = []
        at: str | None = first[0]
        while at is not None:
            begin = first[1] if at == first[0] else 0
            end = last[1] + 1 if at == last[0] else len(self._paragraphs[at].offsets)
            self._spend(1 + max(0, end - begin))
            words += [(at, index) for index in range(begin, end)]
            if len(words) > most:
                raise ValueError(f"at most {most} words can be named here")
            if at == last[0]:
                break
            at = self._after[at]
        if not words or words[-1] != last:
            raise ValueError("the last word does not come after the first")
        return words

    def _behind(self, word: WordAt) -> WordAt | None:
        """The word after it, wherever that stands."""
        if word[1] + 1 < len(self._paragraphs[word[0]].offsets):
            return word[0], word[1] + 1
        at = self._after[word[0]]
        while at is not None and not self._paragraphs[at].offsets:
            self._spend(1)
            at = self._after[at]
        return None if at is None else (at, 0)

    def _known(self, paragraph_id: str) -> Paragraph:
        if paragraph_id not in self._paragraphs:
            raise ValueError(f"there is no paragraph {paragraph_id}")
        return self._paragraphs[paragraph_id]

    def _spend(self, work: int) -> None:
        self._left -= work
        if self._left < 0 and self._duration_ms is not None:
            raise ValueError("this is too much for one request")

    def _written(self, decided: Decisions) -> list[Undoing]:
        former = []
        for paragraph_id, overrides in decided.anew():
            self._spend(len(overrides or ()))
            paragraph = self._paragraphs[paragraph_id]
            former.append(Decided(paragraph_id, paragraph.overrides or ()))
            self._paragraphs[paragraph_id] = replace(paragraph, overrides=overrides)
        return [SetOverrides("override", tuple(former))] if former else []
