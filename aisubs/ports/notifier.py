"""The port to people's devices: messages that reach a browser whose page is closed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Device:
    """A browser's push subscription (W3C Push API)."""

    endpoint: str
    """URL of the push service that takes messages for it; knowing it is enough to send there."""
    p256dh: str
    """Public key of the browser, an uncompressed P-256 point, base64url."""
    auth: str
    """Secret shared with the browser, 16 bytes, base64url."""


class Outcome(StrEnum):
    """What a push service made of a message."""

    SENT = "sent"
    GONE = "gone"  # there is no such device any more
    REFUSED = "refused"  # and would be, however often it is tried
    AGAIN = "again"  # the service is down or busy


@dataclass(frozen=True, slots=True)
class Delivery:
    """`retry_in_s` is what the service asked for, with AGAIN."""

    outcome: Outcome
    retry_in_s: float | None = None


class Notifier(Protocol):
    """Posts messages to devices by Web Push (RFC 8030), encrypted for them (RFC 8291)."""

    public_key: str
    """What browsers subscribe with (VAPID, RFC 8292), base64url."""

    def accepts(self, endpoint: str) -> bool:
        """Whether this is an address of a push service that we know, and not of something inside our own network."""
        ...

    def notify(self, device: Device, message: bytes, topic: str) -> Delivery:
        """Post `message` (at most 3 kB). Of several that wait for a device under one `topic` (at most 32 letters,
        digits, `-`, `_`) it gets the newest. Raises nothing: what goes wrong is an outcome."""
        ...
