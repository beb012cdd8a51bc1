"""What webhooks tell of a job."""

from __future__ import annotations

from typing import Literal, get_args

Event = Literal["job.completed", "job.failed", "job.deleted"]
"""`event_of` in aisubs/sql/code/74_webhooks.sql says which move of a job is which."""

EVENTS: tuple[Event, ...] = get_args(Event)
