"""What clients send and get about the text of a job: columns, cues, corrections. As bodies.py, for one subject."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from aisubs.formats.violations import Rule
from aisubs.model.document import Paragraph
from aisubs.model.job import Status
from aisubs.model.operations import Name, Relabel, Splice
from aisubs.model.transcript import Coverage
from aisubs.pipeline.shape_cues import ShapedText

MAX_OPERATIONS = 20_000

RuleName = Literal["cps", "columns", "lines", "short", "long"]

_RULES: dict[Rule, RuleName] = {
    Rule.TOO_FAST: "cps",
    Rule.LINE_TOO_WIDE: "columns",
    Rule.TOO_MANY_LINES: "lines",
    Rule.TOO_SHORT: "short",
    Rule.TOO_LONG: "long",
}
"""What a person can do something about. A gap that is too small is our choice, and the rest never happens."""


class Columns(BaseModel):
    """A text for viewers. `revision` 0 is the machine's; up to `final_until_ms` a growing text stays as it is.

    `toy`: a model that is made for tests wrote it, and it is no transcript.
    `offsets` of a paragraph count UTF-16 code units of its text; times are ms; `conf` is whole percent.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    schema_: Literal["aisubs-columns/1"] = Field(alias="schema")
    job_id: str
    revision: int
    newest: int
    version: int
    status: Status
    language: str
    duration_ms: int
    final_until_ms: int
    title: str
    toy: bool
    speakers: dict[str, str]
    coverage: Coverage | None
    paragraphs: list[Paragraph]


class CueLimits(BaseModel):
    """What the profile allows in this language; null: anything. A full-width character is two columns."""

    max_cps: int | None
    max_columns: int | None
    max_lines: int | None
    min_ms: int
    max_ms: int | None
    gap_ms: int


class CueFault(BaseModel):
    """Cue `cue` (its index in the columns) measures `value` where `limit` is allowed."""

    cue: int
    rule: RuleName
    value: int
    limit: int


class Cues(BaseModel):
    """Subtitles in columns. `paragraphs`: of each cue the id of the paragraph in which it begins."""

    profile: str
    revision: int
    limits: CueLimits
    starts: list[int]
    ends: list[int]
    texts: list[str]
    paragraphs: list[str]
    violations: list[CueFault]

    @staticmethod
    def of(shaped: ShapedText, profile: str, revision: int) -> Cues:
        limits = shaped.limits
        return Cues(
            profile=profile,
            revision=revision,
            limits=CueLimits(
                max_cps=limits.columns_per_s or None,
                max_columns=limits.columns or None,
                max_lines=limits.lines if limits.columns else None,
                min_ms=limits.min_ms,
                max_ms=limits.max_ms or None,
                gap_ms=limits.gap_ms,
            ),
            starts=[cue.start_ms for cue in shaped.cues],
            ends=[cue.end_ms for cue in shaped.cues],
            texts=["\n".join(cue.shown) for cue in shaped.cues],
            paragraphs=shaped.paragraph_ids,
            violations=[
                CueFault(cue=fault.cue - 1, rule=_RULES[fault.rule], value=fault.measured, limit=fault.limit)
                for fault in shaped.violations
                if fault.rule in _RULES
            ],
        )


class Edit(BaseModel):
    """A correction: operations that are applied in order, all or none."""

    model_config = ConfigDict(extra="forbid")

    operations: list[Annotated[Splice | Relabel | Name, Field(discriminator="op")]] = Field(
        min_length=1, max_length=MAX_OPERATIONS
    )


class Restoration(BaseModel):
    """The revision whose text is wanted back; 0: the machine's."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0, le=2**31 - 1)


class SavedRevision(BaseModel):
    revision: int
    saved_at: str


class Revision(BaseModel):
    """`changes`: how many paragraphs and names it touched; `restored_from`: the revision whose text it took over."""

    revision: int
    saved_at: str
    changes: int
    restored_from: int | None


class Revisions(BaseModel):
    newest: int
    revisions: list[Revision]
