"""Signed read links: all that a link allows is written in it and signed, so nothing has to be remembered."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from aisubs.adapters.store.local.objects import locked, write_file
from aisubs.model.errors import error

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Link:
    """What a link allows: reading one generation of one object, as a file of this name, until then (Unix time)."""

    name: str
    generation: int
    filename: str
    content_type: str
    expires_s: int


class Signer:
    """Turns a Link into an opaque word for a URL path and back."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def sign(self, link: Link) -> str:
        body = json.dumps(asdict(link), ensure_ascii=False, separators=(",", ":")).encode()
        return f"{_word(body)}.{_word(self._mac(body))}"

    def check(self, word: str) -> Link:
        """Raises `link_expired`, and `object_not_found` for a link that is forged or damaged."""
        body, _, mac = word.partition(".")
        try:
            raw, given = _bytes(body), _bytes(mac)
        except ValueError as fault:
            raise error("object_not_found", "malformed link") from fault
        if not hmac.compare_digest(given, self._mac(raw)):
            raise error("object_not_found", "link with a wrong signature")
        link = Link(**json.loads(raw))
        if link.expires_s <= time.time():
            raise error("link_expired")
        return link

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._secret(), body, sha256)

    def _secret(self) -> bytes:
        """Made on first use; the same for every process that shares the folder."""
        file = self._root / "secret"
        if not file.exists():
            with locked(self._root / "lock"):
                if not file.exists():
                    fresh = self._root / "secret.tmp"
                    fresh.touch(mode=0o600)
                    write_file(file, secrets.token_bytes(_SECRET_BYTES), fresh)
        return file.read_bytes()


def _word(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(word: str) -> bytes:
    return base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
