"""What a log must not hold: keys, tokens, passwords and signatures of addresses, wherever in a line they stand.

Nothing of ours logs them on purpose. Messages of libraries do, with the address or the header that failed, and so do
the stack traces of a fault (OWASP Logging Cheat Sheet, "Data to exclude").
"""

from __future__ import annotations

import re

CONCEALED = "…"

_AFTER = (
    r"\b(?:bearer|basic) +(?=[^\s,;]{16})",  # Authorization; a sentence may begin with these words as well
    r"://[^/\s:@'\"]*:(?=[^/\s@'\"]+@)",  # the password of postgresql://user:password@host
    # Signed addresses (GCS V4, S3 V4, Supabase), sessions of uploads, and our own links.
    r"(?<![\w-])(?:x-goog-signature|x-amz-signature|x-amz-security-token|upload_id|signature|sig|token|access_token"
    r"|refresh_token|id_token|apikey|api_key|password|secret|client_secret)(?:=|%3D|['\"]?: *['\"])",
    r"(?<![\w-])(?:x-library-key|x-share-token|x-job-tokens?|webhook-signature|set-cookie|cookie)['\"]?: *['\"]?",
)
_SECRET = re.compile(
    rf"(?P<before>{'|'.join(_AFTER)})[^\s&'\",;@)}}\]]+"
    # What tells of itself: JWTs, secrets of Supabase and of webhooks, sessions of our own, private keys.
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
    r"|\b(?:sb_secret_|whsec_|own_)[\w+/=-]{8,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
    re.IGNORECASE | re.DOTALL,
)

_NAMES_SECRET = re.compile(r"(?:\w+_)?(?:tokens?|password|secret|authorization|cookie|api_?key)", re.IGNORECASE)
"""Fields whose values are secrets whatever they look like."""


def conceal(text: str) -> str:
    """The text with `…` for each secret that can be known by its shape or by what stands before it."""
    return _SECRET.sub(lambda found: (found["before"] or "") + CONCEALED, text)


def conceal_all(value: object) -> object:
    """The same for texts within what a line of the log holds; what is no text, mapping or sequence stays as it is."""
    if isinstance(value, str):
        return conceal(value)
    if isinstance(value, dict):
        return {key: CONCEALED if _NAMES_SECRET.fullmatch(str(key)) else conceal_all(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [conceal_all(one) for one in value]
    return value
