"""What an issuer publishes, its public keys above all, as every plug keeps it: fetched when first needed, again when it
is old, and for a name that is not there, but seldom: whoever sends invented key ids makes us ask nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Generic, TypeVar

from aisubs.model.errors import AisubsError, error

ValueT = TypeVar("ValueT")


class Published(Generic[ValueT]):
    """Values by name. `ttl_s`: how long they are good; `apart_s`: the least time between two questions because of an
    unknown name, `failed_apart_s`: after one that failed.

    `fetch` raises AisubsError. Threads may share it: while one asks, the others wait for what it learns.
    """

    def __init__(
        self,
        fetch: Callable[[], Mapping[str, ValueT]],
        *,
        ttl_s: float,
        apart_s: float,
        failed_apart_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._ttl_s = ttl_s
        self._apart_s = apart_s
        self._failed_apart_s = failed_apart_s
        self._clock = clock
        self._values: Mapping[str, ValueT] = {}
        self._fetched_at = self._failed_at = float("-inf")
        self._failure: AisubsError | None = None
        self._mutex = Lock()

    def holding(self, name: str | None, *, wait: bool = True) -> Mapping[str, ValueT]:
        """All of it, `name` among it if the issuer has that. Raises what fetching does, for `failed_apart_s` the same.

        Without `wait`, what was known before while another thread asks.
        """
        if not self._mutex.acquire(blocking=wait):
            return self._values
        try:
            age_s = self._clock() - self._fetched_at
            if age_s > self._ttl_s or (name not in self._values and age_s > self._apart_s):
                self._ask()
            return self._values
        finally:
            self._mutex.release()

    def _ask(self) -> None:
        if self._failure is not None and self._clock() - self._failed_at <= self._failed_apart_s:
            raise error(self._failure.code, self._failure.reason)
        try:
            self._values, self._failure = self._fetch(), None
        except AisubsError as fault:
            self._failed_at, self._failure = self._clock(), fault
            raise
        self._fetched_at = self._clock()
