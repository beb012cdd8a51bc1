"""Supabase Auth: the browser signs in there, by whatever its project offers, and hands over the access token.

It is checked by the project's public keys, which are there once a project signs with ES256 or RS256; the legacy secret
(HS256) would have to be known here, and whoever knows it can be anybody.
https://supabase.com/docs/guides/auth/jwts, https://supabase.com/docs/guides/auth/jwt-fields
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from aisubs.adapters.identity.signed_claims import (
    fetch_keys,
    groups_of,
    kept,
    shown,
    verified,
)
from aisubs.model.errors import error
from aisubs.ports import Person, SupabaseFacts

AUDIENCE = ROLE = "authenticated"
_NAMES = ("full_name", "name", "user_name", "preferred_username")


class SupabaseAuth:
    """The Identity port for one project."""

    def __init__(
        self,
        url: str,
        key: str,
        providers: tuple[str, ...],
        groups_claim: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._facts = SupabaseFacts(url.rstrip("/"), key, providers)
        self._issuer = f"{self._facts.url}/auth/v1"
        self._groups_claim = groups_claim
        self._http = httpx.Client()
        self._keys = kept(lambda: fetch_keys(self._http, f"{self._issuer}/.well-known/jwks.json"), clock)

    def facts(self) -> SupabaseFacts:
        """As aisubs.ports.Identity.facts."""
        return self._facts

    def person_of(self, proof: str) -> Person:
        """As aisubs.ports.Identity.person_of; `proof` is an access token."""
        claims = verified(proof, self._keys, issuer=self._issuer, audience=AUDIENCE)
        if claims.get("role") != ROLE:
            raise error("sign_in_refused", "the token is for another role than that of people")
        if claims.get("is_anonymous") is True:
            raise error("sign_in_refused", "the project let them in without asking who they are")
        # What people say of themselves is for reading; their groups are what the project says of them.
        by_themselves, by_project = (_part(claims, name) for name in ("user_metadata", "app_metadata"))
        name = next((found for key in _NAMES if (found := shown(by_themselves.get(key)))), None)
        groups = claims.get(self._groups_claim, by_project.get(self._groups_claim))
        return Person(self._issuer, claims["sub"], name, shown(claims.get("email")), groups_of(groups))


def _part(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = claims.get(name)
    return part if isinstance(part, dict) else {}
