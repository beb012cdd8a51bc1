"""Of each word of a script, where in what was heard it belongs, if it was said at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from aisubs.formats.breaks import ends_sentence
from aisubs.model.script import Script, ScriptWord
from aisubs.model.transcript import Window
from aisubs.pipeline.alignment.heard import Unit
from aisubs.pipeline.alignment.matching import Part

FEW = 2
"""So many words that were not heard may have been said all the same: a model leaves out fillers and small words."""
LEAST_WORD_MS = 120
"""More of them are looked for only where there is speech for them, of which nothing was heard."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A word of the script, and the unit at or behind which it stands. `unheard`: nothing was heard in its place."""

    word: int
    place: int
    part: int
    unheard: bool = False


def placed_words(
    script: Script, parts: Sequence[Part], units: Sequence[Unit], windows: Mapping[int, Window]
) -> list[Placed]:
    """In the order of the sound, within a part in that of the script."""
    placed: list[Placed] = []
    for number, part in enumerate(parts):
        found = {word: Placed(word, place, number) for word, place in part.pairs}
        for gap in _gaps(part):
            found |= {one.word: one for one in _in_gap(gap, number, script, units, windows)}
        placed += (found[word] for word in sorted(found))
    return _whole_cues(placed, script) if script.cues else placed


@dataclass(frozen=True, slots=True)
class _Gap:
    """Words [first, behind) of the script stand against units [begin, end); `left`, `right`: the pairs around."""

    first: int
    behind: int
    begin: int
    end: int
    left: int | None
    right: int | None


def _gaps(part: Part) -> Iterator[_Gap]:
    first, last = part.pairs[0], part.pairs[-1]
    yield _Gap(part.script_from, first[0], part.heard_from, first[1], None, first[1])
    for (a, b), (c, d) in pairwise(part.pairs):
        yield _Gap(a + 1, c, b + 1, d, b, d)
    yield _Gap(last[0] + 1, part.script_to, last[1] + 1, part.heard_to, last[1], None)


def _in_gap(
    gap: _Gap, part: int, script: Script, units: Sequence[Unit], windows: Mapping[int, Window]
) -> Iterator[Placed]:
    words = [index for index in range(gap.first, gap.behind) if not script.words[index].aside]
    heard = gap.end - gap.begin
    if heard and len(words) <= FEW + 4 * heard:
        for step, word in enumerate(words):
            yield Placed(word, gap.begin + step * heard // len(words), part)
        return
    if not words or (len(words) > FEW and _room_ms(gap, units, windows) < LEAST_WORD_MS * len(words)):
        return
    before = gap.left if gap.left is not None else gap.right
    behind = gap.right if gap.right is not None else gap.left
    for word in words:
        begins = word > 0 and _begins_sentence(script.words, word)
        before = behind if begins else before  # from there on, for what follows belongs to the same sentence
        if before is not None:
            yield Placed(word, before, part, unheard=True)


def _begins_sentence(words: Sequence[ScriptWord], index: int) -> bool:
    return words[index].opens is not None or ends_sentence(words[index - 1].text)


def _room_ms(gap: _Gap, units: Sequence[Unit], windows: Mapping[int, Window]) -> int:
    """How much speech there is in which nothing was heard."""
    if gap.left is None or gap.right is None:
        return 0
    left, right = units[gap.left], units[gap.right]
    spans = [span for seq in {left.seq, right.seq} for span in windows[seq].speech]
    return sum(max(0, min(end, right.start_ms) - max(start, left.end_ms)) for start, end in spans)


def _whole_cues(placed: Sequence[Placed], script: Script) -> list[Placed]:
    """A subtitle of which anything was said is kept whole: what was not heard of it stands with the word before."""
    known = {one.word: one for one in placed}
    order = {one.word: at for at, one in enumerate(placed)}
    for cue in script.cues:
        found = Counter(known[word].part for word in range(cue.first, cue.behind) if word in known)
        if not found:
            continue
        part = max(found, key=lambda number: found[number])  # it is shown once, wherever else a word of it agrees
        heard = [word for word in range(cue.first, cue.behind) if word in known and known[word].part == part]
        for word in range(cue.first, cue.behind):
            if word not in heard:
                near = max((one for one in heard if one < word), default=heard[0])
                known[word] = Placed(word, known[near].place, known[near].part, unheard=True)
                order[word] = order[near]
    return sorted(known.values(), key=lambda one: (order[one.word], one.word))
