"""Google's REST interfaces, asked as a person: what answers, and one sentence for what does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions as google_errors
from google.auth import exceptions as auth_errors

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

CALL_TIMEOUT_S = 20.0
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
LOG_IN = "gcloud auth application-default login"


class Unanswered(Exception):
    """A question could not be put; `advice` is the command that helps."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


def credentials_of(project: str) -> Credentials:
    """Of whoever asks. Raises Unanswered when there are none."""
    import google.auth

    try:
        credentials, _ = google.auth.default(scopes=[SCOPE], quota_project_id=project)
    except auth_errors.DefaultCredentialsError as fault:
        raise Unanswered("There are no Google credentials on this machine.", LOG_IN) from fault
    return credentials


class Rest:
    """Calls as JSON. `endpoint`, for tests, is the base URL that stands in for every Google API."""

    def __init__(self, credentials: Credentials, endpoint: str | None = None) -> None:
        self._credentials = credentials
        self._endpoint = endpoint

    def ask(self, method: str, host: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The answer to one call. Raises Unanswered."""
        with asked(f"{host}{path.partition('?')[0]}"):
            return self.try_to(method, host, path, body)

    def try_to(self, method: str, host: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """As `ask`, but what Google refuses is raised as Google says it (google.api_core.exceptions)."""
        from google.auth.transport.requests import AuthorizedSession

        session: Any = AuthorizedSession(self._credentials)  # type: ignore[no-untyped-call]
        with session:
            url = f"{self._endpoint or f'https://{host}'}{path}"
            answer = session.request(method, url, json=body, headers={"Host": host}, timeout=CALL_TIMEOUT_S)
        if not answer.ok:
            refusal: Exception = google_errors.from_http_response(answer)  # type: ignore[no-untyped-call]
            raise refusal
        return dict(answer.json())


@contextmanager
def asked(what: str) -> Iterator[None]:
    """Say in one sentence why `what` could not be asked for."""
    import requests

    try:
        yield
    except (google_errors.Forbidden, google_errors.Unauthorized) as fault:
        if fault.reason == "SERVICE_DISABLED":
            service = (fault.metadata or {}).get("service", "…")
            raise Unanswered(f"{service} is off.", f"gcloud services enable {service}") from fault
        advice = f"Ask for roles/viewer and roles/iam.securityReviewer on the project, or: {LOG_IN}"
        raise Unanswered(f"You may not ask for {what}: {fault.message}", advice) from fault
    except auth_errors.GoogleAuthError as fault:
        raise Unanswered(f"Google does not accept the credentials: {fault}", LOG_IN) from fault
    except (google_errors.GoogleAPIError, requests.RequestException) as fault:
        raise Unanswered(f"No answer about {what}: {fault}", "Try again; https://status.cloud.google.com") from fault
