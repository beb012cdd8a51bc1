"""Wake-ups through Google Cloud Tasks: one HTTP task that calls the `dispatch` function with an identity token.

Cloud Tasks remembers the name of a task for about an hour after it is done, so the same wake-up twice is one task.
That is an economy, not a lock: tasks may run twice, late, or in another order, and the database decides what happens.
What it does not do: carry a job. A lost task is made good by the sweep.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from google.api_core import exceptions as google_errors
from google.auth import exceptions as auth_errors
from google.cloud import tasks_v2
from google.protobuf import duration_pb2, timestamp_pb2

from aisubs.model.errors import error

if TYPE_CHECKING:
    from google.cloud.tasks_v2 import CloudTasksClient

CALL_TIMEOUT_S = 10.0
DISPATCH_DEADLINE_S = 60
"""How long Cloud Tasks waits for `dispatch` to answer; it starts a few workers and returns."""


class CloudTasksQueue:
    """One queue. `queue` is `projects/P/locations/L/queues/Q`; `dispatch_url` must be HTTPS outside of tests."""

    def __init__(self, client: CloudTasksClient, queue: str, dispatch_url: str, service_account: str | None) -> None:
        self._client = client
        self._queue = queue
        self._dispatch_url = dispatch_url
        self._service_account = service_account

    @classmethod
    def connect(
        cls, queue: str, dispatch_url: str, service_account: str | None, endpoint: str | None = None
    ) -> CloudTasksQueue:
        """With the credentials that google-auth finds, none at an `http://` endpoint. Raises `queue_unavailable`."""
        with _mapped():
            if endpoint and endpoint.startswith("http://"):
                import grpc  # type: ignore[import-untyped]
                from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

                channel = grpc.insecure_channel(urlsplit(endpoint).netloc)
                client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
            else:
                client = tasks_v2.CloudTasksClient(client_options={"api_endpoint": endpoint} if endpoint else None)
        return cls(client, queue, dispatch_url, service_account)

    def wake(self, name: str, delay_s: float = 0.0) -> None:
        request = tasks_v2.HttpRequest(url=self._dispatch_url, http_method=tasks_v2.HttpMethod.POST)
        if self._service_account:
            # The audience is the service, not the URL with its path: that is what Cloud Run checks.
            url = urlsplit(self._dispatch_url)
            request.oidc_token = tasks_v2.OidcToken(
                service_account_email=self._service_account, audience=f"{url.scheme}://{url.netloc}"
            )
        task = tasks_v2.Task(
            # Cloud Tasks spreads load by name, so sequential names are slow: a hash is not.
            name=f"{self._queue}/tasks/{sha256(name.encode()).hexdigest()}",
            http_request=request,
            dispatch_deadline=duration_pb2.Duration(seconds=DISPATCH_DEADLINE_S),
        )
        if delay_s > 0:
            at = timestamp_pb2.Timestamp()
            at.FromDatetime(datetime.now(UTC) + timedelta(seconds=delay_s))
            task.schedule_time = at
        with _mapped():
            try:
                self._client.create_task(parent=self._queue, task=task, timeout=CALL_TIMEOUT_S)
            except google_errors.Conflict:  # AlreadyExists of gRPC is a kind of it
                return

    def ping(self) -> str:
        with _mapped():
            found = self._client.get_queue(name=self._queue, timeout=CALL_TIMEOUT_S)
        if found.state != tasks_v2.Queue.State.RUNNING:
            raise error("queue_unavailable", f"{self._queue} is {found.state.name}")
        return f"Cloud Tasks queue {self._queue}"


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except (google_errors.GoogleAPIError, auth_errors.GoogleAuthError) as fault:
        raise error("queue_unavailable", f"{type(fault).__name__}: {fault}") from fault
