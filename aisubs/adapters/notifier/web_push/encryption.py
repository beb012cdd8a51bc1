"""What only one browser can read: Message Encryption for Web Push (RFC 8291) in one record of aes128gcm (RFC 8188)."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
SALT_BYTES = 16
SECRET_BYTES = 16

_RECORD_BYTES = 4096
_LAST_RECORD = b"\x02"


def encrypt(
    message: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of the request, header included. `sender` and `salt` are used once; without them they are made.

    `p256dh` is the browser's key, an uncompressed point; `auth` its secret. Raises ValueError for one that is none.
    """
    if len(auth) != SECRET_BYTES:
        raise ValueError(f"auth has {len(auth)} bytes instead of {SECRET_BYTES}")
    browser = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh)
    sender = sender or ec.generate_private_key(CURVE)
    salt = salt or os.urandom(SALT_BYTES)
    own = point(sender)
    secret = _derive(auth, sender.exchange(ec.ECDH(), browser), b"WebPush: info\0" + p256dh + own, 32)
    key = _derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(salt, secret, b"Content-Encoding: nonce\0", 12)
    header = salt + _RECORD_BYTES.to_bytes(4) + len(own).to_bytes(1) + own
    return header + AESGCM(key).encrypt(nonce, message + _LAST_RECORD, None)


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half of a key, as an uncompressed point."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(salt: bytes, secret: bytes, info: bytes, size_bytes: int) -> bytes:
    return HKDF(SHA256(), size_bytes, salt, info).derive(secret)
