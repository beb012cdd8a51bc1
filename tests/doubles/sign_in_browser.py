"""What a browser does for a sign-in: goes to the issuer with a challenge, a state and a nonce, and comes back with a
code."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import httpx

from aisubs.ports import AuthorizationCode
from tests.doubles.oidc_issuer import CLIENT, REDIRECT_URI, OidcIssuer

VERIFIER, NONCE, STATE = "v" * 43, "n" * 32, "s" * 32


def go(issuer: OidcIssuer, **changes: Any) -> dict[str, str]:
    """The query with which the issuer sends the browser back."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": REDIRECT_URI,
        "scope": "openid profile email",
        "state": STATE,
        "nonce": NONCE,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    } | changes
    answer = httpx.get(f"{issuer.url}authorize", params=asked)
    assert answer.status_code == 302, answer.text
    return dict(httpx.URL(answer.headers["location"]).params)


def come_back(issuer: OidcIssuer, **changes: str) -> AuthorizationCode:
    """`changes` replaces parts of what is handed in."""
    proof = {"code": go(issuer)["code"], "code_verifier": VERIFIER, "nonce": NONCE, "redirect_uri": REDIRECT_URI}
    return AuthorizationCode(**proof | changes)
