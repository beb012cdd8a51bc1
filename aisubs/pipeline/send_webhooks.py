"""Tell people's own programs what became of their jobs."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

from aisubs.model.errors import error
from aisubs.pipeline.jobs import Holder, Jobs
from aisubs.pipeline.outbox import LEASE_S, send_due
from aisubs.ports import Delivery, Receiver, WebhookNotifier

_SECRET_BYTES = 32

BATCH = 4


def make_webhook(
    url: str, events: list[str], holder: Holder, *, jobs: Jobs, webhooks: WebhookNotifier | None
) -> dict[str, Any]:
    """The webhook, with its `secret`, which is shown this once. Raises `webhooks_unavailable`, `webhook_owner`,
    `too_many_webhooks`, and `bad_request` for an address that nothing is ever sent to."""
    if webhooks is None:
        raise error("webhooks_unavailable")
    if not webhooks.accepts(url):
        raise error("bad_request", "url: only https on a public address.")
    secret = new_secret()
    return jobs.create_webhook(holder, url, list(dict.fromkeys(events)), secret) | {"secret": secret}


def new_secret() -> str:
    """256 random bits, as the Standard Webhooks write them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def send_webhooks(*, jobs: Jobs, webhooks: WebhookNotifier) -> int:
    """Send what is due, and record what became of each; returns how many arrived at a receiver.

    Rounds may overlap. Raises `database_unavailable`.
    """

    def send(row: dict[str, Any]) -> Delivery:
        told = {"type": row["event"], "timestamp": row["created_at"], "data": row["body"]}
        message = json.dumps(told, ensure_ascii=False).encode()
        return webhooks.notify(Receiver(row["url"], tuple(row["secrets"])), message, row["message_id"])

    def record(row: dict[str, Any], delivery: Delivery) -> None:
        jobs.record_webhook(row["message_id"], row["claim"], delivery.outcome, delivery.answered, delivery.retry_in_s)

    return send_due(lambda: jobs.claim_webhooks(BATCH, LEASE_S), send, record, "message_id", "webhook.crashed")
