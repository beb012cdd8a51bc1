"""Signing in as the owner of a machine, by a link that the machine itself shows, as notebooks do.

The link holds a key. Whoever has it begins sessions, from any device; sessions are tokens of their own, so that each
can be ended without the others. A new key ends them all. Only hashes of sessions are stored; the key stays where its
owner can read it, for it has to be shown again.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from aisubs.model.errors import error
from aisubs.pipeline.jobs import Holder, Jobs, hash_token

SESSION_PREFIX = "own_"
"""Sessions are told from other tokens by their beginning, so that one that is over can be named as that."""

SESSION_IDLE_S = 90 * 86_400.0
"""A session of that owner that is not used for so long is over."""

ONE_TIME_S = 300.0
"""How long a key lasts that is handed to a program and not to a person."""

RANDOM_BYTES = 32


class LinkSignIn:
    """The way in of one owner. `key` reads the present key of the link, `renew` makes another."""

    def __init__(self, jobs: Jobs, owner_id: str, *, key: Callable[[], str], renew: Callable[[], object]) -> None:
        self.owner_id = owner_id
        self.key = key
        self._jobs = jobs
        self._renew = renew
        self._mutex = Lock()
        self._one_time: dict[str, float] = {}

    def one_time_url(self, url: str) -> str:
        """The page at `url`, signed in: works once, within minutes, for command lines can be read by others."""
        key = secrets.token_urlsafe(RANDOM_BYTES)
        with self._mutex:
            self._one_time[hash_token(key)] = time.monotonic() + ONE_TIME_S
        return f"{url}/#key={key}"

    def begin(self, key: str, device: str) -> dict[str, Any]:
        """A session row with its `token`, which is shown this once. Raises `sign_in_refused`."""
        if not (hmac.compare_digest(key.encode(), self.key().encode()) or self._use_up(key)):
            raise error("sign_in_refused")
        token = SESSION_PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
        return {**self._jobs.begin_session(hash_token(token), self.owner_id, device, SESSION_IDLE_S), "token": token}

    def end_all(self) -> None:
        """All sessions, and the link with them: whoever wants in needs the new one."""
        self._renew()
        with self._mutex:
            self._one_time.clear()
        self._jobs.end_session(Holder(owner_id=self.owner_id), None)

    def _use_up(self, key: str) -> bool:
        with self._mutex:
            return self._one_time.pop(hash_token(key), 0.0) > time.monotonic()
