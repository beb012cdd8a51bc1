"""Identity tokens between services: who of Google's service accounts calls this function.

Cloud Run's IAM is the first wall; this is the second, for the day somebody opens the first. A token counts when Google
issued it, it is made out to this service and belongs to a listed service account.
A service that admits no anonymous caller gets tokens whose signature Cloud Run has checked and removed
(https://docs.cloud.google.com/run/docs/troubleshooting#signature-removed); the others are checked here.
What it does not do: know people. They are in oidc.py and supabase.py.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from google.auth import exceptions as auth_errors
from google.auth import jwt
from google.auth.transport import requests

from aisubs.adapters.identity.published import Published
from aisubs.model.errors import error

log = logging.getLogger(__name__)

ISSUERS = ("accounts.google.com", "https://accounts.google.com")
REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"
CLOCK_SKEW_S = 10
CERTS_TTL_S = 3600.0
CALL_TIMEOUT_S = 10.0
_KEPT_S = 60.0
"""A token with an unknown key does not fetch the keys more often than this, whoever sends such tokens."""

Certs = Mapping[str, str]


class GoogleCallers:
    """The callers of one service. Threads may share it; the public keys are fetched when first needed."""

    def __init__(
        self, *, callers: frozenset[str], audiences: frozenset[str], certs_url: str, signature_removed: bool = False
    ) -> None:
        self._callers = callers
        self._audiences = frozenset(map(_origin, audiences))
        self._signature_removed = signature_removed
        self._keys = Published(lambda: fetch_certs(certs_url), ttl_s=CERTS_TTL_S, apart_s=_KEPT_S)

    def admits(self, authorization: str | None) -> bool:
        """Whether this `Authorization` header proves one of the callers. Raises `internal` when Google's keys cannot
        be had: the caller may try again."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not self._callers or not self._audiences:
            log.warning("caller.refused", extra={"reason": "no identity token" if self._callers else "no callers set"})
            return False
        try:
            claims = self._claims(token.strip())
        except (ValueError, auth_errors.GoogleAuthError) as fault:
            # The fault may hold the token.
            log.warning("caller.refused", extra={"reason": f"not a valid token ({type(fault).__name__})"})
            return False
        reason = self._objection(claims)
        if reason:
            log.warning("caller.refused", extra={"reason": reason, "caller": str(claims.get("email"))})
        return reason is None

    def _claims(self, token: str) -> Mapping[str, Any]:
        """Raises ValueError or GoogleAuthError for a token that is malformed, forged or out of its time."""
        signed, _, signature = token.rpartition(".")
        if self._signature_removed and signature == REMOVED:
            claims: Mapping[str, Any] = jwt.decode(f"{signed}.", verify=False)  # type: ignore[no-untyped-call]
            since_s, until_s = (float(str(claims.get(name))) for name in ("iat", "exp"))
            if not since_s - CLOCK_SKEW_S <= time.time() <= until_s + CLOCK_SKEW_S:
                raise ValueError("out of its time")
            return claims
        certs = self._keys.holding(jwt.decode_header(token).get("kid"))  # type: ignore[no-untyped-call]
        return dict(jwt.decode(token, certs, clock_skew_in_seconds=CLOCK_SKEW_S))  # type: ignore[no-untyped-call]

    def _objection(self, claims: Mapping[str, Any]) -> str | None:
        if claims.get("iss") not in ISSUERS:
            return "another issuer"
        # Cloud Tasks, Scheduler and Pub/Sub write the whole URL unless they are told better: the service is its origin.
        if _origin(str(claims.get("aud"))) not in self._audiences:
            return "made out to another service"
        if claims.get("email_verified") is not True or claims.get("email") not in self._callers:
            return "another caller"
        return None


def fetch_certs(url: str) -> Certs:
    """X.509 certificates by key id. Raises `internal`."""
    try:
        answer = requests.Request()(url, method="GET", timeout=CALL_TIMEOUT_S)
        if answer.status != 200:
            raise error("internal", f"{url} answered {answer.status}")
        return dict(json.loads(answer.data))
    except (auth_errors.TransportError, ValueError) as fault:
        raise error("internal", f"the keys at {url}: {fault}") from fault


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
