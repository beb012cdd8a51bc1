"""What stands before a private Cloud Run service: IAM checks identity tokens and hands them on without signature.

Reference: https://docs.cloud.google.com/run/docs/authenticating/overview and
https://docs.cloud.google.com/run/docs/troubleshooting#signature-removed. 401 without a token, 403 for one that is wrong
or of somebody without `run.invoker`, 503 when no container answers.
"""

from __future__ import annotations

import http.client

from google.auth import exceptions, jwt

from tests.doubles.google_identity import KEY_ID, GoogleIdentity
from tests.doubles.loopback import Loopback, Request

REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"
_HOP_BY_HOP = {"connection", "host", "transfer-encoding", "content-length"}


class CloudRunFront(Loopback):
    """The service at `url`, in front of the container on `port`; only `invoker` may call it."""

    def __init__(self, identity: GoogleIdentity, port: int, invoker: str) -> None:
        self.container_port = port
        self._identity = identity
        self._invoker = invoker
        front = self

        class Handler(_Handler):
            service = front

        super().__init__(Handler)

    def admitted(self, token: str) -> str | None:
        """The token as the container gets it; None for whom IAM turns away."""
        try:
            claims = jwt.decode(token, certs={KEY_ID: self._identity.certificate_pem})
        except (ValueError, exceptions.GoogleAuthError):
            return None
        audience = str(claims["aud"])
        if claims["email"] != self._invoker or not f"{audience}/".startswith(f"{self.url}/"):
            return None
        return f"{token.rpartition('.')[0]}.{REMOVED}"


class _Handler(Request):
    service: CloudRunFront

    def do_POST(self) -> None:
        body = self.body()
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return self.answer(401)
        admitted = self.service.admitted(token)
        if admitted is None:
            return self.answer(403)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        headers["Authorization"] = f"Bearer {admitted}"
        wire = http.client.HTTPConnection("127.0.0.1", self.service.container_port, timeout=60)
        try:
            wire.request("POST", self.path, body, headers)
            answer = wire.getresponse()
            return self.answer(answer.status, answer.read(), Content_Type=answer.headers.get("content-type", ""))
        except (OSError, http.client.HTTPException):
            return self.answer(503)
        finally:
            wire.close()
