"""Messages to browsers by Web Push: RFC 8030 over HTTP, encrypted by RFC 8291, signed with VAPID (RFC 8292).

Where a message goes is what a stranger told us, so only the known push services are spoken to: over https, at its own
port, without following redirects.
"""

from __future__ import annotations

import base64
import logging
import re
import time
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02, VapidException

from aisubs.adapters.notifier.web_push.encryption import CURVE, encrypt, point
from aisubs.ports import Delivery, Device, Outcome

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
KEPT_S = 86_400
"""How long a push service keeps a message for a device that is switched off."""

SIGNED_FOR_S = 12 * 3600
"""RFC 8292 §2 allows 24 hours, less what our clock is ahead."""

MAX_RETRY_S = 6 * 3600.0
"""The longest pause that a push service may ask for."""

_KEY_BYTES = 32
_GONE = (404, 410)
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*|[0-9a-f:]+")
"""A name that DNS could hold, in small letters as urlsplit gives it, or an address."""
_ANSWER_SHOWN_BYTES = 300


class WebPush:
    """Plug of `aisubs.ports.Notifier`. Threads may share it."""

    def __init__(self, private_key: str, subject: str, hosts: Iterable[str]) -> None:
        """`private_key`: 32 bytes, base64url. `hosts`: names of push services; `*.` stands for any below.

        Raises ValueError for a key or a subject that no push service would take.
        """
        try:
            raw = _decode(private_key)
            self._key = ec.derive_private_key(int.from_bytes(raw), CURVE)
        except ValueError as fault:
            raise ValueError("VAPID_PRIVATE_KEY is no key of P-256 in base64url") from fault
        if len(raw) != _KEY_BYTES:
            raise ValueError(f"VAPID_PRIVATE_KEY has {len(raw)} bytes instead of {_KEY_BYTES}")
        self._subject = subject
        self._hosts = frozenset(hosts)
        self.public_key = base64.urlsafe_b64encode(point(self._key)).rstrip(b"=").decode()
        self._http = httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)
        try:
            self._signed("https://example.org")
        except VapidException as fault:
            raise ValueError("VAPID_SUBJECT is neither mailto:somebody@example.org nor an https: address") from fault

    def accepts(self, endpoint: str) -> bool:
        try:
            url = urlsplit(endpoint)
            host, port = url.hostname or "", url.port
        except ValueError:
            return False
        if url.username is not None or url.password is not None or not _HOST.fullmatch(host):
            return False
        if not self._is_known(host):
            return False
        return (url.scheme == "https" and port in (None, 443)) or (url.scheme == "http" and _is_loopback(host))

    def notify(self, device: Device, message: bytes, topic: str) -> Delivery:
        if not self.accepts(device.endpoint):
            return Delivery(Outcome.REFUSED)  # PUSH_HOSTS was longer once
        url = urlsplit(device.endpoint)
        try:
            body = encrypt(message, _decode(device.p256dh), _decode(device.auth))
        except ValueError as fault:
            log.warning("push.bad_keys", extra={"push_service": url.hostname, "reason": str(fault)})
            return Delivery(Outcome.GONE)  # nobody can be reached under keys that are none
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_S),
            "Topic": topic,
            "Authorization": self._signed(_origin(url)),
        }
        try:
            with self._http.stream("POST", device.endpoint, content=body, headers=headers) as answer:
                return _delivery(answer, url)
        except (httpx.InvalidURL, UnicodeError) as fault:
            log.warning("push.bad_endpoint", extra={"push_service": url.hostname, "reason": repr(fault)})
            return Delivery(Outcome.REFUSED)
        except httpx.HTTPError as fault:
            log.warning("push.unreachable", extra={"push_service": url.hostname, "reason": repr(fault)})
            return Delivery(Outcome.AGAIN)

    def _signed(self, audience: str) -> str:
        claims = {"aud": audience, "sub": self._subject, "exp": int(time.time()) + SIGNED_FOR_S}
        header: str = Vapid02(self._key).sign(claims)["Authorization"]
        return header

    def _is_known(self, host: str) -> bool:
        return any(host == known or (known.startswith("*.") and host.endswith(known[1:])) for known in self._hosts)


def _delivery(answer: httpx.Response, url: SplitResult) -> Delivery:
    if answer.is_success:
        return Delivery(Outcome.SENT)
    if answer.status_code in _GONE:
        return Delivery(Outcome.GONE)
    said = next(answer.iter_bytes(_ANSWER_SHOWN_BYTES), b"")[:_ANSWER_SHOWN_BYTES].decode(errors="replace")
    log.warning("push.refused", extra={"push_service": url.hostname, "status": answer.status_code, "reason": said})
    if answer.status_code == 429 or answer.status_code >= 500:
        asked = answer.headers.get("retry-after", "")
        return Delivery(Outcome.AGAIN, min(float(asked), MAX_RETRY_S) if asked.isdecimal() else None)
    return Delivery(Outcome.REFUSED)


def _origin(url: SplitResult) -> str:
    return f"{url.scheme}://{url.netloc}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _decode(text: str) -> bytes:
    """base64url, with or without padding. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
