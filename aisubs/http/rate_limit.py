"""How much is left, in headers."""

from __future__ import annotations


def rate_limit(name: str, limit: object, remaining: int, reset_s: int) -> dict[str, str]:
    """The headers (draft-ietf-httpapi-ratelimit-headers-07)."""
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(max(0, remaining)),
        "RateLimit-Reset": str(reset_s),
        "RateLimit-Policy": f'{limit};comment="{name}"',
    }
