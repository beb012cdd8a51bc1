"""Webhooks: an owner's own programs are told what becomes of the jobs."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from aisubs.http.access import Served, SomeHolder, insist_on_admission
from aisubs.http.refusals import refuses
from aisubs.model.events import EVENTS, Event
from aisubs.pipeline.send_webhooks import make_webhook, new_secret

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])

WebhookId = Annotated[str, Field(max_length=40)]


class WebhookRequest(BaseModel):
    """`url`: https, on a public address."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=2000)
    events: list[Event] = Field(default=list(EVENTS), min_length=1, max_length=len(EVENTS))


class Webhook(BaseModel):
    """`disabled_because`: what was answered last, when it was answered 410 or every one of ten attempts failed."""

    webhook_id: str
    url: str
    events: list[Event]
    created_at: str
    disabled_at: str | None
    disabled_because: str | None


class NewWebhook(Webhook):
    """`secret` is shown this once; messages are signed with it (standardwebhooks.com)."""

    secret: str


class WebhookList(BaseModel):
    webhooks: list[Webhook]


class SentMessage(BaseModel):
    """`due_at`: when it is tried again; null: it is over. `answered`: status and beginning of the answer, or why there
    was none."""

    message_id: str
    event: str
    job_id: str | None
    created_at: str
    due_at: str | None
    attempts: int
    outcome: Literal["sent", "again", "refused", "gone"] | None
    answered: str | None
    attempted_at: str | None


class DeliveryLog(BaseModel):
    messages: list[SentMessage]


class TestMessage(BaseModel):
    message_id: str


@router.post(
    "",
    status_code=201,
    summary="Have a program told what becomes of your jobs",
    responses=refuses("webhook_owner", "too_many_webhooks", "webhooks_unavailable", "sign_in_required"),
)
def create(asked: WebhookRequest, app: Served, holder: SomeHolder) -> NewWebhook:
    """For jobs of the signed-in owner, or of a library: those of a single token have nobody to tell. At most 10."""
    insist_on_admission(holder, app)
    made = make_webhook(asked.url, list(asked.events), holder, jobs=app.jobs, webhooks=app.webhooks)
    return NewWebhook.model_validate(made)


@router.get("", summary="Your webhooks", responses=refuses("webhook_owner"))
def listed(app: Served, holder: SomeHolder) -> WebhookList:
    return WebhookList(webhooks=[Webhook.model_validate(row) for row in app.jobs.list_webhooks(holder)])


@router.delete(
    "/{webhook_id}",
    status_code=204,
    summary="Tell it nothing any more",
    responses=refuses("webhook_owner", "not_found"),
)
def delete(webhook_id: WebhookId, app: Served, holder: SomeHolder) -> None:
    app.jobs.delete_webhook(webhook_id, holder)


@router.post(
    "/{webhook_id}/rotate", summary="Sign with another secret", responses=refuses("webhook_owner", "not_found")
)
def rotate(webhook_id: WebhookId, app: Served, holder: SomeHolder) -> NewWebhook:
    """For a day the former one signs as well. A webhook that was disabled is tried again."""
    secret = new_secret()
    return NewWebhook.model_validate(app.jobs.rotate_webhook(webhook_id, holder, secret) | {"secret": secret})


@router.post(
    "/{webhook_id}/test",
    status_code=202,
    summary="Send a message that tells nothing",
    responses=refuses("webhook_owner", "not_found"),
)
def test(webhook_id: WebhookId, app: Served, holder: SomeHolder) -> TestMessage:
    """What became of it stands among the deliveries. A webhook that was disabled is tried again."""
    return TestMessage(message_id=app.jobs.test_webhook(webhook_id, holder))


@router.get(
    "/{webhook_id}/deliveries",
    summary="What was sent in the last week, and what was answered",
    responses=refuses("webhook_owner", "not_found"),
)
def deliveries(webhook_id: WebhookId, app: Served, holder: SomeHolder) -> DeliveryLog:
    rows = app.jobs.list_deliveries(webhook_id, holder)
    return DeliveryLog(messages=[SentMessage.model_validate(row) for row in rows])
