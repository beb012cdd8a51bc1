"""A loopback Google for identities: service accounts with keys, access and identity tokens, certificates, signBlob.

Reference: https://developers.google.com/identity/protocols/oauth2/service-account (JWT bearer grant),
https://docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob.
One RSA key serves every account and the issuer.
"""

from __future__ import annotations

import base64
import datetime
import json
import time
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any
from urllib.parse import parse_qs, unquote
from uuid import uuid4

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from google.auth import crypt, jwt

from tests.doubles.loopback import Loopback, Request

PROJECT = "aisubs-test"
KEY_ID = "key-1"
TOKEN_AUDIENCE = "https://oauth2.googleapis.com/token"
"""What google-auth writes into its assertions, wherever the token endpoint is."""


class GoogleIdentity(Loopback):
    """`url` serves POST /token, GET /certs and POST …/serviceAccounts/EMAIL:signBlob while the context lasts.

    `signed` collects the accounts that signBlob has signed for.
    """

    def __init__(self) -> None:
        self._key = _key()
        self._tokens: dict[str, str] = {}
        self.signed: list[str] = []
        identity = self

        class Handler(_Handler):
            google = identity

        super().__init__(Handler)
        self.certs_url = f"{self.url}/certs"

    @cached_property
    def certificate_pem(self) -> str:
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
        now = datetime.datetime.now(datetime.UTC)
        day = datetime.timedelta(days=1)
        built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self._key.public_key())
        dated = built.serial_number(1).not_valid_before(now - day).not_valid_after(now + day)
        return dated.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    def key_file(self, account: str) -> dict[str, str]:
        """What GOOGLE_APPLICATION_CREDENTIALS points to."""
        return {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": KEY_ID,
            "private_key": self._key_pem.decode(),
            "client_email": account,
            "client_id": "1",
            "token_uri": f"{self.url}/token",
        }

    def identity_token(self, account: str, audience: str, **changes: Any) -> str:
        """As Google issues it for a service account. `changes` replaces claims."""
        now = int(time.time())
        claims = {
            "iss": "https://accounts.google.com",
            "aud": audience,
            "azp": "1",
            "sub": "1",
            "email": account,
            "email_verified": True,
            "iat": now,
            "exp": now + 3600,
        }
        return jwt.encode(crypt.RSASigner.from_string(self._key_pem, KEY_ID), claims | changes).decode()

    def access_token(self, assertion: str) -> str:
        """Raises ValueError for an assertion that none of our keys has signed."""
        claims = jwt.decode(assertion, certs={KEY_ID: self.certificate_pem}, audience=TOKEN_AUDIENCE)
        token = f"ya29.{uuid4().hex}"
        self._tokens[token] = str(claims["iss"])
        return token

    def account_of(self, authorization: str | None) -> str | None:
        """Whose access token this header shows."""
        return self._tokens.get((authorization or "").removeprefix("Bearer "))

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            self._key.public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _key_pem(self) -> bytes:
        form = serialization.PrivateFormat.TraditionalOpenSSL
        return self._key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@cache
def _key() -> rsa.RSAPrivateKey:
    """Made once for a run of the tests: it takes a good part of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class _Handler(Request):
    google: GoogleIdentity

    def do_GET(self) -> None:
        if self.url_path == "/certs":
            self.answer(200, {KEY_ID: self.google.certificate_pem}, Cache_Control="public, max-age=20000")
        else:
            self.answer(404)

    def do_POST(self) -> None:
        body = self.body()
        if self.url_path == "/token":
            self._token(parse_qs(body.decode()))
        elif self.url_path.endswith(":signBlob"):
            self._sign_blob(json.loads(body))
        else:
            self.answer(404)

    def _token(self, form: Mapping[str, list[str]]) -> None:
        try:
            token = self.google.access_token(form["assertion"][0])
        except ValueError as problem:
            self.answer(400, {"error": "invalid_grant", "error_description": str(problem)})
        else:
            self.answer(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _sign_blob(self, asked: dict[str, str]) -> None:
        if self.google.account_of(self.headers.get("authorization")) is None:
            return self.answer(401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}})
        self.google.signed.append(unquote(self.url_path.rpartition("/")[2]).removesuffix(":signBlob"))
        signature = base64.b64encode(self.google.sign(base64.b64decode(asked["payload"]))).decode()
        return self.answer(200, {"keyId": KEY_ID, "signedBlob": signature})
