"""What a job has cost: the time of workers at their price, and what lies in the store."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.model.job import Status
from aisubs.model.price import cost_of

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


class Receipt(BaseModel):
    """`worker_s`: seconds for which workers held the job, every attempt and the load of the model in them; `counting`
    while one holds it. `cost` is these at `price_per_hour`, in `currency`; null where no price is known. `stored_bytes`
    lie in the store for `stored_hours`, from the announcement until retention takes them; null: until somebody deletes
    them. A start of a worker before it had the job is not in it."""

    job_id: str
    worker_s: float
    counting: bool
    price_per_hour: float | None
    currency: str | None
    cost: float | None
    stored_bytes: int | None
    stored_hours: float | None


@router.get("/{job_id}/receipt", summary="What the job has cost so far")
def receipt(job_id: JobId, app: Served, holder: SomeHolder) -> Receipt:
    """For its owner alone. A cached job had no worker: it costs nothing but its place in the store."""
    job, settings = app.jobs.get_own_job(job_id, holder), app.settings
    price = settings.price_per_hour
    lies = None
    if job.expires_at is not None:
        lies = datetime.fromisoformat(job.expires_at) - datetime.fromisoformat(job.created_at)
    return Receipt(
        job_id=job.job_id,
        worker_s=job.worked_s,
        counting=job.status is Status.PROCESSING,
        price_per_hour=price,
        currency=None if price is None else settings.price_currency,
        cost=None if price is None else cost_of(job.worked_s, price),
        stored_bytes=job.file_size_bytes,
        stored_hours=lies.total_seconds() / 3600 if lies else None,
    )
