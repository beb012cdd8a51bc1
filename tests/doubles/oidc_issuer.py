"""An OpenID Connect issuer below a path, as one behind a proxy: discovery, authorization code flow with PKCE, JWKS and
UserInfo. It is as strict as the specifications have it: a code is good once, for its client, its redirect URI and the
verifier of its challenge.

Who comes to /authorize is `person`, who is asked nothing. `asked` counts the requests by the end of their path.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlencode

from tests.doubles.loopback import Loopback, Request
from tests.doubles.signing_keys import SigningKey, new_key

PATH = "/application/o/aisubs"
CLIENT = "aisubs"
REDIRECT_URI = "http://127.0.0.1:8000/sign-in/callback"


@dataclass
class _Grant:
    asked: dict[str, str]
    person: dict[str, Any]
    used: bool = False


@dataclass
class OidcIssuer:
    """`client_secret`: None is a public client. `changes` replaces claims of ID tokens, None takes one out; `token`
    stands in for a whole one. `besides`: claims that only UserInfo tells."""

    client_secret: str | None = None
    methods: tuple[str, ...] = ("client_secret_basic", "client_secret_post", "none")
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "u-1", "name": "Ada", "email": "ada@example.org"})
    besides: tuple[str, ...] = ()
    changes: dict[str, Any] = field(default_factory=dict)
    token: str | None = None
    document: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.keys: list[SigningKey] = [new_key("first")]
        self._grants: dict[str, _Grant] = {}
        self._access: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        self.server = Loopback(type("Handler", (_Handler,), {"issuer": self}))
        self.server.__enter__()
        self.url = f"{self.server.url}{PATH}/"
        return self

    def __exit__(self, *problem: object) -> None:
        self.server.__exit__(*problem)

    def discovery(self) -> dict[str, Any]:
        base = f"{self.server.url}{PATH}"
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "userinfo_endpoint": f"{base}/userinfo",
            "end_session_endpoint": f"{base}/end-session",
            "jwks_uri": f"{base}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256", "RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": list(self.methods),
        } | self.document

    def claims(self, nonce: str, **more: Any) -> dict[str, Any]:
        """Of an ID token for our client, for ten minutes."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": nonce} | self.person
        claims = {name: value for name, value in claims.items() if name not in self.besides} | self.changes | more
        return {name: value for name, value in claims.items() if value is not None}

    def authorize(self, asked: dict[str, str]) -> tuple[int, dict[str, str]]:
        """Status, and what goes to the redirect URI."""
        if asked.get("client_id") != CLIENT or asked.get("redirect_uri") != REDIRECT_URI:
            return 400, {}
        state = {"state": asked.get("state", ""), "iss": self.url}
        if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
            return 302, {"error": "invalid_request", **state}
        if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
            return 302, {"error": "invalid_request", **state}
        code = secrets.token_urlsafe(24)
        self._grants[code] = _Grant(asked, dict(self.person))
        return 302, {"code": code, **state}

    def exchange(self, form: dict[str, str], basic: str | None) -> tuple[int, dict[str, Any]]:
        if not self._is_client(form, basic):
            return 401, {"error": "invalid_client"}
        grant = self._grants.get(form.get("code", ""))
        if form.get("grant_type") != "authorization_code" or grant is None or grant.used:
            return 400, {"error": "invalid_grant"}
        grant.used = True
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if challenge.rstrip(b"=").decode() != grant.asked["code_challenge"]:
            return 400, {"error": "invalid_grant", "error_description": "PKCE verification failed"}
        if form.get("redirect_uri") != grant.asked["redirect_uri"]:
            return 400, {"error": "invalid_grant", "error_description": "redirect_uri"}
        access_token = secrets.token_urlsafe(24)
        self._access[access_token] = grant.person
        id_token = self.token or self.keys[-1].sign(self.claims(grant.asked["nonce"]))
        return 200, {"access_token": access_token, "token_type": "Bearer", "expires_in": 600, "id_token": id_token}

    def told(self, authorization: str) -> dict[str, Any] | None:
        return self._access.get(authorization.removeprefix("Bearer "))

    def _is_client(self, form: dict[str, str], basic: str | None) -> bool:
        if self.client_secret is None:
            return basic is None and form.get("client_id") == CLIENT and "client_secret" not in form
        if basic is not None and "client_secret_basic" in self.methods:
            named = [unquote(part) for part in base64.b64decode(basic).decode().split(":")]
            return named == [CLIENT, self.client_secret]
        given = (form.get("client_id"), form.get("client_secret"))
        return "client_secret_post" in self.methods and given == (CLIENT, self.client_secret)


class _Handler(Request):
    issuer: OidcIssuer

    def do_GET(self) -> None:
        what = self.url_path.removeprefix(f"{PATH}/")
        self.issuer.asked[what] += 1
        if what == ".well-known/openid-configuration":
            self.answer(200, self.issuer.discovery())
        elif what == "jwks":
            self.answer(200, {"keys": [key.jwk() for key in self.issuer.keys]})
        elif what == "authorize":
            status, back = self.issuer.authorize(self.query)
            self.answer(status, **({"Location": f"{REDIRECT_URI}?{urlencode(back)}"} if back else {}))
        elif what == "userinfo":
            told = self.issuer.told(self.headers.get("authorization", ""))
            self.answer(200 if told else 401, told or {"error": "invalid_token"})
        else:
            self.answer(404)

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.body().decode()))
        self.issuer.asked[self.url_path.removeprefix(f"{PATH}/")] += 1
        scheme, _, basic = self.headers.get("authorization", "").partition(" ")
        if self.url_path != f"{PATH}/token":
            return self.answer(404)
        return self.answer(*self.issuer.exchange(form, basic if scheme == "Basic" else None))
