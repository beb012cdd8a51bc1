"""How the cores of a CPU are shared out: copies of the model, one window each, instead of many threads for one batch.

CTranslate2 shares a matrix out among threads that wait for each other after each step, and those of a decoder are too
small for that (docs/decisions/20261129-each-core-decodes-its-own-window.md). A batch is no faster than its windows one
by one, so a copy takes one at a time. Copies share the weights; each has memory for its own window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
A = TypeVar("A")

MOST_COPIES = 4
"""A window of a large model takes half a gigabyte while it is decoded."""


@dataclass(frozen=True, slots=True)
class Cores:
    """`copies` of the model (CTranslate2's `inter_threads`), each on `threads` (`intra_threads`)."""

    copies: int
    threads: int


def share_out(cores: int, device: str) -> Cores:
    """A GPU has one copy, to which whole batches go."""
    copies = 1 if device == "cuda" else min(cores, MOST_COPIES)
    return Cores(copies, max(1, cores // copies))


class Copies:
    """Asks the copies of a model: window by window on a CPU, by all of them at once; a GPU about whole batches."""

    def __init__(self, count: int, *, one_by_one: bool) -> None:
        self._one_by_one = one_by_one
        self._pool = ThreadPoolExecutor(count, "engine") if count > 1 else None

    def ask(self, batch: Sequence[T], ask: Callable[[Sequence[T]], list[A]]) -> list[A]:
        """The answers in order. What one of them raises is raised when all are done."""
        if not self._one_by_one:
            return ask(batch)
        if self._pool is None or len(batch) == 1:
            return [answer for window in batch for answer in ask([window])]
        asked = [self._pool.submit(ask, [window]) for window in batch]
        wait(asked)
        return [answer for one in asked for answer in one.result()]
