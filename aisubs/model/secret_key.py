"""Telling the keys of Supabase apart: those for browsers, and those that open everything."""

from __future__ import annotations

import base64
import json


def is_secret_key(key: str) -> bool:
    """A secret key of Supabase, or one of its legacy keys (JWTs) for another role than the browsers'."""
    if key.startswith("sb_secret_"):
        return True
    _, _, rest = key.partition(".")
    body = rest.partition(".")[0]
    try:
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except ValueError:
        return False  # not a JWT
    return isinstance(claims, dict) and claims.get("role") != "anon"
