"""Search in all texts of whoever asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from aisubs.http.access import Served, SomeHolder
from aisubs.model.job import Job
from aisubs.pipeline.search_texts import Hit, search_texts

router = APIRouter(prefix="/api/search", tags=["transcripts"])

MAX_QUESTION_CHARS = 200
HITS_PER_JOB = 5
HITS_OF_ONE_JOB = 200


class FoundJob(BaseModel):
    """`count`: passages that answer; `hits`: the first of them."""

    job: Job
    count: int
    hits: list[Hit]


class FoundPage(BaseModel):
    """The newest job first; `total` counts jobs."""

    jobs: list[FoundJob]
    total: int
    page: int
    per_page: int


@router.get("", summary="Find words in all of your texts")
def search(
    app: Served,
    holder: SomeHolder,
    q: Annotated[str, Query(min_length=1, max_length=MAX_QUESTION_CHARS, pattern=r"\S")],
    job_id: Annotated[
        str | None, Query(pattern=r"^[\x20-\x7e]{1,64}$", description="Only in this job, with all its hits.")
    ] = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    per_page: Annotated[int, Query(ge=1, le=50)] = 20,
) -> FoundPage:
    """All words have to stand in one passage; the last may be a beginning; `"…"` is a phrase. The newest text of each
    job; whatever the case, the accents and the width of letters."""
    hits = HITS_OF_ONE_JOB if job_id else HITS_PER_JOB
    total, found = search_texts(
        q, holder, jobs=app.jobs, job_id=job_id, page=page, per_page=per_page, hits_per_job=hits
    )
    shown = [FoundJob(job=row.job, count=row.count, hits=row.hits) for row in found]
    return FoundPage(jobs=shown, total=total, page=page, per_page=per_page)
