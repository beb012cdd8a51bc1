"""What API keys open: a route that stands below nothing here is closed to every key, and so is a new one."""

from __future__ import annotations

import re

from aisubs.pipeline.sign_in import ADMIN, READ, WRITE

_OF_AN_OWNER = (
    "/api/jobs",
    "/api/search",
    "/api/library",
    "/api/webhooks",
    "/api/voices",
    "/api/shared",
    "/api/deletions",
    "/api/account/usage",
    "/v1",
    "/v2",
    "/asr",
    "/detect-language",
)
_OF_ADMINISTRATORS = ("/api/admin", "/metrics")

_READS_BY_POST = re.compile(r"/api/jobs/(list|download|[^/]+/media)")
"""What takes its question in the body, and what makes an address to play from."""


def scope_of(method: str, path: str) -> str | None:
    """The scope that a key needs there; None: no key opens it. Sign-in, keys and the account itself are for people:
    whoever has one key must not make others of it."""
    if any(_is_below(path, area) for area in _OF_ADMINISTRATORS):
        return ADMIN
    if not any(_is_below(path, area) for area in _OF_AN_OWNER):
        return None
    return READ if method in ("GET", "HEAD") or _READS_BY_POST.fullmatch(path) else WRITE


def _is_below(path: str, area: str) -> bool:
    return path == area or path.startswith(f"{area}/")
