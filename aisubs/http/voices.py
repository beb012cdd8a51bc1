"""Names across recordings: whether voices are remembered, whose they are, and whom those of a job resemble.

No answer holds a print: what is kept of voices leaves the database for workers alone.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from aisubs.http.access import JobId, Served, SomeHolder, insist_on_admission
from aisubs.http.refusals import refuses
from aisubs.model.document import SpeakerLabel

router = APIRouter(prefix="/api", tags=["voices"])

VoiceId = Annotated[str, Field(max_length=40)]


class Voice(BaseModel):
    """`heard_ms`: for how long it was heard in the `recordings` in which it was named; `heard_at`: when it was named or
    recognised last. A year later it is forgotten."""

    voice_id: str
    name: str
    recordings: int
    heard_ms: int
    heard_at: str


class VoiceList(BaseModel):
    """`enabled`: whether whoever asks wants voices to be remembered; nobody's are without that."""

    enabled: bool
    voices: list[Voice]


class VoiceSwitch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    enabled: bool


class Suggestion(BaseModel):
    """The speaker of this label resembles somebody; `similarity` is the cosine of both voices' prints, at most 1. To
    accept is to give the speaker this name."""

    speaker: str
    suggested_name: str
    similarity: float


class Suggestions(BaseModel):
    suggestions: list[Suggestion]


class Declined(BaseModel):
    model_config = ConfigDict(extra="forbid")

    speaker: SpeakerLabel


@router.get("/voices", summary="Whose voices are remembered")
def listed(app: Served, holder: SomeHolder) -> VoiceList:
    """Those of the signed-in owner, or of a library. Single tokens have none."""
    return VoiceList.model_validate(app.jobs.list_voices(holder))


@router.put("/voices", summary="Have voices remembered, or not", responses=refuses("voices_owner", "sign_in_required"))
def switch(wanted: VoiceSwitch, app: Served, holder: SomeHolder) -> VoiceList:
    """Off, as at first, all that is kept of them is deleted at once. 403 `voices_owner`: a single token has none."""
    if wanted.enabled:
        insist_on_admission(holder, app)
    app.jobs.switch_voices(holder, wanted=wanted.enabled)
    return listed(app, holder)


@router.delete("/voices", status_code=204, summary="Forget all voices", responses=refuses("voices_owner"))
def forget_all(app: Served, holder: SomeHolder) -> None:
    """At once. Whom people name from then on is remembered again."""
    app.jobs.forget_voices(holder)


@router.delete(
    "/voices/{voice_id}", status_code=204, summary="Forget a voice", responses=refuses("voices_owner", "not_found")
)
def forget(voice_id: VoiceId, app: Served, holder: SomeHolder) -> None:
    app.jobs.forget_voices(holder, voice_id)


@router.get("/jobs/{job_id}/voices", summary="Whom the speakers of a recording may be", responses=refuses("read_only"))
def suggested(job_id: JobId, app: Served, holder: SomeHolder) -> Suggestions:
    """For the owner alone, of speakers that nobody has named. Computed when the speakers were told apart."""
    rows = app.jobs.list_suggestions(job_id, holder)
    return Suggestions(suggestions=[Suggestion.model_validate(row) for row in rows])


@router.post("/jobs/{job_id}/voices/decline", status_code=204, summary="It is somebody else")
def decline(job_id: JobId, declined: Declined, app: Served, holder: SomeHolder) -> None:
    app.jobs.decline_suggestion(job_id, holder, declined.speaker)
