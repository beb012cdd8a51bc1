"""Translations that wait, made one after the other by whoever has the duty."""

from __future__ import annotations

import time
from threading import Event

from aisubs.pipeline.jobs import Jobs
from aisubs.pipeline.translation.translate_text import Terms, translate_claimed
from aisubs.ports import Translator


def translate_due(*, jobs: Jobs, translator: Translator, terms: Terms, stop: Event, for_s: float | None = None) -> int:
    """Until nothing waits, `stop` is set, or so many seconds are over; returns how many translations were taken up.

    A fault of the translator is written down with the translation, which goes on later. Raises `lost_lease` where a
    command has taken one over: the next round takes the next.
    """
    until_s = None if for_s is None else time.monotonic() + for_s
    over = stop if until_s is None else _Until(stop, until_s)
    taken = 0
    while not over.is_set():
        claim = jobs.claim_translation(terms.lease_s, translator.name, translator.sent_to)
        if claim is None:
            break
        taken += 1
        translate_claimed(claim, jobs=jobs, translator=translator, terms=terms, stop=over)
    return taken


class _Until(Event):
    """Set as well when the time is over."""

    def __init__(self, stop: Event, until_s: float) -> None:
        super().__init__()
        self._other, self._until_s = stop, until_s

    def is_set(self) -> bool:
        return self._other.is_set() or time.monotonic() >= self._until_s
