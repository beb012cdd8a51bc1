"""Fragments of voices become speakers: how alike two must be depends on how long they were heard.

A fragment of few seconds is a noisy picture of a voice. A fixed limit miscounts every third recording; one that rises
with the length of the shorter fragment, every twentieth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aisubs.adapters.diarizer.chunked.grid import FRAMES_PER_SECOND, Array
from aisubs.adapters.diarizer.onnx.linkage import group_sums, linked

THRESHOLD = 0.50
"""Distance of average linkage within which prints are one fragment."""
ALIKE_TINY, ALIKE_LARGE = 0.30, 0.80
"""Fragments at least so alike are one person: the first if one is tiny, the second if both were heard for `LARGE_S`."""
LARGE_S = 40.0
HEARD_S = 3.0
"""Who is heard alone for less is no speaker of their own."""
LARGE_SHARE, HEARD_SHARE = 0.2, 0.05
"""A short recording asks for less: these shares of all that is said."""
FINER = 4
"""So many fragments for each speaker that is asked for, where voices alone do not show as many: of more, each has a
part that is heard for long enough."""
MOST_FRAGMENTS = 600
"""What is more is merged, nearest first, so that a day of a crowd comes to an end."""
_WITHIN = 0.75
"""How alike the prints of one voice are, where there is one print only."""


def cluster(prints: Array, weights: Array, least: int, most: int) -> Array:
    """Speakers 0 … of (n, d) prints, n > 0; `weights` are frames heard alone. `least` is kept where there are so many
    prints, `most` always."""
    labels = linked(prints, weights, THRESHOLD, least, max(most, MOST_FRAGMENTS))
    fragments = _Fragments.of(prints, weights, labels)
    if fragments.heard.sum() < least:
        labels = linked(prints, weights, THRESHOLD, least * FINER, max(most, MOST_FRAGMENTS))
        fragments = _Fragments.of(prints, weights, labels)
    fragments.merge_alike(least)
    fragments.merge_to(least, most)
    return fragments.speakers()[labels]


@dataclass(slots=True)
class _Fragments:
    """`products` (k, k) of the weighted sums of prints; `weights`, `squares`: sums of the weights and their squares."""

    products: Array
    weights: Array
    squares: Array
    into: Array
    alive: Array

    @classmethod
    def of(cls, prints: Array, weights: Array, labels: Array) -> _Fragments:
        sums = group_sums(prints, weights, labels)
        totals, squares = (np.bincount(labels, weights=weights.astype(np.float64) ** power) for power in (1, 2))
        count = len(sums)
        return cls(sums @ sums.T, totals, squares, np.arange(count), np.ones(count, bool))

    @property
    def seconds(self) -> Array:
        seconds: Array = self.weights / FRAMES_PER_SECOND
        return seconds

    @property
    def heard(self) -> Array:
        """Which are heard alone for long enough to be somebody."""
        seconds = np.where(self.alive, self.seconds, 0)
        heard: Array = self.alive & (seconds >= min(HEARD_S, HEARD_SHARE * float(seconds.sum())))
        return heard

    def merge_alike(self, least: int) -> None:
        """Merge the most alike, as long as they are alike enough."""
        large = min(LARGE_S, LARGE_SHARE * float(self.seconds[self.alive].sum()))
        while self.alive.sum() > max(least, 1):
            shorter = np.minimum(self.seconds[:, None], self.seconds[None])
            needed = ALIKE_TINY + (ALIKE_LARGE - ALIKE_TINY) * np.minimum(1.0, shorter / max(large, 1e-9))
            spare = self._alike() - needed
            if self.heard.sum() <= least:  # whoever is heard stays; others still join them
                spare = np.where(np.outer(self.heard, self.heard), -np.inf, spare)
            first, second, best = _best(spare, self.alive)
            if best < 0:
                return
            self._merge(first, second)

    def merge_to(self, least: int, most: int) -> None:
        """Those who are hardly heard join who is most like them; then the most alike, down to `most`."""
        wanted = int(np.clip(max(int(self.heard.sum()), 1), least, max(most, least)))
        while self.alive.sum() > wanted:
            if self.heard.sum() > wanted:
                first, second, _ = _best(self._alike(), self.heard)
                self._merge(first, second)
                continue
            least_heard = int(np.where(self.alive, self.seconds, np.inf).argmin())
            likeness = np.where(self.alive, self._alike()[least_heard], -np.inf)
            likeness[least_heard] = -np.inf
            self._merge(int(likeness.argmax()), least_heard)

    def speakers(self) -> Array:
        """The speaker 0 … of each fragment."""
        speakers: Array = np.searchsorted(np.flatnonzero(self.alive), self.into)
        return speakers

    def _alike(self) -> Array:
        """Cosine between fragments, as if their voices were known exactly: over the likeness of the prints within."""
        spread = self.weights**2 - self.squares
        own = np.clip((np.diag(self.products) - self.squares) / np.where(spread > 0, spread, 1), 0.5, 1)
        within = np.where(spread > 1e-6 * self.weights**2, own, _WITHIN)
        scale = self.weights * np.sqrt(within)
        alike: Array = self.products / np.outer(scale, scale)
        return alike

    def _merge(self, kept: int, gone: int) -> None:
        self.products[kept] += self.products[gone]
        self.products[:, kept] += self.products[:, gone]
        self.weights[kept] += self.weights[gone]
        self.squares[kept] += self.squares[gone]
        self.alive[gone] = False
        self.into[self.into == gone] = kept


def _best(values: Array, among: Array) -> tuple[int, int, float]:
    """The pair i < j of the largest value, and that value."""
    allowed = np.triu(np.outer(among, among), 1)
    best = int(np.where(allowed, values, -np.inf).argmax())
    first, second = divmod(best, len(values))
    return first, second, float(values[first, second])
