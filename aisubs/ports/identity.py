"""The identity port: who is signed in. Whoever is not may still show tokens of single jobs, or a library key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Identity(Protocol):
    """One way of signing in."""

    def owner_of(self, tokens: Sequence[str]) -> str | None:
        """The owner whose session is among these bearer tokens; None when none of them is a session.

        Raises `signed_out` for a session that is over, `database_unavailable`.
        """
        ...
