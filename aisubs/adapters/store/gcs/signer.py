"""Who signs read URLs: a key file, or the IAM API where there is none.

The storage library can call IAM itself, but waits two minutes for an answer and cannot be told otherwise; google-auth's
own signer takes the transport, and with it a time limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.auth import iam
from google.auth.credentials import Signing
from google.auth.transport import requests

if TYPE_CHECKING:
    from google.auth.credentials import Credentials
    from google.auth.transport import Request

CALL_TIMEOUT_S = 10.0


class IamSigner(Signing):
    """Signs as `account` through IAM's signBlob. `credentials` must be allowed to, also for their own account."""

    def __init__(self, credentials: Credentials, account: str, request: Request | None = None) -> None:
        self._request = request or requests.Request()
        self._account = account
        self._signer = iam.Signer(self._limited, credentials, account)  # type: ignore[no-untyped-call]

    def _limited(self, *arguments: Any, **named: Any) -> Any:
        return self._request(*arguments, **{"timeout": CALL_TIMEOUT_S} | named)

    @property
    def signer(self) -> iam.Signer:
        return self._signer

    @property
    def signer_email(self) -> str:
        return self._account

    def sign_bytes(self, message: bytes) -> bytes:
        """Raises TransportError when IAM refuses or does not answer."""
        return bytes(self._signer.sign(message))


def find_signer(credentials: Credentials, account: str | None) -> Signing | None:
    """IAM for the account that is named, else whatever key the credentials hold; None if there is neither."""
    if account:
        return IamSigner(credentials, account)
    if isinstance(credentials, Signing) and getattr(credentials, "signer_email", None):
        return credentials
    return None
