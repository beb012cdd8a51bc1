"""Who may see a job: whoever shows its token (of which only the SHA-256 is known), or is its owner.

An owner is somebody signed in (an account, or the machine's owner in the local edition), or the library of an anonymous
browser: a key that the browser made and shows with everything it sends. Whoever has the key, on whichever device, has
the library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

MACHINE = "machine"
"""The owner of what was made on one machine; to the database, the house."""

LIBRARY_PREFIX = "library:"
"""What the owner of an anonymous library's jobs is called, with a hash behind."""

_LIBRARY_KEY = re.compile(r"lib_[0-9a-hjkmnp-tv-z]{26}")
"""130 random bits in Crockford's base32, which people can read to each other."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever asks: the hashes of the tokens shown, and the owner that one of them stands for, if one does. `scopes`:
    what of the owner's rights an API key opens; None: it is not by a key, and all of them."""

    token_hashes: tuple[str, ...] = ()
    owner_id: str | None = None
    scopes: tuple[str, ...] | None = None

    @property
    def is_signed_in(self) -> bool:
        """An anonymous library is somebody, but nobody knows who; anybody can make as many as they like."""
        return self.owner_id is not None and not self.owner_id.startswith(LIBRARY_PREFIX)

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {"token_hashes": list(self.token_hashes), "owner_id": self.owner_id}
        return said if self.scopes is None else said | {"scopes": list(self.scopes)}

    @staticmethod
    def of(tokens: Iterable[str], owner_id: str | None = None, scopes: tuple[str, ...] | None = None) -> Holder:
        return Holder(tuple(hash_token(token) for token in tokens), owner_id, scopes)


def hash_token(token: str) -> str:
    """SHA-256 in hex: the only form of a token that is ever stored."""
    return sha256(token.encode()).hexdigest()


def library_owner(tokens: Iterable[str]) -> str | None:
    """The owner that the first library key among the tokens stands for: not the key itself, which is never stored."""
    keys = (token for token in tokens if _LIBRARY_KEY.fullmatch(token))
    return next((f"{LIBRARY_PREFIX}{hash_token(key)}" for key in keys), None)
