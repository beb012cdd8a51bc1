"""Messages to people's own programs by the Standard Webhooks (standardwebhooks.com): signed JSON over https.

Where a message goes is what a stranger told us: only https, only public addresses (public_network.py), no redirects, no
proxy, a deadline for the whole, and a few bytes of the answer.
"""

from __future__ import annotations

import logging
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpcore
from standardwebhooks import Webhook

from aisubs.adapters.notifier.webhook.public_network import NotPublic, PublicNetwork
from aisubs.model.public_address import is_loopback, is_public
from aisubs.ports import Delivery, Outcome, Receiver

log = logging.getLogger(__name__)

TOTAL_S = 15.0
MAX_ANSWER_BYTES = 16 << 10
MAX_RETRY_S = 24 * 3600.0
MAX_URL_CHARS = 2000
_SHOWN_CHARS = 200


class Webhooks:
    """Plug of `aisubs.ports.WebhookNotifier`. Threads may share it."""

    def __init__(self, *, loopback: bool = False, total_s: float = TOTAL_S) -> None:
        """`loopback`: this machine may be spoken to, and without TLS. `total_s`: what a request may take."""
        self._loopback = loopback
        self._total_s = total_s
        self._tls = ssl.create_default_context()

    def accepts(self, address: str) -> bool:
        try:
            url = urlsplit(address)
            host, port = url.hostname or "", url.port
            host.encode("idna")
        except (ValueError, UnicodeError):
            return False
        if not host or len(address) > MAX_URL_CHARS or not address.isascii() or not address.isprintable() or port == 0:
            return False
        if url.username is not None or url.password is not None or url.fragment or " " in address:
            return False
        is_own = host == "localhost" or host.endswith(".localhost") or _says(is_loopback, host)
        if is_own:
            return self._loopback and url.scheme in ("http", "https")
        return url.scheme == "https" and "." in host.strip(".") + ":" * host.count(":") and _says(is_public, host, True)

    def notify(self, to: Receiver, message: bytes, topic: str) -> Delivery:
        if not self.accepts(to.url):
            return Delivery(Outcome.REFUSED, answered="no address that may be sent to")
        network = PublicNetwork(self._total_s, loopback=self._loopback)
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self._tls, network_backend=network) as pool,
                pool.stream(
                    "POST", to.url, headers=list(_headers(to, message, topic).items()), content=message
                ) as answer,
            ):
                return _delivery(answer, _beginning(answer))
        except NotPublic as fault:
            return Delivery(Outcome.REFUSED, answered=str(fault))
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as fault:
            return Delivery(Outcome.AGAIN, answered=(str(fault) or type(fault).__name__)[:_SHOWN_CHARS])


def _headers(to: Receiver, message: bytes, topic: str) -> dict[str, str]:
    at = datetime.now(UTC)
    signed = [Webhook(secret).sign(topic, at, message.decode()) for secret in to.secrets]
    return {
        "Host": urlsplit(to.url).netloc,
        "Content-Type": "application/json",
        "Content-Length": str(len(message)),
        "User-Agent": "aisubs-webhooks",
        "webhook-id": topic,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def _beginning(answer: httpcore.Response) -> str:
    data = bytearray()
    for block in answer.iter_stream():
        data += block
        if len(data) >= MAX_ANSWER_BYTES:
            break
    text = bytes(data[:MAX_ANSWER_BYTES]).decode(errors="replace")
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_SHOWN_CHARS]


def _delivery(answer: httpcore.Response, said: str) -> Delivery:
    told = f"{answer.status} {said}".strip()
    if 200 <= answer.status < 300:
        return Delivery(Outcome.SENT, answered=told)
    if answer.status == 410:
        return Delivery(Outcome.GONE, answered=told)
    if 300 <= answer.status < 400:
        told = f"{answer.status}: redirects are not followed"
    asked = next((value for name, value in answer.headers if name.lower() == b"retry-after"), b"").decode("latin-1")
    return Delivery(Outcome.AGAIN, min(float(asked), MAX_RETRY_S) if asked.isdecimal() else None, told)


def _says(question: object, host: str, otherwise: bool = False) -> bool:
    """What the question says of a host that is an address in figures."""
    try:
        return bool(question(host))  # type: ignore[operator]
    except ValueError:
        return otherwise
