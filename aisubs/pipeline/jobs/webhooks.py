"""Who is told by a webhook, and the outbox of those messages (aisubs/sql/code/74_webhooks.sql)."""

from __future__ import annotations

from typing import Any

from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


class Webhooks(Book):
    """The webhooks of the holder's owner: all of these raise `webhook_owner` where there is none (lists are empty), and
    `not_found` for a webhook that is not theirs. Rows are {webhook_id, url, events, created_at, disabled_at,
    disabled_because}."""

    __slots__ = ()

    def create_webhook(self, holder: Holder, url: str, events: list[str], secret: str) -> dict[str, Any]:
        """Raises `too_many_webhooks`."""
        made = {"url": url, "events": events, "secret": secret}
        return self.database.call("create_webhook", holder=holder.as_json(), **made)[0]

    def list_webhooks(self, holder: Holder) -> list[dict[str, Any]]:
        return self.database.call("list_webhooks", holder=holder.as_json())

    def delete_webhook(self, webhook_id: str, holder: Holder) -> None:
        self.database.call("delete_webhook", webhook_id=webhook_id, holder=holder.as_json())

    def rotate_webhook(self, webhook_id: str, holder: Holder, secret: str) -> dict[str, Any]:
        """For a day the former secret signs as well. One that was disabled is tried again."""
        return self.database.call("rotate_webhook", webhook_id=webhook_id, holder=holder.as_json(), secret=secret)[0]

    def test_webhook(self, webhook_id: str, holder: Holder) -> str:
        """The id of a message `test`, which is due now. One that was disabled is tried again."""
        return str(self.database.call("test_webhook", webhook_id=webhook_id, holder=holder.as_json())[0]["message_id"])

    def list_deliveries(self, webhook_id: str, holder: Holder) -> list[dict[str, Any]]:
        """{message_id, event, job_id, created_at, due_at, attempts, outcome, answered, attempted_at}, newest first."""
        return self.database.call("list_deliveries", webhook_id=webhook_id, holder=holder.as_json())

    def claim_webhooks(self, batch: int, lease_s: float) -> list[dict[str, Any]]:
        """Messages that are due, ours for `lease_s`: {message_id, claim, url, secrets, event, body, created_at}. Every
        one must be followed by `record_webhook`, or it comes up again."""
        return self.database.call("claim_webhooks", batch=batch, lease_s=lease_s)

    def record_webhook(
        self, message_id: str, claim: int, outcome: str, answered: str, retry_in_s: float | None = None
    ) -> None:
        """`outcome` as aisubs.ports.Outcome. What is `gone`, or was tried ten times, disables its webhook."""
        self.database.call(
            "record_webhook",
            message_id=message_id,
            claim=claim,
            outcome=outcome,
            answered=answered,
            retry_in_s=retry_in_s,
        )
