"""Any issuer of OpenID Connect, known by its address alone: everything else is in its discovery document.

The browser goes there and comes back with a code (authorization code flow with PKCE); the exchange for an ID token, and
its check, are ours, so that a client secret stays here and the page needs no other address.
https://openid.net/specs/openid-connect-core-1_0.html, https://openid.net/specs/openid-connect-discovery-1_0.html
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import quote

import httpx

from aisubs.adapters.identity.answers import ask, ask_for, is_safe
from aisubs.adapters.identity.signed_claims import (
    FAILED_APART_S,
    fetch_keys,
    groups_of,
    kept,
    shown,
    verified,
)
from aisubs.model.errors import AisubsError, error
from aisubs.ports import AuthorizationCode, OidcFacts, Person

MAX_EXCHANGES = 8
"""Under way at once: strangers may send invented codes, and each makes us ask the issuer."""


@dataclass(frozen=True, slots=True)
class OidcClient:
    """What the issuer knows us by. Without a secret PKCE alone ties a code to its browser."""

    issuer: str
    client_id: str
    client_secret: str | None
    name: str
    scope: str
    groups_claim: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """Of the discovery document, what is asked for."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    by_basic: bool
    """Whether the client secret goes into a header, which is what holds where nothing is said."""


class OidcIssuer:
    """The Identity port for one issuer."""

    def __init__(self, client: OidcClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._http = httpx.Client()
        self._exchanges = BoundedSemaphore(MAX_EXCHANGES)
        self._documents = kept(lambda: {"": self._discover()}, clock)
        self._keys = kept(lambda: fetch_keys(self._http, self._documents.holding("")[""].jwks_uri), clock)

    def facts(self) -> OidcFacts:
        """As aisubs.ports.Identity.facts."""
        try:
            found = self._documents.holding("", wait=False).get("")
        except AisubsError:
            found = None
        client = self._client
        return OidcFacts(
            client.name,
            found.authorization_endpoint if found else None,
            client.client_id,
            client.scope,
            found.end_session_endpoint if found else None,
        )

    def person_of(self, proof: AuthorizationCode) -> Person:
        """As aisubs.ports.Identity.person_of."""
        if not self._exchanges.acquire(blocking=False):
            raise error("identity_unavailable", "too many codes are being exchanged", retry_after_s=FAILED_APART_S)
        try:
            found = self._documents.holding("")[""]
            tokens = self._exchange(proof, found)
            claims = self._claims(tokens, proof.nonce, found)
            return self._person(claims | self._told_besides(claims, tokens, found))
        finally:
            self._exchanges.release()

    def _discover(self) -> Discovery:
        url = f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration"
        said = ask_for(self._http, url)
        # A slash at its end is the only thing about an issuer that people cannot be expected to know.
        if str(said.get("issuer")).rstrip("/") != self._client.issuer.rstrip("/"):
            raise error("identity_unavailable", f"{url} is the document of another issuer")
        for needed in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not is_safe(said.get(needed)):
                raise error("identity_unavailable", f"{url} names no {needed} that is https")
        methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return Discovery(
            said["issuer"],
            said["authorization_endpoint"],
            said["token_endpoint"],
            said["jwks_uri"],
            said["userinfo_endpoint"] if is_safe(said.get("userinfo_endpoint")) else None,
            said["end_session_endpoint"] if is_safe(said.get("end_session_endpoint")) else None,
            by_basic="client_secret_basic" in methods,
        )

    def _exchange(self, proof: AuthorizationCode, found: Discovery) -> dict[str, Any]:
        """RFC 6749, 4.1.3, with the verifier of RFC 7636."""
        form = {
            "grant_type": "authorization_code",
            "code": proof.code,
            "code_verifier": proof.code_verifier,
            "redirect_uri": proof.redirect_uri,
            "client_id": self._client.client_id,
        }
        more: dict[str, Any] = {"data": form, "headers": {"Accept": "application/json"}}
        secret = self._client.client_secret
        if secret is not None and found.by_basic:
            more["auth"] = (quote(self._client.client_id, safe=""), quote(secret, safe=""))
        elif secret is not None:
            form["client_secret"] = secret
        status, said = ask(self._http, "POST", found.token_endpoint, **more)
        if status != 200 or not isinstance(said.get("id_token"), str):
            raise error("sign_in_refused", f"the issuer gave no ID token: {status} {shown(said.get('error'))}")
        return said

    def _claims(self, tokens: Mapping[str, Any], nonce: str, found: Discovery) -> dict[str, Any]:
        ours = self._client.client_id
        claims = verified(tokens["id_token"], self._keys, issuer=found.issuer, audience=ours)
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise error("sign_in_refused", "the ID token is of another sign-in")
        # For several audiences it says for whom it was made (OpenID Connect Core, 3.1.3.7).
        has_several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if has_several else ours) != ours:
            raise error("sign_in_refused", "the ID token was made for another client")
        return claims

    def _told_besides(self, claims: Mapping[str, Any], tokens: Mapping[str, Any], found: Discovery) -> dict[str, Any]:
        """What the ID token leaves to the UserInfo endpoint, as many issuers do with all but `sub`."""
        missing = {"name", "email", self._client.groups_claim} - set(claims)
        if not missing or found.userinfo_endpoint is None or not isinstance(tokens.get("access_token"), str):
            return {}
        headers = {"Authorization": f"Bearer {tokens['access_token']}", "Accept": "application/json"}
        status, said = ask(self._http, "GET", found.userinfo_endpoint, headers=headers)
        if status != 200 or said.get("sub") != claims["sub"]:
            raise error("identity_unavailable", f"the UserInfo endpoint answered {status}, or of somebody else")
        return {name: said[name] for name in missing | {"preferred_username"} if name in said}

    def _person(self, claims: Mapping[str, Any]) -> Person:
        return Person(
            str(claims["iss"]),
            claims["sub"],
            shown(claims.get("name")) or shown(claims.get("preferred_username")),
            shown(claims.get("email")),
            groups_of(claims.get(self._client.groups_claim)),
        )
