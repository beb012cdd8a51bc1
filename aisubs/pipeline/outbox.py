"""What is due in an outbox of the database is sent, and what became of it is written down: for pushes and webhooks."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from aisubs.ports import Delivery, Outcome

log = logging.getLogger(__name__)

LEASE_S = 120.0
"""Longer than a batch takes when everybody who is sent something is silent."""

BUDGET_S = 20.0
"""How long one round may take; what is left is sent by the next."""

Row = dict[str, Any]


def send_due(
    claim: Callable[[], list[Row]],
    send: Callable[[Row], Delivery],
    record: Callable[[Row, Delivery], object],
    key: str,
    crashed: str,
) -> int:
    """Send and record one message after the other, until none is due or the time of a round is over; returns how many
    arrived. `crashed`, with what stands under `key`, is what the log says of a plug that breaks its word.

    Rounds may overlap. Raises `database_unavailable`.
    """
    ends_s = time.monotonic() + BUDGET_S
    sent = 0
    while time.monotonic() < ends_s and (due := claim()):
        for row in due:
            try:
                delivery = send(row)
            except Exception as fault:  # this message never goes, the others do
                log.exception(crashed, extra={key: row[key]})
                delivery = Delivery(Outcome.REFUSED, answered=type(fault).__name__)
            record(row, delivery)
            sent += delivery.outcome is Outcome.SENT
    return sent
