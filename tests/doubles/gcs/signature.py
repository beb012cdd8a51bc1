"""V4 signatures of URLs: https://docs.cloud.google.com/storage/docs/authentication/signatures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import parse_qsl, quote, urlsplit

from tests.doubles.google_identity import GoogleIdentity

LONGEST_S = 7 * 24 * 3600


def objection(method: str, target: str, headers: Mapping[str, str], identity: GoogleIdentity) -> tuple[int, str] | None:
    """Why this signed request is refused: (status, code), or None when it is fine. `target` is path and query."""
    url = urlsplit(target)
    pairs = parse_qsl(url.query, keep_blank_values=True)
    query = dict(pairs)
    try:
        signed_at = datetime.strptime(query["X-Goog-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        lifetime_s = int(query["X-Goog-Expires"])
        scope = query["X-Goog-Credential"].split("/", 1)[1]
        signature = bytes.fromhex(query["X-Goog-Signature"])
        signed_headers = query["X-Goog-SignedHeaders"].split(";")
    except (KeyError, ValueError, IndexError):
        return 400, "AuthenticationRequired"
    if query.get("X-Goog-Algorithm") != "GOOG4-RSA-SHA256" or not 0 < lifetime_s <= LONGEST_S:
        return 400, "InvalidArgument"
    if "host" not in signed_headers or any(headers.get(name) is None for name in signed_headers):
        return 403, "AccessDenied"
    kept = sorted((quote(k, safe="~"), quote(v, safe="~")) for k, v in pairs if k != "X-Goog-Signature")
    canonical = "\n".join(
        [
            method,
            url.path,
            "&".join(f"{name}={value}" for name, value in kept),
            *(f"{name}:{' '.join(str(headers[name]).split())}" for name in signed_headers),
            "",
            ";".join(signed_headers),
            "UNSIGNED-PAYLOAD",
        ]
    )
    digest = sha256(canonical.encode()).hexdigest()
    message = "\n".join([query["X-Goog-Algorithm"], query["X-Goog-Date"], scope, digest])
    if not identity.has_signed(message.encode(), signature):
        return 403, "SignatureDoesNotMatch"
    if datetime.now(UTC) >= signed_at + timedelta(seconds=lifetime_s):
        return 400, "ExpiredToken"
    return None
