"""Corrections of the text: save one, list them, go back to one."""

from __future__ import annotations

import logging
import re
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.http.bodies import LANGUAGE
from aisubs.http.refusals import refuses
from aisubs.http.text_bodies import Edit, Restoration, Revision, Revisions, SavedRevision
from aisubs.model.errors import error
from aisubs.pipeline.revise_transcript import Saved, restore, save_edit

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/jobs/{job_id}/revisions", tags=["transcripts"])

Language = Annotated[str, Query(pattern=LANGUAGE, description="Of a translation, which has revisions of its own.")]

IfMatch = Annotated[str | None, Header(alias="If-Match", description='"N": the revision that the change is based on.')]


@router.post(
    "",
    status_code=201,
    summary="Save a correction of the text",
    responses=refuses("revision_conflict", "not_finished", "translation_not_found"),
)
def save(
    job_id: JobId,
    edit: Edit,
    response: Response,
    app: Served,
    holder: SomeHolder,
    if_match: IfMatch = None,
    language: Language = "",
) -> SavedRevision:
    """The operations are applied in order, all or none. 412: somebody else has saved since; nothing is lost."""
    based_on = revision_of(if_match)
    job = app.jobs.get_job(job_id, holder)
    saved = save_edit(job, holder, based_on, edit.operations, jobs=app.jobs, language=language)
    return answer_saved(job_id, saved, response)


@router.get("", summary="The corrections so far, newest first", responses=refuses("history_not_shared"))
def list_revisions(job_id: JobId, app: Served, holder: SomeHolder, language: Language = "") -> Revisions:
    """Revision 0, the machine's text, is always there and not listed. By a link: 403 `history_not_shared`."""
    listed = [Revision.model_validate(row) for row in app.jobs.list_revisions(job_id, holder, language)]
    return Revisions(newest=listed[0].revision if listed else 0, revisions=listed)


@router.post(
    "/restore",
    status_code=201,
    summary="Make an older text the newest again",
    responses=refuses("revision_conflict", "revision_not_found", "not_finished", "translation_not_found"),
)
def go_back(
    job_id: JobId,
    wanted: Restoration,
    response: Response,
    app: Served,
    holder: SomeHolder,
    if_match: IfMatch = None,
    language: Language = "",
) -> SavedRevision:
    """As a new revision: what is undone so can be had back."""
    based_on = revision_of(if_match)
    job = app.jobs.get_job(job_id, holder)
    saved = restore(job, holder, based_on, wanted.revision, jobs=app.jobs, language=language)
    return answer_saved(job_id, saved, response)


def revision_of(if_match: str | None) -> int:
    """Raises `bad_request`: a change that is based on nothing could undo another."""
    match = re.fullmatch(r'"(\d{1,9})"', (if_match or "").strip())
    if match is None:
        raise error("bad_request", 'If-Match must say which revision the change is based on, such as "0".')
    return int(match[1])


def answer_saved(job_id: str, saved: Saved, response: Response) -> SavedRevision:
    log.info("revision.saved", extra={"job_id": job_id, "revision": saved.revision})
    response.headers["ETag"] = f'"{saved.revision}"'
    return SavedRevision(revision=saved.revision, saved_at=saved.saved_at)
