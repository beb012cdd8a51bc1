"""What work costs: the one formula of receipts, estimates, totals and the bench."""

from __future__ import annotations

HOUR_S = 3600


def cost_of(worker_s: float, price_per_hour: float) -> float:
    """So many seconds of workers at the price of an hour, in the currency of that price."""
    return worker_s / HOUR_S * price_per_hour


def cost_of_audio_hour(audio_s: float, worker_s: float, price_per_hour: float) -> float:
    """Of an hour of recordings, where workers took `worker_s` for `audio_s` of them, `audio_s` > 0."""
    return cost_of(worker_s * HOUR_S / audio_s, price_per_hour)
