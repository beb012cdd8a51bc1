"""Which stretches of a window are in which language: a window is decoded in parts where it changes.

Whisper writes a whole window in one language: what is said in another is translated, misspelt or left out. Windows are
packed by sound alone (aisubs/media/windows.py), so the change is looked for here. Everything is decided by the window
itself and the recording's main language, so a resumed run decides the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import log

from aisubs.ports import SAMPLES_PER_SECOND, Engine, Guess, Odds, Prepared

Spans = tuple[tuple[int, int], ...]

SWITCH_COST, START_COST, CHOSEN_START_COST = 2.5, 1.0, 2.5
"""In natural logarithms of odds: what has to be gained by leaving a language, and by not beginning in the main one
(more where a person has named it). A clear span of 2 s gains nearly 4 over the floor."""
FLOOR = 0.02
"""No span speaks harder than this against a language: short ones are often misjudged."""
WHOLE_WEIGHT_S = 2.0
"""A span of this length counts fully, a shorter one by its share."""
LEAST_ODDS = 0.3
"""A language is looked for where some span is this likely to be in it."""
LEAST_SPEECH_S = 1.0
"""Less than this in another language is not decoded alone: Whisper needs more to know what it hears."""
LONG_PAUSE_S = 5.0
"""Behind a pause like this somebody else may speak, and no sentence goes on over it: each side can be heard alone."""
SURE = 0.6
"""How sure the second look at a stretch alone must be to name another language than the main one."""
_UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Spans (absolute samples) of one window that follow one another and are in one language."""

    language: str
    spans: Spans


def stretches_of(
    engine: Engine, batch: Sequence[Prepared], main: str, *, chosen: bool = False, among: Sequence[str] = ()
) -> list[tuple[Stretch, ...]]:
    """For each window its stretches in order; nearly always one, in the main language. `chosen`: a person named it.
    `among`: all that may be spoken, where somebody has said so."""
    found: list[tuple[Stretch, ...]] = []
    for prepared, odds in zip(batch, engine.guess_spans(batch, among), strict=True):
        seen = find_stretches(prepared.piece.spans, odds, main, CHOSEN_START_COST if chosen else START_COST)
        found.append(_joined(_looked_at(engine, prepared, seen, odds, main, among)))
    return found


def votes_of(engine: Engine, batch: Sequence[Prepared], among: Sequence[str] = ()) -> list[list[tuple[Guess, int]]]:
    """For each window what it sounds like and for how long (ms); more than one vote where it holds several languages.

    Where a window is one language as far as can be heard, the guess is that of all of it: nothing is surer.
    """
    guesses = engine.guess_languages(batch, among)
    votes: list[list[tuple[Guess, int]]] = []
    for prepared, guess, odds in zip(batch, guesses, engine.guess_spans(batch, among), strict=True):
        if not _is_doubtful(prepared.piece.spans, odds, guess.language):
            votes.append([(guess, _length_ms(prepared.piece.spans))])
            continue
        seen = find_stretches(prepared.piece.spans, odds, guess.language)
        parts = _joined(_looked_at(engine, prepared, seen, odds, guess.language, among))
        chances = dict(zip(prepared.piece.spans, odds, strict=True))
        votes.append([(Guess(one.language, _mean_chance(one, chances)), _length_ms(one.spans)) for one in parts])
    return votes


def _mean_chance(part: Stretch, chances: Mapping[tuple[int, int], Odds]) -> float:
    whole = sum(end - start for start, end in part.spans)
    return sum((end - start) * chances[start, end].get(part.language, 0.0) for start, end in part.spans) / whole


def _length_ms(spans: Spans) -> int:
    return sum(end - start for start, end in spans) * 1000 // SAMPLES_PER_SECOND


def _is_doubtful(spans: Spans, odds: Sequence[Odds], language: str) -> bool:
    """Whether any of these spans may well be in another language, as far as a first look tells."""
    return any(
        name != language and chance >= LEAST_ODDS
        for (start, end), chances in zip(spans, odds, strict=True)
        if end - start >= LEAST_SPEECH_S * SAMPLES_PER_SECOND
        for name, chance in chances.items()
    )


def find_stretches(
    spans: Spans, odds: Sequence[Odds], main: str, start_cost: float = START_COST
) -> tuple[Stretch, ...]:
    """The likeliest way through the spans (Viterbi), where each change of language costs something.

    A stretch whose language is empty is in none of the likely ones, but not in the main one either.
    """
    languages = sorted({name for one in odds for name, chance in one.items() if chance >= LEAST_ODDS} - {main})
    states = [main, *languages, _UNKNOWN]
    scores = {state: 0.0 if state == main else -start_cost for state in states}
    paths: dict[str, tuple[str, ...]] = dict.fromkeys(states, ())
    for (start, end), chances in zip(spans, odds, strict=True):
        weight = min(1.0, (end - start) / SAMPLES_PER_SECOND / WHOLE_WEIGHT_S)
        best = max(states, key=lambda state: scores[state])
        came = {state: best if scores[best] - SWITCH_COST > scores[state] else state for state in states}
        paths = {state: (*paths[came[state]], state) for state in states}
        scores = {
            state: scores[came[state]]
            - (SWITCH_COST if came[state] != state else 0.0)
            + weight * log(max(FLOOR, _chance(state, chances, main)))
            for state in states
        }
    path = paths[max(states, key=lambda state: scores[state])]
    runs = groupby(zip(path, spans, strict=True), key=lambda pair: pair[0])
    return tuple(Stretch(language, tuple(span for _, span in run)) for language, run in runs)


def _chance(state: str, chances: Odds, main: str) -> float:
    if state != _UNKNOWN:
        return chances.get(state, 0.0)
    # Half of the likeliest other one: a language that is heard clearly everywhere is better than an unknown one.
    return max((chance for name, chance in chances.items() if name != main), default=0.0) / 2


def _looked_at(
    engine: Engine,
    prepared: Prepared,
    seen: Sequence[Stretch],
    odds: Sequence[Odds],
    main: str,
    among: Sequence[str],
) -> Iterator[Stretch]:
    """What the first look found, each part in the language that it is heard in alone.

    What a first look takes for one side of a long pause comes from the other side as well. So where there is any doubt
    about a window, such a pause divides it, whatever both sides turn out to be: a phrase is never torn over it.
    """
    (first, *more), spans = seen, prepared.piece.spans
    if first.language == main and not more:
        parts = list(_between_pauses(spans))
        if len(parts) == 1 or not _is_doubtful(spans, odds, main):
            yield first
            return
    for stretch in seen:
        for part in _between_pauses(stretch.spans):
            yield _confirmed(engine, prepared, Stretch(stretch.language, part), main, among)


def _between_pauses(spans: Spans) -> Iterator[Spans]:
    begin = 0
    for index in range(1, len(spans) + 1):
        if index == len(spans) or _is_long_pause(spans[index - 1], spans[index]):
            yield spans[begin:index]
            begin = index


def _is_long_pause(before: tuple[int, int], after: tuple[int, int]) -> bool:
    return after[0] - before[1] >= LONG_PAUSE_S * SAMPLES_PER_SECOND


def _confirmed(engine: Engine, prepared: Prepared, stretch: Stretch, main: str, among: Sequence[str]) -> Stretch:
    """Listen to a part alone; without certainty it is in the main language."""
    if sum(end - start for start, end in stretch.spans) < LEAST_SPEECH_S * SAMPLES_PER_SECOND:
        return replace(stretch, language=main)
    return replace(stretch, language=sure_language(engine, part_of(engine, prepared, stretch), main, among))


def sure_language(engine: Engine, part: Prepared, otherwise: str, among: Sequence[str] = ()) -> str:
    """The language of a part, where it is heard clearly."""
    guess = engine.guess_languages([part], among)[0]
    return guess.language if guess.probability >= SURE else otherwise


def part_of(engine: Engine, prepared: Prepared, stretch: Stretch) -> Prepared:
    """What an engine decodes of this stretch: the window itself where it is all of it."""
    return prepared if stretch.spans == prepared.piece.spans else engine.excerpt(prepared, stretch.spans)


def _joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Neighbours in one language are one stretch, unless a long pause divides them."""
    joined: list[Stretch] = []
    for stretch in stretches:
        near = joined and not _is_long_pause(joined[-1].spans[-1], stretch.spans[0])
        if near and joined[-1].language == stretch.language:
            joined[-1] = replace(joined[-1], spans=(*joined[-1].spans, *stretch.spans))
        else:
            joined.append(stretch)
    return tuple(joined)
