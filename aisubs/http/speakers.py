"""Telling speakers apart once more, with another number of them."""

from __future__ import annotations

from threading import Lock

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.http.refusals import refuses
from aisubs.http.revisions import IfMatch, answer_saved, revision_of
from aisubs.http.text_bodies import SavedRevision
from aisubs.model.options import MAX_SPEAKERS
from aisubs.model.turns import SpeakerCount
from aisubs.pipeline.redo_speakers import redo_speakers

_ONE_AT_A_TIME = Lock()
"""A day of sound takes some hundred megabytes while it is decided on: a container has them once."""

router = APIRouter(prefix="/api/jobs/{job_id}/speakers", tags=["transcripts"])


class SpeakerChoice(BaseModel):
    """How many people speak: exactly `num_speakers`, or within the two limits. Nothing: the sound decides."""

    model_config = ConfigDict(extra="forbid")

    num_speakers: int | None = Field(default=None, ge=1, le=MAX_SPEAKERS)
    min_speakers: int | None = Field(default=None, ge=1, le=MAX_SPEAKERS)
    max_speakers: int | None = Field(default=None, ge=1, le=MAX_SPEAKERS)

    @property
    def count(self) -> SpeakerCount:
        return SpeakerCount(self.num_speakers, self.min_speakers, self.max_speakers)

    @model_validator(mode="after")
    def _agree(self) -> SpeakerChoice:
        self.count.check()
        return self


@router.post(
    "",
    status_code=201,
    summary="Tell the speakers apart again, with another number of them",
    responses=refuses("speakers_not_kept", "speakers_by_track", "not_finished", "revision_conflict"),
)
def redo(
    job_id: JobId, choice: SpeakerChoice, response: Response, app: Served, holder: SomeHolder, if_match: IfMatch = None
) -> SavedRevision:
    """Nothing is transcribed or heard anew. A new revision of the text, in which voices keep the names that people gave
    them. 409 `speakers_not_kept`: nobody listened for speakers, or another version of this server did;
    `speakers_by_track`: each has an audio track or a channel of their own."""
    based_on = revision_of(if_match)
    job = app.jobs.get_own_job(job_id, holder)
    with _ONE_AT_A_TIME:
        saved = redo_speakers(job, holder, based_on, choice.count, jobs=app.jobs, deciders=app.load_deciders())
    return answer_saved(job_id, saved, response)
