"""Tell people's own programs what became of their jobs."""

from __future__ import annotations

import base64
import json
import logging
import secrets
import time
from typing import Any

from aisubs.model.errors import error
from aisubs.pipeline.jobs import Holder, Jobs
from aisubs.ports import Delivery, Outcome, Receiver, WebhookNotifier

log = logging.getLogger(__name__)

_SECRET_BYTES = 32

BATCH = 4
LEASE_S = 120.0
"""Longer than a batch takes when every receiver is silent."""

BUDGET_S = 20.0
"""How long one round may take; what is left is sent by the next."""


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
    """Send what is due, and record what became of each; returns how many were taken.

    Rounds may overlap. Raises `database_unavailable`.
    """
    ends_s = time.monotonic() + BUDGET_S
    sent = 0
    while time.monotonic() < ends_s and (due := jobs.claim_webhooks(BATCH, LEASE_S)):
        for row in due:
            delivery = _sent(row, webhooks)
            jobs.record_webhook(
                row["message_id"], row["claim"], delivery.outcome, delivery.answered, delivery.retry_in_s
            )
            sent += delivery.outcome is Outcome.SENT
    return sent


def _sent(row: dict[str, Any], webhooks: WebhookNotifier) -> Delivery:
    told = {"type": row["event"], "timestamp": row["created_at"], "data": row["body"]}
    message = json.dumps(told, ensure_ascii=False).encode()
    try:
        return webhooks.notify(Receiver(row["url"], tuple(row["secrets"])), message, row["message_id"])
    except Exception as fault:  # a plug that breaks its word: this message never goes, the others do
        log.exception("webhook.crashed", extra={"message_id": row["message_id"]})
        return Delivery(Outcome.REFUSED, answered=type(fault).__name__)
