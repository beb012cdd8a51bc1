"""Who is told when a job is over, although the page is closed: browsers that subscribed to Web Push."""

from __future__ import annotations

import base64
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.http.refusals import refuses
from aisubs.model.errors import error
from aisubs.ports import PushNotifier
from aisubs.wiring import App

router = APIRouter(prefix="/api/jobs", tags=["notifications"])

_POINT_BYTES, _SECRET_BYTES = 65, 16


def _decodes_to(size_bytes: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)) != size_bytes:
            raise ValueError(f"not {size_bytes} bytes")
        return text

    return AfterValidator(check)


class PushKeys(BaseModel):
    """base64url, as browsers write them."""

    p256dh: Annotated[str, Field(max_length=100), _decodes_to(_POINT_BYTES)]
    auth: Annotated[str, Field(max_length=40), _decodes_to(_SECRET_BYTES)]


class PushSubscription(BaseModel):
    """`PushSubscription.toJSON()` of the browser; what else it holds is passed over."""

    endpoint: str = Field(max_length=2000)
    keys: PushKeys


class PushRequest(BaseModel):
    """`language`: that of the notification."""

    model_config = ConfigDict(extra="forbid")

    subscription: PushSubscription
    language: Literal["en", "de"] = "en"


@router.post(
    "/{job_id}/push",
    status_code=204,
    summary="Tell this browser when the job is over",
    responses=refuses("push_unavailable"),
)
def subscribe(job_id: JobId, asked: PushRequest, app: Served, holder: SomeHolder) -> Response:
    """Subscribed with `push.key` of /api/config. Once the job is completed or has failed, the browser gets
    {job_id, status, filename, language}."""
    device = asked.subscription
    if not _notifier(app).accepts(device.endpoint):
        raise error("bad_request", "subscription.endpoint: no push service that this server sends to.")
    app.jobs.subscribe_push(job_id, holder, device.endpoint, device.keys.p256dh, device.keys.auth, asked.language)
    return Response(status_code=204)


@router.delete(
    "/{job_id}/push", status_code=204, summary="Not this browser any more", responses=refuses("push_unavailable")
)
def unsubscribe(job_id: JobId, asked: PushRequest, app: Served, holder: SomeHolder) -> Response:
    _notifier(app)
    app.jobs.unsubscribe_push(job_id, holder, asked.subscription.endpoint)
    return Response(status_code=204)


def _notifier(app: App) -> PushNotifier:
    """Raises `push_unavailable`."""
    if app.notifier is None:
        raise error("push_unavailable")
    return app.notifier
