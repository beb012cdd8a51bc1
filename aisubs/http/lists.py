"""Jobs in the plural, and what people call them: lists, totals, names, tags, what is kept."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from aisubs.http.access import JobId, Served, Shown, SomeHolder, holder_of
from aisubs.http.list_bodies import Changes, JobPage, ListQuery, ListRequest, Order, Totals
from aisubs.http.refusals import refuses
from aisubs.model.errors import error
from aisubs.model.job import Job
from aisubs.pipeline.jobs import Holder
from aisubs.wiring import App

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


@router.get("", summary="List the jobs of the tokens shown")
def list_jobs(asked: Annotated[ListQuery, Query()], app: Served, holder: SomeHolder) -> JobPage:
    """Show up to 100 tokens: `Authorization: Bearer t1, Bearer t2`, or the header several times."""
    return _page(app, holder, asked, asked.filters())


@router.post(
    "/list", summary="List jobs by tokens in the body, and learn which are gone", responses=refuses("unauthorized")
)
def list_by_body(asked: ListRequest, request: Request, shown: Shown, app: Served) -> JobPage:
    """An id is gone only when it is listed in `gone`; absence from a page means nothing."""
    tokens = list(dict.fromkeys([*shown, *asked.tokens, *(ref.access_token for ref in asked.jobs)]))
    if not tokens:
        raise error("unauthorized")
    holder = holder_of(request, tokens)
    found = _page(app, holder, asked, asked.filters())
    return found.model_copy(update={"gone": _gone(app, [ref.job_id for ref in asked.jobs], holder)})


@router.patch("/{job_id}", summary="Name a job, tag it, keep it", responses=refuses("keep_unavailable"))
def change(job_id: JobId, asked: Changes, app: Served, holder: SomeHolder) -> Job:
    """The file's own name stays. What is no longer kept has the full time of retention before it."""
    changes = asked.model_dump(exclude_unset=True)
    if changes.get("keep") and app.edition != "local":
        raise error("keep_unavailable")
    return app.jobs.update_job(job_id, holder, changes)


def _page(app: App, holder: Holder, asked: Order, filters: dict[str, Any]) -> JobPage:
    rows = app.jobs.list_jobs(holder, asked.page, asked.per_page, filters)
    total = int(rows[0]["total"]) if rows else 0
    totals = Totals.model_validate(app.jobs.library_totals(holder)) if asked.totals else None
    jobs = [Job.model_validate(row) for row in rows]
    return JobPage(jobs=jobs, total=total, page=asked.page, per_page=asked.per_page, totals=totals)


def _gone(app: App, job_ids: list[str], holder: Holder) -> list[str]:
    """Which of them are not the holder's own: one question, however many are named."""
    held = app.jobs.held_among(job_ids, holder) if job_ids else set()
    return [job_id for job_id in job_ids if job_id.lower() not in held]
