"""What clients get about the cues of a text. As bodies.py, for one subject."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from aisubs.formats.clashes import Clash, Why
from aisubs.formats.profiles import Limits
from aisubs.formats.violations import TOLD, RuleName
from aisubs.model.captions.overrides import Align, Position
from aisubs.model.captions.own_cues import CueKind
from aisubs.pipeline.shape_cues import ShapedText


class CueLimits(BaseModel):
    """What the profile allows in this language; null: anything. A full-width character is two columns."""

    max_cps: int | None
    max_columns: int | None
    max_lines: int | None
    min_ms: int
    max_ms: int | None
    gap_ms: int

    @staticmethod
    def of(limits: Limits) -> CueLimits:
        return CueLimits(
            max_cps=limits.columns_per_s or None,
            max_columns=limits.columns or None,
            max_lines=limits.lines if limits.columns else None,
            min_ms=limits.min_ms,
            max_ms=limits.max_ms or None,
            gap_ms=limits.gap_ms,
        )


class CueFault(BaseModel):
    """Cue `cue` (its index in the columns) measures `value` where `limit` is allowed."""

    cue: int
    rule: RuleName
    value: int
    limit: int


class CuePin(BaseModel):
    """Which times of a cue people have set."""

    cue: int
    start: bool
    end: bool


class CuePlace(BaseModel):
    """Where a cue stands; null: at the bottom, in the middle."""

    cue: int
    position: Position | None
    align: Align | None


class CueStyle(BaseModel):
    """In line `line` of a cue, the UTF-16 units [start, end) are in italics."""

    cue: int
    line: int
    start: int
    end: int


class CueOfPeople(BaseModel):
    """A cue that is made of no words of the text, and how it is called in operations."""

    cue: int
    id: str
    kind: Literal["speech"] | CueKind


class CueWarning(BaseModel):
    """What people decided and cannot have, or what it costs this cue: `wanted_ms` became `shown_ms`."""

    cue: int
    why: Why
    wanted_ms: int
    shown_ms: int

    @staticmethod
    def of(clash: Clash) -> CueWarning:
        return CueWarning(cue=clash.cue - 1, why=clash.why, wanted_ms=clash.wanted_ms, shown_ms=clash.shown_ms)


class Cues(BaseModel):
    """Subtitles in columns. `paragraphs` and `words`: of each cue the paragraph in which it begins and the index of its
    first word there; `last_paragraphs` and `last_words`: the same of its last. A cue without words of the text has the
    paragraph behind it, and no words. The lists below name only the cues that they tell something of."""

    profile: str
    revision: int
    limits: CueLimits
    starts: list[int]
    ends: list[int]
    texts: list[str]
    paragraphs: list[str]
    words: list[int | None]
    last_paragraphs: list[str]
    last_words: list[int | None]
    pins: list[CuePin]
    places: list[CuePlace]
    styles: list[CueStyle]
    own: list[CueOfPeople]
    violations: list[CueFault]
    warnings: list[CueWarning]

    @staticmethod
    def of(shaped: ShapedText, profile: str, revision: int) -> Cues:
        cues = list(enumerate(shaped.cues))
        return Cues(
            profile=profile,
            revision=revision,
            limits=CueLimits.of(shaped.limits),
            starts=[cue.start_ms for cue in shaped.cues],
            ends=[cue.end_ms for cue in shaped.cues],
            texts=["\n".join(cue.shown) for cue in shaped.cues],
            paragraphs=[span.first[0] for span in shaped.spans],
            words=[span.first[1] for span in shaped.spans],
            last_paragraphs=[span.last[0] for span in shaped.spans],
            last_words=[span.last[1] for span in shaped.spans],
            pins=[
                CuePin(cue=number, start=cue.start_pinned, end=cue.end_pinned)
                for number, cue in cues
                if cue.own_id is None and (cue.start_pinned or cue.end_pinned)
            ],
            places=[
                CuePlace(cue=number, position=cue.position, align=cue.align)
                for number, cue in cues
                if cue.position or cue.align
            ],
            styles=[
                CueStyle(cue=number, line=place, start=start, end=end)
                for number, cue in cues
                for place, line in enumerate(cue.lines)
                for start, end in line.utf_16_italics
            ],
            own=[
                CueOfPeople(cue=number, id=cue.own_id, kind=cue.kind) for number, cue in cues if cue.own_id is not None
            ],
            violations=[
                CueFault(cue=fault.cue - 1, rule=TOLD[fault.rule], value=fault.measured, limit=fault.limit)
                for fault in shaped.violations
                if fault.rule in TOLD
            ],
            warnings=[CueWarning.of(clash) for clash in shaped.clashes],
        )
