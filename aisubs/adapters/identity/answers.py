"""What a provider of identity answers: JSON, of a size, within a time.

It was named by whoever runs this server, so it is trusted to say who somebody is, and not to keep us waiting.
"""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from aisubs.model.errors import error

TIMEOUT_S = 5.0
MAX_BYTES = 1 << 18
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def ask(client: httpx.Client, method: str, url: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """Status and JSON object ({} for anything else) of an answer that is no server error.

    Raises `identity_unavailable`. Redirects are not followed: whom we ask is for settings and discovery to say.
    """
    deadline_s, data = time.monotonic() + TIMEOUT_S, bytearray()
    try:
        with client.stream(method, url, timeout=TIMEOUT_S, follow_redirects=False, **more) as answer:
            for block in answer.iter_bytes():
                data += block
                if len(data) > MAX_BYTES or time.monotonic() > deadline_s:
                    raise error("identity_unavailable", f"{url} answers too much or too slowly")
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise error("identity_unavailable", f"{url}: {type(fault).__name__}") from fault
    if answer.status_code >= 500 or answer.status_code == 429:
        raise error("identity_unavailable", f"{url} answered {answer.status_code}")
    try:
        said = json.loads(data)
    except ValueError:
        said = {}
    return answer.status_code, said if isinstance(said, dict) else {}


def ask_for(client: httpx.Client, url: str) -> dict[str, Any]:
    """The JSON object at `url`. Raises `identity_unavailable`, also for any answer but 200."""
    status, said = ask(client, "GET", url, headers={"Accept": "application/json"})
    if status != 200 or not said:
        raise error("identity_unavailable", f"{url} answered {status} and no JSON object")
    return said


def is_safe(url: object) -> bool:
    """https, or this machine itself without TLS."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )
