"""The port to those who are told what becomes of a job: browsers whose page is closed, and people's own programs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True)
class Device:
    """A browser's push subscription (W3C Push API)."""

    endpoint: str
    """URL of the push service that takes messages for it; knowing it is enough to send there."""
    p256dh: str
    """Public key of the browser, an uncompressed P-256 point, base64url."""
    auth: str
    """Secret shared with the browser, 16 bytes, base64url."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A program that takes webhooks (Standard Webhooks)."""

    url: str
    secrets: tuple[str, ...]
    """`whsec_` and base64; the newest first. Every one signs."""


class Outcome(StrEnum):
    """What was made of a message."""

    SENT = "sent"
    GONE = "gone"  # there is nobody any more
    REFUSED = "refused"  # and would be, however often it is tried
    AGAIN = "again"  # down or busy


@dataclass(frozen=True, slots=True)
class Delivery:
    """`retry_in_s` is what was asked for, with AGAIN; `answered` what was answered, or why nothing was, for people."""

    outcome: Outcome
    retry_in_s: float | None = None
    answered: str = ""


To = TypeVar("To", contravariant=True)


class Notifier(Protocol[To]):
    """Posts messages. Where they go is what a stranger told us."""

    def accepts(self, address: str) -> bool:
        """Whether anything may ever be sent to this address."""
        ...

    def notify(self, to: To, message: bytes, topic: str) -> Delivery:
        """Post `message`, for the first time or again: `topic` (at most 36 letters, digits, `-`, `_`) says which it is.
        Raises nothing: what goes wrong is an outcome."""
        ...


class PushNotifier(Notifier[Device], Protocol):
    """By Web Push (RFC 8030), encrypted for the device (RFC 8291); at most 3 kB. Of several messages that wait for a
    device under one topic it gets the newest."""

    public_key: str
    """What browsers subscribe with (VAPID, RFC 8292), base64url."""


WebhookNotifier = Notifier[Receiver]
"""By Standard Webhooks: signed, over https, to public addresses."""
