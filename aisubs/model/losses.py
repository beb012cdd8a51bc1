"""What a transcript does not tell, or not for sure: summed up once, for all that tell people of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from aisubs.model.transcript import Mark, Segment, Transcript

Spans = tuple[tuple[int, int], ...]

KEPT_PLACES, NAMED_PLACES = 20, 3
"""How many places are kept beside a job, and how many of them a sentence names."""
LEAST_UNTOLD_MS = 2_000
"""Between words that are doubted, a shorter gap is a pause and no loss of its own; places so near are one place."""
DOUBTS = frozenset({Mark.LOOP, Mark.DOUBTFUL, Mark.NO_SPEECH})
"""Marks that speak against the words of a segment."""
NOTHING_SAID = "No speech was found in this recording."
NO_SPEAKERS = "The speakers could not be told apart."


@dataclass(frozen=True, slots=True)
class Losses:
    """`unresolved_ms` of speech cannot be vouched for, in `stretches` stretches; `places` (start_ms, end_ms) are the
    first of them. Of that, `untold_ms` have no words at all, and `missing_ms` of these are lost in the file; the rest
    has words that are doubted.

    `cut_at_ms`: where the file ends before its recording does. `no_speech`: nothing was said, as far as can be told.
    `no_speakers`: who speaks was asked for, and failed; the text is whole without it. `unsaid_words` of a script were
    not found in the sound.
    """

    unresolved_ms: int = 0
    untold_ms: int = 0
    missing_ms: int = 0
    stretches: int = 0
    places: Spans = ()
    cut_at_ms: int | None = None
    no_speech: bool = False
    no_speakers: bool = False
    unsaid_words: int = 0

    @property
    def any_speech(self) -> bool:
        """Whether anything that was said may be missing or wrong; silence is no loss."""
        return self.unresolved_ms > 0 or self.cut_at_ms is not None

    @property
    def sentence(self) -> str:
        """For people, in English; empty where there is nothing to tell."""
        cut = "" if self.cut_at_ms is None else f"The file ends at {_clock(self.cut_at_ms)}, before its recording does."
        speakers = NO_SPEAKERS if self.no_speakers else ""
        unsaid = (
            f"Words of the script that were not found in the sound: {self.unsaid_words}." if self.unsaid_words else ""
        )
        return " ".join(filter(None, (NOTHING_SAID if self.no_speech else self._unclear, cut, speakers, unsaid)))

    def brief(self) -> dict[str, str | bool]:
        """For messages with little room: only what there is to say."""
        said: dict[str, str | bool] = {"silent": self.no_speech, "no_speakers": self.no_speakers}
        if self.unresolved_ms:
            said["unclear"] = _clock(self.unresolved_ms + 999)
        if self.cut_at_ms is not None:
            said["cut"] = _clock(self.cut_at_ms)
        return {name: value for name, value in said.items() if value}

    @property
    def _unclear(self) -> str:
        if not self.unresolved_ms:
            return ""
        named = ", ".join(f"{_clock(start)}-{_clock(end + 999)}" for start, end in self.places[:NAMED_PLACES])
        more = self.stretches - NAMED_PLACES
        rest = f" and {more} more place{'s' if more > 1 else ''}" if more > 0 else ""
        total, missing = _clock(self.unresolved_ms + 999), _clock(self.missing_ms + 999)
        if self.missing_ms >= self.unresolved_ms:
            return f"{total} of sound is missing in the file: {named}{rest}."
        also = f" ({missing} of it missing in the file)" if self.missing_ms else ""
        return f"{total} of speech is unclear{also}: listen at {named}{rest}."

    def as_json(self) -> dict[str, Any]:
        """With the sentence, so that whoever reads it need not make one."""
        return {**asdict(self), "sentence": self.sentence}


def losses_of(transcript: Transcript) -> Losses:
    """From the ledger; without one nothing is known, and so nothing told.

    Of a text that people corrected, only speech without a word counts: they have heard the rest.
    """
    coverage = transcript.coverage
    no_speakers = (transcript.extra.get("speakers") or {}).get("refused") is not None
    unsaid_words = (transcript.extra.get("alignment") or {}).get("unsaid_words", 0)
    if coverage is None:
        return Losses(no_speakers=no_speakers, unsaid_words=unsaid_words)
    untold = untold_parts(transcript)
    corrected = transcript.paragraphs is not None
    spans = tuple(untold) if corrected else coverage.unresolved
    unresolved_ms = _length(spans)
    places = _joined(spans)
    silent = not corrected and not unresolved_ms and not any(segment.text.strip() for segment in transcript.segments)
    return Losses(
        unresolved_ms=unresolved_ms,
        untold_ms=_length(untold),
        missing_ms=_length(coverage.missing),
        stretches=len(places),
        places=places[:KEPT_PLACES],
        cut_at_ms=coverage.cut_at_ms,
        no_speech=silent,
        no_speakers=no_speakers,
        unsaid_words=unsaid_words,
    )


def untold_parts(transcript: Transcript) -> list[tuple[int, int]]:
    """Where speech was heard and no word stands, in order."""
    told = sorted((one.start_ms, one.end_ms) for one in transcript.segments if one.text.strip())
    found: list[tuple[int, int]] = []
    for span in transcript.coverage.unresolved if transcript.coverage else ():
        parts = list(_outside(span, told))
        found += parts if parts == [span] else [part for part in parts if part[1] - part[0] >= LEAST_UNTOLD_MS]
    return found


def is_doubted(segment: Segment) -> bool:
    return bool(DOUBTS.intersection(segment.marks))


def _outside(span: tuple[int, int], told: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    at_ms, end_ms = span
    for told_from_ms, told_to_ms in told:
        if told_to_ms <= at_ms or told_from_ms >= end_ms:
            continue
        if at_ms < told_from_ms:
            yield at_ms, told_from_ms
        at_ms = max(at_ms, told_to_ms)
    if at_ms < end_ms:
        yield at_ms, end_ms


def _joined(spans: Spans) -> Spans:
    joined: list[tuple[int, int]] = []
    for start_ms, end_ms in spans:
        if joined and start_ms - joined[-1][1] < LEAST_UNTOLD_MS:
            joined[-1] = (joined[-1][0], end_ms)
        else:
            joined.append((start_ms, end_ms))
    return tuple(joined)


def _length(spans: Iterable[tuple[int, int]]) -> int:
    return sum(end_ms - start_ms for start_ms, end_ms in spans)


def _clock(time_ms: int) -> str:
    """1:02:03, or 2:03 below an hour."""
    minutes, seconds = divmod(time_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
