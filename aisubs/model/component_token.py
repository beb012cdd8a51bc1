"""Tokens that speak to Supabase as one of our own database roles (aisubs/sql/code/16_components.sql).

They are JWTs (RFC 7519) signed with a key that the project trusts: its legacy secret (HS256), or a private key that was
imported as a JWK (ES256), see https://supabase.com/docs/guides/auth/signing-keys. PostgREST takes on the `role` of the
token and refuses it after `exp`: https://docs.postgrest.org/en/stable/references/auth.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Annotated, Any

from pydantic import AfterValidator, SecretStr

COMPONENTS = ("ingest", "dispatch", "maintenance", "api", "worker")
P256_BYTES = 32


def make_token(signing_key: str, component: str, lasts_s: float, credential: str | None = None) -> str:
    """A token of `component`'s role for `lasts_s` seconds from now.

    `credential` (a worker's, a UUID) names one execution: with the token, it touches only jobs that it has claimed.
    Raises ValueError, which says nothing of the key, for one that cannot sign.
    """
    now = int(time.time())
    claims = {"iss": "aisubs", "role": f"aisubs_{component}", "iat": now, "exp": now + int(lasts_s)}
    if credential is not None:
        claims["credential"] = credential
    jwk = _jwk_of(signing_key)
    kind = "ES256" if jwk.get("kty") == "EC" else "HS256"
    head = {"alg": kind, "typ": "JWT", **({"kid": jwk["kid"]} if "kid" in jwk else {})}
    signed = f"{_encoded(json.dumps(head).encode())}.{_encoded(json.dumps(claims).encode())}"
    signature = _by_curve(jwk, signed) if kind == "ES256" else _by_secret(jwk, signed)
    return f"{signed}.{_encoded(signature)}"


def _checked(key: SecretStr) -> SecretStr:
    make_token(key.get_secret_value(), "worker", 0)
    return key


SigningKey = Annotated[SecretStr, AfterValidator(_checked)]
"""A key that can sign: for settings."""


def claims_of(key: str) -> dict[str, Any]:
    """What a token says, unchecked; empty for a key that is no JWT."""
    body = key.split(".")[1] if key.count(".") == 2 else ""
    try:
        claims = json.loads(_decoded(body))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def component_of(key: str) -> str | None:
    """Which component's role this key speaks for; None for Supabase's own keys."""
    role = str(claims_of(key).get("role", ""))
    name = role.removeprefix("aisubs_")
    return name if role != name and name in COMPONENTS else None


def _jwk_of(signing_key: str) -> dict[str, Any]:
    """The JWK; the plain text of a legacy secret is one of kind `oct`."""
    text = signing_key.strip()
    if not text:
        raise ValueError("the signing key is empty")
    if not text.startswith("{"):
        return {"kty": "oct", "k": _encoded(text.encode())}
    try:
        jwk = json.loads(text)
    except ValueError:
        raise ValueError("the signing key is no JSON") from None
    if jwk.get("kty") == "oct" and jwk.get("k"):
        return dict(jwk)
    if jwk.get("kty") == "EC" and jwk.get("crv") == "P-256" and jwk.get("d"):
        return dict(jwk)
    raise ValueError("the signing key is neither a private P-256 key with its d nor a shared secret with its k")


def _by_secret(jwk: dict[str, Any], signed: str) -> bytes:
    return hmac.new(_decoded(jwk["k"]), signed.encode(), hashlib.sha256).digest()


def _by_curve(jwk: dict[str, Any], signed: str) -> bytes:
    """ES256: r and s side by side (RFC 7518, 3.4)."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    private = ec.derive_private_key(int.from_bytes(_decoded(jwk["d"]), "big"), ec.SECP256R1())
    r, s = decode_dss_signature(private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(P256_BYTES, "big") + s.to_bytes(P256_BYTES, "big")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
