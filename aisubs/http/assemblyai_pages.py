"""The list of transcripts as AssemblyAI's clients leaf through it: by the ids at the edges of a page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from aisubs.http.assemblyai_answers import STATUSES, listed
from aisubs.model.job import Job
from aisubs.pipeline.jobs import Holder, Jobs

EXAMPLE_PAGE = {
    "page_details": {"limit": 10, "result_count": 0, "current_url": "https://subtitles.example/v2/transcript?limit=10"},
    "transcripts": [],
}

_AT_ONCE = 100


class ListQuery(BaseModel):
    """`before_id`: older than that one; `after_id`: newer, and next to it. `created_on`: on this day (UTC)."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=10, ge=1, le=200)
    status: Literal["queued", "processing", "completed", "error"] | None = None
    before_id: str | None = Field(default=None, max_length=40)
    after_id: str | None = Field(default=None, max_length=40)
    created_on: date | None = None
    throttled_only: Literal[False] = False


def page_of(asked: ListQuery, base_url: str, holder: Holder, jobs: Jobs) -> dict[str, Any]:
    """A page of what the holder has, newest first."""
    found = _between(asked, _all(holder, jobs))
    chosen = found[-asked.limit :] if asked.after_id and not asked.before_id else found[: asked.limit]
    older = bool(chosen) and chosen[-1] is not found[-1]
    newer = bool(chosen) and (chosen[0] is not found[0] or asked.before_id is not None)
    where = f"{base_url}/v2/transcript"
    kept = asked.model_dump(mode="json", exclude_none=True, include={"limit", "status", "created_on"})
    more_older = older or (asked.after_id is not None and bool(chosen))
    return {
        "page_details": {
            "limit": asked.limit,
            "result_count": len(chosen),
            "current_url": f"{where}?{urlencode(asked.model_dump(mode='json', exclude_defaults=True) | kept)}",
            "prev_url": f"{where}?{urlencode(kept | {'before_id': chosen[-1].job_id})}" if more_older else None,
            "next_url": f"{where}?{urlencode(kept | {'after_id': chosen[0].job_id})}" if newer else None,
        },
        "transcripts": [listed(job, base_url) for job in chosen],
    }


def _between(asked: ListQuery, found: Iterator[Job]) -> list[Job]:
    """Those beyond `before_id` and short of `after_id`; one more than wanted where nothing but the end is open."""
    chosen: list[Job] = []
    waiting = asked.before_id is not None
    most = None if asked.after_id else asked.limit + 1
    for job in found:
        if job.job_id == asked.after_id:
            break
        if not waiting and _wanted(job, asked):
            chosen.append(job)
            if most is not None and len(chosen) == most:
                break
        waiting = waiting and job.job_id != asked.before_id
    return chosen


def _wanted(job: Job, asked: ListQuery) -> bool:
    on = asked.created_on
    right_status = asked.status is None or STATUSES[job.status] == asked.status
    return right_status and (on is None or datetime.fromisoformat(job.created_at).date() == on)


def _all(holder: Holder, jobs: Jobs) -> Iterator[Job]:
    page = 1
    while True:
        rows = jobs.list_jobs(holder, page, _AT_ONCE)
        yield from (Job.model_validate(row) for row in rows)
        if len(rows) < _AT_ONCE:
            return
        page += 1
