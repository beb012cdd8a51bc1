"""A queue for processes that have no dispatcher of their own (a worker, a command): the sweep does the waking.

The local edition hears of every change of a job over LISTEN/NOTIFY and looks for startable jobs itself, so nothing is
lost by this. What it does not do: delay, dedupe, or wake anything by itself.
"""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)


class SweepQueue:
    """Leaves every wake-up to whoever sweeps."""

    def wake(self, name: str, delay_s: float = 0.0) -> None:
        log.debug("queue.left_to_sweep", extra={"task": name, "delay_s": delay_s})

    def ping(self) -> str:
        return "the sweep of the local edition"
