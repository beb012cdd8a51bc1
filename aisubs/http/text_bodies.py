"""What clients send and get about the text of a job: columns and corrections. As bodies.py, for one subject."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from aisubs.model.captions.operations import FromPeople
from aisubs.model.captions.own_cues import OwnCue
from aisubs.model.document import Paragraph
from aisubs.model.job import Status
from aisubs.model.text_operations import Name, Relabel, Splice
from aisubs.model.transcript import Coverage

MAX_OPERATIONS = 20_000


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
    own: list[OwnCue] = []
    """Captions that are made of no words of the text."""
    shifts: list[tuple[int, int]] = []
    """What is said from `from_ms` on is shown `by_ms` later: (from_ms, by_ms)."""
    paragraphs: list[Paragraph]


class Edit(BaseModel):
    """A correction: operations that are applied in order, all or none."""

    model_config = ConfigDict(extra="forbid")

    operations: list[Annotated[Splice | Relabel | Name | FromPeople, Field(discriminator="op")]] = Field(
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
