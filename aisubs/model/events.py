"""What webhooks tell of a job."""

from __future__ import annotations

EVENTS = ("job.completed", "job.failed", "job.deleted")
