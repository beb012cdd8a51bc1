"""A target for Cloud Tasks that verifies identity tokens as our functions do, then calls what a test gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aisubs.adapters.identity.google_callers import GoogleCallers
from tests.doubles.google_identity import PROJECT, GoogleIdentity
from tests.doubles.loopback import Loopback, Request

TASKS_ACCOUNT = f"tasks@{PROJECT}.iam.gserviceaccount.com"


@contextmanager
def dispatch_target(identity: GoogleIdentity, dispatch: Callable[[], int | None]) -> Iterator[str]:
    """Yields its base URL. `dispatch` may return another status than 200; strangers get 403 and do not reach it."""

    class Target(Request):
        def do_POST(self) -> None:
            self.body()
            if callers.admits(self.headers.get("authorization")):
                status = dispatch() or 200
                self.answer(status, **({"Retry_After": "1"} if status == 429 else {}))
            else:
                self.answer(403)

    with Loopback(Target) as target:
        callers = GoogleCallers(
            callers=frozenset({TASKS_ACCOUNT}), audiences=frozenset({target.url}), certs_url=identity.certs_url
        )
        yield target.url
