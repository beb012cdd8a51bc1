"""Who may see a job: whoever shows its token (of which only the SHA-256 is known) or is its signed-in owner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever asks: the hashes of the tokens shown, and the signed-in owner if there is one."""

    token_hashes: tuple[str, ...] = ()
    owner_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"token_hashes": list(self.token_hashes), "owner_id": self.owner_id}

    @staticmethod
    def of(tokens: Iterable[str], owner_id: str | None = None) -> Holder:
        return Holder(tuple(hash_token(token) for token in tokens), owner_id)


def hash_token(token: str) -> str:
    """SHA-256 in hex: the only form of a token that is ever stored."""
    return sha256(token.encode()).hexdigest()
