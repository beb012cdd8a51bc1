"""For administrators: the line and what was used, and a hand on each. No name and no text of anybody is shown."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.http.deletions import Deletion, own_mirror
from aisubs.http.refusals import refuses
from aisubs.model.job import Status
from aisubs.pipeline.administer import delete_as_admin, fail_as_admin, raise_job, retry_as_admin, set_paused

router = APIRouter(prefix="/api/admin", tags=["administration"])

OwnerId = Annotated[str, Path(pattern=r"^(machine|account:[0-9a-f-]{36})$")]


class QueuedJob(BaseModel):
    """`sender`: `account:...`, `machine` (its owner), `house` (what was dropped), or `anonymous`. `raised`: an
    administrator has put it in front."""

    job_id: str
    status: Status
    position: int | None
    sender: str
    source: str
    progress: int
    duration_ms: int | None
    file_size_bytes: int | None
    created_at: str
    started_at: str | None
    completed_at: str | None
    waiting_for: str | None
    raised: bool
    retry_count: int
    error_code: str | None
    worked_s: float


class AdminQueue(BaseModel):
    """At work, waiting in this order, being uploaded, and the newest that failed."""

    paused: bool
    jobs: list[QueuedJob]


class SenderUsage(BaseModel):
    """`sender` as in the queue. The last three: set for this owner instead of the usual; null: the usual, 0: any."""

    sender: str
    jobs_today: int
    bytes_today: int
    minutes_today: float
    worker_s_today: float
    jobs_month: int
    bytes_month: int
    minutes_month: float
    worker_s_month: float
    jobs_per_day: int | None
    bytes_per_day: int | None
    minutes_per_month: int | None


class AdminUsage(BaseModel):
    """Days and months are UTC."""

    senders: list[SenderUsage]


class Paused(BaseModel):
    model_config = ConfigDict(extra="forbid")

    paused: bool


Figure = Annotated[int, Field(ge=0, le=2**53)]


class OwnerLimits(BaseModel):
    """Null: the usual of this server. 0: any."""

    model_config = ConfigDict(extra="forbid")

    jobs_per_day: Figure | None = None
    bytes_per_day: Figure | None = None
    minutes_per_month: Annotated[int, Field(ge=0, le=10**9)] | None = None


@router.get("/queue", summary="What is in line, and failed lately", responses=refuses("not_admin"))
def queue(app: Served, holder: SomeHolder) -> AdminQueue:
    rows = app.jobs.admin_queue(holder)
    return AdminQueue(paused=app.jobs.paused_since() is not None, jobs=[QueuedJob.model_validate(row) for row in rows])


@router.get("/usage", summary="What each account has used", responses=refuses("not_admin"))
def usage(app: Served, holder: SomeHolder) -> AdminUsage:
    return AdminUsage(senders=[SenderUsage.model_validate(row) for row in app.jobs.admin_usage(holder)])


@router.put("/paused", summary="Start nothing any more, or go on", responses=refuses("not_admin", "queue_unavailable"))
def pause(asked: Paused, app: Served, holder: SomeHolder) -> Paused:
    """What runs, runs to its end; what waits says that it waits for this (`waiting_for`: `paused`)."""
    set_paused(holder, paused=asked.paused, jobs=app.jobs, queue=app.queue)
    return asked


@router.post(
    "/jobs/{job_id}/raise", status_code=204, summary="Let a job be next", responses=refuses("not_admin", "illegal_move")
)
def put_in_front(job_id: JobId, app: Served, holder: SomeHolder) -> None:
    raise_job(job_id, holder, jobs=app.jobs, queue=app.queue)


@router.post(
    "/jobs/{job_id}/fail",
    status_code=204,
    summary="Stop a job, whatever it does",
    responses=refuses("not_admin", "already_over"),
)
def fail(job_id: JobId, app: Served, holder: SomeHolder) -> None:
    """It has failed with `stopped`, which is no fault of the recording; it may be tried again."""
    fail_as_admin(job_id, holder, jobs=app.jobs, store=app.store)


@router.post(
    "/jobs/{job_id}/retry",
    status_code=204,
    summary="Try a job again, whatever its sender has used",
    responses=refuses("not_admin", "not_retryable"),
)
def retry(job_id: JobId, app: Served, holder: SomeHolder) -> None:
    retry_as_admin(job_id, holder, jobs=app.jobs, queue=app.queue)


@router.delete(
    "/jobs/{job_id}",
    summary="Delete a job that is over",
    responses=refuses("not_admin", "not_cancellable", "illegal_move", "store_unavailable"),
)
def delete(job_id: JobId, app: Served, holder: SomeHolder) -> Deletion:
    delete_as_admin(job_id, holder, jobs=app.jobs, store=app.store, mirror=own_mirror(app))
    return Deletion.model_validate(app.jobs.get_deletion(job_id, holder))


@router.put("/limits/{owner_id}", summary="Allow an owner more or less than is usual", responses=refuses("not_admin"))
def limit(owner_id: OwnerId, asked: OwnerLimits, app: Served, holder: SomeHolder) -> OwnerLimits:
    app.jobs.admin_limit(holder, owner_id, asked.model_dump())
    return asked
