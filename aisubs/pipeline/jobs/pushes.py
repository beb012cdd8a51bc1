"""Who is told when a job is over, and the outbox of those messages (aisubs/sql/code/72_push.sql)."""

from __future__ import annotations

from typing import Any

from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


class Pushes(Book):
    """Devices of a job's holder, and what is due to them."""

    __slots__ = ()

    def subscribe_push(self, job_id: str, holder: Holder, endpoint: str, p256dh: str, auth: str, language: str) -> None:
        """Tell this device when the job is completed or has failed; of more than 20 the longest known are forgotten.

        Raises `job_not_found`, `read_only`.
        """
        self.database.call(
            "subscribe_push",
            job_id=job_id,
            holder=holder.as_json(),
            endpoint=endpoint,
            p256dh=p256dh,
            auth=auth,
            language=language,
        )

    def unsubscribe_push(self, job_id: str, holder: Holder, endpoint: str) -> None:
        """One that is not known is fine. Raises `job_not_found`, `read_only`."""
        self.database.call("unsubscribe_push", job_id=job_id, holder=holder.as_json(), endpoint=endpoint)

    def claim_pushes(self, batch: int, lease_s: float) -> list[dict[str, Any]]:
        """Messages that are due, ours for `lease_s`: {subscription_id, claim, endpoint, p256dh, auth, language, job_id,
        status, filename}. Every one must be followed by `record_push`, or it comes up again."""
        return self.database.call("claim_pushes", batch=batch, lease_s=lease_s)

    def record_push(self, subscription_id: str, claim: int, outcome: str, retry_in_s: float | None = None) -> None:
        """What became of it (ports.Outcome). Nothing if somebody else has claimed it meanwhile."""
        self.database.call(
            "record_push", subscription_id=subscription_id, claim=claim, outcome=outcome, retry_in_s=retry_in_s
        )
