"""JSON Web Tokens about people, checked: signature, issuer, audience and time.

Two algorithms with public keys and no others, so that neither a key that everybody can read nor none at all signs a
token: RFC 8725, https://datatracker.ietf.org/doc/html/rfc8725#section-3.1
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx
import jwt

from aisubs.adapters.identity.answers import ask_for
from aisubs.adapters.identity.published import Published
from aisubs.model.errors import error

ValueT = TypeVar("ValueT")

ALGORITHMS = ("ES256", "RS256")
LEEWAY_S = 30.0
KEYS_TTL_S = 600.0
REFETCH_S = 30.0
"""An unknown key makes us ask no more often than this."""
FAILED_APART_S = 5.0

MAX_SUB_CHARS = 255
_MAX_SHOWN_CHARS = 200


def kept(fetch: Callable[[], Mapping[str, ValueT]], clock: Callable[[], float]) -> Published[ValueT]:
    """What an issuer publishes, asked for as seldom as the times above say."""
    return Published(fetch, ttl_s=KEYS_TTL_S, apart_s=REFETCH_S, failed_apart_s=FAILED_APART_S, clock=clock)


def fetch_keys(client: httpx.Client, url: str) -> dict[str, jwt.PyJWK]:
    """The signing keys of a JWK set (RFC 7517) by id; others are left out. Raises `identity_unavailable`."""
    keys = ask_for(client, url).get("keys")
    found: dict[str, jwt.PyJWK] = {}
    for given in keys if isinstance(keys, list) else []:
        if not isinstance(given, dict) or given.get("kty") not in ("EC", "RSA") or given.get("use", "sig") != "sig":
            continue
        try:
            key = jwt.PyJWK(given)
        except jwt.PyJWTError:
            continue  # of a kind that is not for us
        if key.algorithm_name in ALGORITHMS:
            found[str(given.get("kid", ""))] = key
    return found


def verified(token: str, keys: Published[jwt.PyJWK], *, issuer: str, audience: str) -> dict[str, Any]:
    """The claims of a token. Raises `sign_in_refused`, whose reason holds nothing of the token; `identity_unavailable`
    when the keys cannot be had."""
    try:
        head = jwt.get_unverified_header(token)
        if head.get("alg") not in ALGORITHMS:
            raise error("sign_in_refused", "the token is signed by an algorithm that is not taken")
        key = _key_of(head.get("kid"), keys)
        claims: dict[str, Any] = dict(
            jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                issuer=issuer,
                audience=audience,
                leeway=LEEWAY_S,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        )
    except jwt.PyJWTError as fault:
        raise error("sign_in_refused", f"not a valid token ({type(fault).__name__})") from fault
    sub = claims["sub"]
    if not isinstance(sub, str) or not 0 < len(sub) <= MAX_SUB_CHARS or not sub.isprintable():
        raise error("sign_in_refused", "the token names nobody")  # whom a database would keep as they are
    return claims


def _key_of(key_id: object, keys: Published[jwt.PyJWK]) -> jwt.PyJWK:
    """A token may leave its key unnamed where there is one (OpenID Connect Core, 10.1)."""
    if key_id is None:
        known = keys.holding(None)
        found = next(iter(known.values())) if len(known) == 1 else None
    else:
        found = keys.holding(key_id).get(key_id) if isinstance(key_id, str) else None
    if found is None:
        raise error("sign_in_refused", "the token is signed with a key that its issuer does not have")
    return found


def shown(value: object) -> str | None:
    """Text for people to read, without what does not print; None where there is none."""
    text = "".join(filter(str.isprintable, value)).strip()[:_MAX_SHOWN_CHARS] if isinstance(value, str) else ""
    return text or None


def groups_of(value: object) -> frozenset[str]:
    """A claim that is a list of names, or one name."""
    named = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return frozenset(name for name in named if isinstance(name, str))
