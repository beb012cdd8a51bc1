"""Servers that speak as OpenAI's API does: which addresses can be meant, and what they say of refusing and waiting."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

MAX_RETRY_S = 3600.0
SHOWN_CHARS = 200

PASSING = (408, 409, 425)
"""Statuses below 500 that say nothing against what was asked."""


def check_address(url: str, key: str | None, settings: str) -> str:
    """The host of it. `settings` is what the names of the settings begin with, for the sentence of a ValueError."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"{settings}_URL must be the address of an endpoint, such as https://llm.example.org/v1")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"a key belongs into {settings}_KEY, and not into {settings}_URL")
    if key and parts.scheme == "http" and not is_here(host):
        raise ValueError(f"{settings}_KEY would travel without TLS: {settings}_URL must begin with https://")
    return host


def is_here(host: str) -> bool:
    """Our own machine is never behind a proxy, whatever the environment says."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds, or a time of day. None where nothing can be made of it."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), MAX_RETRY_S)
    try:
        at, now = parsedate_to_datetime(said), parsedate_to_datetime(headers.get("date", ""))
        return min(max(0.0, (at - now).total_seconds()), MAX_RETRY_S)
    except (ValueError, TypeError):
        return None


def shown(status: int, body: object) -> str:
    """What it says against a request, in one short line without a full stop."""
    said = body.get("message") if isinstance(body, dict) else None
    text = said if isinstance(said, str) and said.strip() else f"it answered {status}"
    return "".join(sign if sign.isprintable() else " " for sign in text)[:SHOWN_CHARS].strip().rstrip(".")
