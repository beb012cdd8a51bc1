"""Key pairs of an issuer, as JWKs, and what they sign: well-formed tokens, and such as no issuer makes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm


@dataclass(frozen=True)
class SigningKey:
    """`private` is of `algorithm` ES256 or RS256."""

    key_id: str
    algorithm: str
    private: Any

    def sign(self, claims: dict[str, Any], **head: Any) -> str:
        return jwt.encode(claims, self.private, algorithm=self.algorithm, headers={"kid": self.key_id, **head})

    def jwk(self) -> dict[str, Any]:
        """The public half."""
        maker = ECAlgorithm if self.algorithm == "ES256" else RSAAlgorithm
        made: dict[str, Any] = maker.to_jwk(self.private.public_key(), as_dict=True)
        return made | {"kid": self.key_id, "alg": self.algorithm, "use": "sig"}

    def public_pem(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return bytes(self.private.public_key().public_bytes(serialization.Encoding.PEM, form))


def new_key(key_id: str, algorithm: str = "ES256") -> SigningKey:
    private = ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else _rsa()
    return SigningKey(key_id, algorithm, private)


@cache
def _rsa() -> rsa.RSAPrivateKey:
    """Made once for a run of the tests: it takes a good part of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def by_hand(head: dict[str, Any], claims: dict[str, Any], secret: bytes | None) -> str:
    """A token signed by HMAC with `secret`, or not at all: libraries refuse to make these."""
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in (head, claims))
    signature = b"" if secret is None else hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_encoded(signature)}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
