"""What whoever asks may use, and has used; and the same in headers, where recordings are sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from aisubs.http.access import AnyHolder, Served
from aisubs.http.rate_limit import rate_limit
from aisubs.http.senders import client_address, upload_limits
from aisubs.pipeline.jobs import Holder
from aisubs.wiring import App

router = APIRouter(prefix="/api/account", tags=["jobs"])


class Used(BaseModel):
    """`limit`: null is no limit. `resets_at`: when `used` begins anew; null: as jobs are done."""

    name: Literal["jobs_per_day", "bytes_per_day", "minutes_per_month", "jobs_in_line"]
    limit: int | None
    used: int
    resets_at: datetime | None


class Usage(BaseModel):
    limits: list[Used]


@router.get("/usage", summary="What you may use, and have used")
def usage(request: Request, app: Served, holder: AnyHolder) -> Usage:
    """Of who is signed in; else of the address that asks, as strangers are counted by it. Days and months are UTC."""
    return Usage(limits=used_by(holder, request, app))


def used_by(holder: Holder, request: Request, app: App) -> list[Used]:
    """Each limit, whether there is one or not."""
    limits = upload_limits(app)
    rows = app.jobs.get_usage(
        holder,
        client_address(request),
        jobs_per_day=limits.jobs_per_day,
        bytes_per_day=limits.bytes_per_day,
        minutes_per_month=limits.minutes_per_month,
        queue_capacity=limits.queue_capacity,
    )
    return [Used.model_validate(row) for row in rows]


def tell_rate_limit(response: Response, limits: list[Used]) -> None:
    """`RateLimit-*` of the limit of which the smallest part is left; the policy says which it is."""
    known = [one for one in limits if one.limit and one.resets_at]
    if not known:
        return
    tightest = min(known, key=lambda one: 1 - one.used / (one.limit or 1))
    assert tightest.limit is not None
    assert tightest.resets_at is not None
    left_s = max(0, round((tightest.resets_at - datetime.now(UTC)).total_seconds()))
    response.headers.update(rate_limit(tightest.name, tightest.limit, tightest.limit - tightest.used, left_s))
