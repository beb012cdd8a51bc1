"""Shape the words of a transcript into cues that people can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from aisubs.formats.breaks import BAD, Breaks
from aisubs.formats.clashes import Clash
from aisubs.formats.costs import Stretch
from aisubs.formats.cue import Cue, Line
from aisubs.formats.cutting import cut
from aisubs.formats.measure import columns, is_right_to_left
from aisubs.formats.overridden import arrange
from aisubs.formats.profiles import Limits, limits_for
from aisubs.formats.timeline import TimedWord, joined, timed_words
from aisubs.formats.timing import Draft, fit
from aisubs.formats.units import Unit, units_of
from aisubs.model.transcript import Transcript

DASH = "- "
_RIGHT_TO_LEFT_MARK = "\u200f"
_FAR_MS = 1 << 50  # no speech follows


def shape(transcript: Transcript, profile: str = "netflix", *, labels: bool = True, sounds: bool = True) -> list[Cue]:
    """Cues of the named profile: every word once, in order; ends after starts; none overlaps another.

    With `labels`, speakers are named where they change, if the transcript knows two or more; with `sounds`, cues for
    sounds and music are among them. Where a limit cannot be kept without losing a word it is exceeded; `violations`
    tells. Raises `bad_request` for an unknown profile.
    """
    return shape_words(timed_words(transcript), transcript, profile, labels=labels, sounds=sounds)[0]


def shape_words(
    words: list[TimedWord],
    transcript: Transcript,
    profile: str = "netflix",
    *,
    labels: bool = True,
    sounds: bool = True,
) -> tuple[list[Cue], list[Clash]]:
    """The same of the transcript's `timed_words`, for whoever has them, with what people decided and could not have."""
    limits = limits_for(profile, transcript.text_language)
    named = labels and len({word.speaker for word in words if word.speaker}) > 1
    flow = _Flow(limits, transcript.text_language, named)
    own = [cue for cue in transcript.own if sounds or cue.kind == "text"]
    if own or transcript.shifts or any(word.override for word in words):
        return arrange(words, own, transcript.shifts, flow, transcript.duration_ms)
    return fit(flow.drafts(words), limits, transcript.duration_ms), []


class _Flow:
    """Words that become cues by themselves."""

    def __init__(self, limits: Limits, language: str, named: bool) -> None:
        self.limits = limits
        self._language = language
        self._named = named

    def drafts(self, words: Sequence[TimedWord], *, opens: bool = True, after_ms: int = _FAR_MS) -> list[Draft]:
        """`opens`: another speaker spoke before; `after_ms`: when the words behind them begin."""
        limits = self.limits
        turns = [_named(turn, self._named) for turn in _turns(words)]
        if turns and not opens:
            turns[0].label = ""
        if not limits.columns:
            drafts = [draft for turn in turns for draft in _by_segment(turn)]
        else:
            drafts = list(_by_limits(turns, limits, self._language, after_ms))
        if drafts and not opens:
            drafts[0].opens_turn = False
        return list(_shared(drafts, limits)) if limits.columns else drafts

    def lines(self, cues: Sequence[tuple[Sequence[TimedWord], bool]], limits: Limits) -> list[list[Line]]:
        """The lines of words that are one cue each: (words of one speaker, whether another spoke before)."""
        turns = [_named(list(words), self._named and opens) for words, opens in cues]
        if not limits.columns:
            drafts = [draft for turn in turns for draft in _by_segment(turn)]
        else:
            drafts = list(_by_limits(turns, limits, self._language, _FAR_MS))
        lines: list[list[Line]] = []
        for draft in drafts:
            if draft.opens_turn:
                lines.append([])
            lines[-1] += draft.lines
        return lines

    def label(self, words: Sequence[TimedWord], *, dashed: bool) -> str:
        """What names the speaker of the words."""
        label = _named(list(words), self._named).label
        return _dashed(label) if dashed else label


class _Turn:
    """What one speaker says until another one does; `label` names the speaker or is empty."""

    def __init__(self, words: list[TimedWord], label: str) -> None:
        self.words = words
        self.label = label
        self.speaker = words[0].speaker


def _turns(words: Iterable[TimedWord]) -> Iterator[list[TimedWord]]:
    for _, turn in groupby(words, key=lambda word: word.speaker):
        yield list(turn)


def _named(words: list[TimedWord], named: bool) -> _Turn:
    speaker = words[0].speaker
    if not named or not speaker:
        return _Turn(words, "")
    label = f"{speaker}: "
    text = "".join(word.text for word in words[:20])
    if is_right_to_left(text) and not is_right_to_left(label):
        # A Latin name at the start would turn the whole line left to right and throw its punctuation about.
        label = _RIGHT_TO_LEFT_MARK + label
    return _Turn(words, label)


def _by_segment(turn: _Turn) -> Iterator[Draft]:
    label = turn.label
    for _, group in groupby(turn.words, key=lambda word: word.segment):
        words = list(group)
        line = Line(joined(words), label, turn.speaker, words[0].spaced, words[0].language)
        yield Draft(words[0].start_ms, words[-1].end_ms, [line], opens_turn=words[0] is turn.words[0])
        label = ""


def _by_limits(turns: Sequence[_Turn], limits: Limits, language: str, after_ms: int) -> Iterator[Draft]:
    breaks: dict[str, Breaks] = {}
    stretches: list[Stretch] = []
    places: list[tuple[_Turn, bool, str | None]] = []  # of each stretch: its turn, whether it opens it, its language
    starts = [turn.words[0].start_ms for turn in turns] + [after_ms]
    for turn, next_start_ms in zip(turns, starts[1:], strict=True):
        parts = list(_stretches(turn.words, limits.pause_ms))
        follow_ms = [*(words[0].start_ms for words in parts[1:]), next_start_ms]
        for position, words in enumerate(parts):
            written_in = words[0].language or language
            if written_in not in breaks:
                breaks[written_in] = Breaks(written_in)
            units = units_of(words, limits.wide, breaks[written_in])
            labelled = position == 0 and bool(turn.label)
            if labelled:
                units.insert(0, _label_unit(turn.label, units[0], limits))
            stretches.append(Stretch(units, follow_ms[position], labelled))
            places.append((turn, position == 0, words[0].language))
    for stretch, (turn, opens, written), cuts in zip(stretches, places, cut(stretches, limits), strict=True):
        whole = stretch.units
        for first, middle, last in cuts:
            label = turn.label if stretch.labelled and first == 0 else ""
            lines = [_line(whole[first:middle], label, turn.speaker, written)]
            if middle < last:
                lines.append(_line(whole[middle:last], "", turn.speaker, written))
            yield Draft(whole[first].start_ms, whole[last - 1].end_ms, lines, opens and first == 0)


def _label_unit(label: str, before: Unit, limits: Limits) -> Unit:
    text = label.rstrip(" ")
    before.spaced = True
    return Unit(text, False, before.start_ms, before.start_ms, columns(text, limits.wide), cost=BAD)


def _stretches(words: Sequence[TimedWord], pause_ms: int) -> Iterator[list[TimedWord]]:
    """Cut at every pause of `pause_ms` or longer, and where the language changes."""
    stretch: list[TimedWord] = []
    for word in words:
        paused = stretch and word.start_ms - stretch[-1].end_ms >= pause_ms
        if stretch and (paused or word.language != stretch[-1].language):
            yield stretch
            stretch = []
        stretch.append(word)
    if stretch:
        yield stretch


def _line(units: Sequence[Unit], label: str, speaker: str | None, language: str | None) -> Line:
    spoken = units[1:] if label else units
    text = "".join((" " if unit.spaced and i else "") + unit.text for i, unit in enumerate(spoken))
    return Line(text, label, speaker, spoken[0].spaced if spoken else False, language)


def _shared(drafts: Sequence[Draft], limits: Limits) -> Iterator[Draft]:
    """Put two short turns into one cue, a dash before each, where one of them alone would be gone too soon."""
    index = 0
    while index < len(drafts):
        both = _dialogue(drafts, index, limits) if index + 1 < len(drafts) else None
        yield both or drafts[index]
        index += 2 if both else 1


def _dialogue(drafts: Sequence[Draft], index: int, limits: Limits) -> Draft | None:
    one, two = drafts[index], drafts[index + 1]
    if not two.opens_turn or len(one.lines) != 1 or len(two.lines) != 1 or limits.lines < 2:
        return None
    if two.start_ms - one.end_ms > limits.chain_ms or two.end_ms - one.start_ms > limits.max_ms:
        return None
    after_ms = drafts[index + 2].start_ms if index + 2 < len(drafts) else _FAR_MS
    if not (one.hurried(two.start_ms, limits) or two.hurried(after_ms, limits)):
        return None
    if index + 2 < len(drafts) and not drafts[index + 2].opens_turn:
        return None  # the second speaker goes on: the dash would have to be taken up again
    lines = [replace(line, label=_dashed(line.label)) for line in (one.lines[0], two.lines[0])]
    if any(columns(line.shown, limits.wide) > limits.columns for line in lines):
        return None
    return Draft(one.start_ms, two.end_ms, lines, one.opens_turn)


def _dashed(label: str) -> str:
    if label.startswith(_RIGHT_TO_LEFT_MARK):
        return _RIGHT_TO_LEFT_MARK + DASH + label.removeprefix(_RIGHT_TO_LEFT_MARK)
    return DASH + label
