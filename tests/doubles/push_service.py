"""A loopback push service with browsers behind it: it checks what is signed and decrypts what is sent.

By the standards and without the libraries that send: RFC 8030 (the request), RFC 8188 and 8291 (aes128gcm, for a
browser's key), RFC 8292 (VAPID, with PyJWT).
"""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.doubles.loopback import Loopback, Request

MAX_BODY_BYTES = 4096
MAX_TOPIC_CHARS = 32


class Refused(Exception):
    """What a real service would answer with a 4xx. `args`: status, reason."""


@dataclass
class Browser:
    """One push subscription. `status` is what the service answers to messages for it."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    attempts: int = 0

    def subscription(self) -> dict[str, Any]:
        """As `PushSubscription.toJSON()` has it."""
        keys = {"p256dh": encode(point(self.key)), "auth": encode(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}


class PushService(Loopback):
    """Runs while the context lasts. Only messages signed for `public_key` are taken."""

    def __init__(self, public_key: str = "") -> None:
        self.public_key = public_key
        self._browsers: dict[str, Browser] = {}
        self._mutex = Lock()
        service = self

        class Door(Request):
            def do_POST(self) -> None:
                body = self.body()
                try:
                    browser = service._take(self.url_path, self.headers, body)
                except Refused as refusal:
                    self.answer(refusal.args[0], str(refusal.args[1]).encode())
                    return
                self.answer(browser.status, **browser.headers)

        super().__init__(Door)

    def browser(self) -> Browser:
        """A new one, subscribed."""
        browser = Browser(f"{self.url}/push/{encode(os.urandom(12))}")
        self._browsers[browser.endpoint.removeprefix(self.url)] = browser
        return browser

    def _take(self, path: str, headers: Mapping[str, str], body: bytes) -> Browser:
        browser = self._browsers.get(path)
        if browser is None:
            raise Refused(404, "no such subscription")
        self._check_signature(headers.get("Authorization", ""))
        if not headers.get("TTL", "").isdecimal():
            raise Refused(400, "TTL is missing")
        if len(body) > MAX_BODY_BYTES:
            raise Refused(413, "too large")
        if headers.get("Content-Encoding") != "aes128gcm":
            raise Refused(415, "only aes128gcm")
        topic = headers.get("Topic", "")
        if len(topic) > MAX_TOPIC_CHARS:
            raise Refused(400, "topic is too long")
        with self._mutex:
            browser.attempts += 1
            if browser.status < 300:
                browser.messages.append(json.loads(decrypt(body, browser.key, browser.auth)))
                browser.topics.append(topic)
        return browser

    def _check_signature(self, header: str) -> None:
        scheme, _, rest = header.partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme != "vapid" or given.get("k") != self.public_key:
            raise Refused(403, "not the key that was subscribed with")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(given["k"]))
        try:
            claims = jwt.decode(given.get("t", ""), key, algorithms=["ES256"], audience=self.url)
        except jwt.PyJWTError as fault:
            raise Refused(403, str(fault)) from fault
        if not claims.get("sub", "").startswith(("mailto:", "https:")) or claims["exp"] > time.time() + 86_400:
            raise Refused(403, "sub or exp")


def decrypt(body: bytes, key: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """One record of aes128gcm (RFC 8188 §2) under the keys of RFC 8291 §3.4."""
    salt, id_bytes = body[:16], body[20]
    sender = body[21 : 21 + id_bytes]
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    secret = _derive(auth, shared, b"WebPush: info\0" + point(key) + sender, 32)
    cek = _derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(salt, secret, b"Content-Encoding: nonce\0", 12)
    padded = AESGCM(cek).decrypt(nonce, body[21 + id_bytes :], None)
    message, last, padding = padded.rpartition(b"\x02")
    assert last, "the last record ends with a 2"
    assert not padding.strip(b"\0"), "and then zeros"
    return message


def _derive(salt: bytes, secret: bytes, info: bytes, size_bytes: int) -> bytes:
    return HKDF(hashes.SHA256(), size_bytes, salt, info).derive(secret)


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Its public half, uncompressed."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_private_key() -> str:
    """As VAPID_PRIVATE_KEY wants it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return encode(number.to_bytes(32))
