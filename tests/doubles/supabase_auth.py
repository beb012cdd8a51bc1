"""The public half of Supabase Auth: a project's JWK set, and access tokens with the claims that GoTrue writes.
https://supabase.com/docs/guides/auth/jwt-fields"""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, Self
from uuid import uuid4

from tests.doubles.loopback import Loopback, Request
from tests.doubles.signing_keys import SigningKey, new_key

JWKS = "/auth/v1/.well-known/jwks.json"


class SupabaseAuth:
    """`keys`: what the JWK set shows, the last one signs. `asked` counts the requests by path."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.keys: list[SigningKey] = [new_key("first")]

    def __enter__(self) -> Self:
        self.server = Loopback(type("Handler", (_Handler,), {"auth": self}))
        self.server.__enter__()
        self.url = self.server.url
        return self

    def __exit__(self, *problem: object) -> None:
        self.server.__exit__(*problem)

    def claims(self, sub: str = "9b1f6b0e-2f6e-4d4e-8d0e-3f4a1a0f7c11", **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": f"{self.url}/auth/v1",
            "sub": sub,
            "aud": "authenticated",
            "exp": now + 3600,
            "iat": now,
            "email": "ada@example.org",
            "phone": "",
            "app_metadata": {"provider": "email", "providers": ["email"]},
            "user_metadata": {"email": "ada@example.org", "email_verified": True, "full_name": "Ada"},
            "role": "authenticated",
            "aal": "aal1",
            "amr": [{"method": "password", "timestamp": now}],
            "session_id": str(uuid4()),
            "is_anonymous": False,
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def access_token(self, **changes: Any) -> str:
        return self.keys[-1].sign(self.claims(**changes))


class _Handler(Request):
    auth: SupabaseAuth

    def do_GET(self) -> None:
        self.auth.asked[self.url_path] += 1
        if self.url_path == JWKS:
            self.answer(200, {"keys": [key.jwk() for key in self.auth.keys]}, Cache_Control="public, max-age=600")
        else:
            self.answer(404)
