"""Workers as executions of one Cloud Run job.

`run_job` has no idempotency key: it is called once, without retry, with a time limit. When its answer is lost the
execution may exist; `find` looks for the dispatch id among the newest executions. Whoever may read executions may read
their overrides: they carry ids and, where there is a signing key, a token that is good for this execution's jobs alone.
What it does not do: wait for an execution, or change the job's image, CPU or GPU.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from google.api_core import exceptions as google_errors
from google.auth import exceptions as auth_errors
from google.cloud import run_v2

from aisubs.model.errors import error
from aisubs.ports import ExecutionState, LastWords

if TYPE_CHECKING:
    from google.cloud.run_v2 import ExecutionsClient, JobsClient

CALL_TIMEOUT_S = 30.0
NEWEST_EXECUTIONS = 200
"""How far `find` looks back; Cloud Run lists the newest first."""


class CloudRunRunner:
    """One Cloud Run job, `projects/P/locations/L/jobs/J`. `make_token` (dispatch id to token) gives each execution its
    SUPABASE_SERVICE_KEY; without it the job has one."""

    def __init__(
        self,
        jobs: JobsClient,
        executions: ExecutionsClient,
        job: str,
        make_token: Callable[[str], str] | None = None,
    ) -> None:
        self._jobs = jobs
        self._executions = executions
        self._job = job
        self._make_token = make_token

    @classmethod
    def connect(
        cls, job: str, endpoint: str | None = None, make_token: Callable[[str], str] | None = None
    ) -> CloudRunRunner:
        """With the credentials that google-auth finds, none at an `http://` endpoint. Raises `runner_unavailable`."""
        with _mapped():
            if endpoint and endpoint.startswith("http://"):
                import grpc  # type: ignore[import-untyped]
                from google.cloud.run_v2.services.executions.transports import ExecutionsGrpcTransport
                from google.cloud.run_v2.services.jobs.transports import JobsGrpcTransport

                channel = grpc.insecure_channel(urlsplit(endpoint).netloc)
                jobs = run_v2.JobsClient(transport=JobsGrpcTransport(channel=channel))
                executions = run_v2.ExecutionsClient(transport=ExecutionsGrpcTransport(channel=channel))
            else:
                options = {"api_endpoint": endpoint} if endpoint else None
                jobs = run_v2.JobsClient(client_options=options)
                executions = run_v2.ExecutionsClient(client_options=options)
        return cls(jobs, executions, job, make_token)

    def start(self, job_id: str, dispatch_id: str) -> str:
        environment = [
            run_v2.EnvVar(name="JOB_ID", value=job_id),
            run_v2.EnvVar(name="DISPATCH_ID", value=dispatch_id),
        ]
        if self._make_token:
            environment.append(run_v2.EnvVar(name="SUPABASE_SERVICE_KEY", value=self._make_token(dispatch_id)))
        request = run_v2.RunJobRequest(
            name=self._job,
            overrides=run_v2.RunJobRequest.Overrides(
                container_overrides=[run_v2.RunJobRequest.Overrides.ContainerOverride(env=environment)]
            ),
        )
        with _mapped():
            operation = self._jobs.run_job(request=request, retry=None, timeout=CALL_TIMEOUT_S)
        name = operation.metadata.name if operation.metadata else ""
        if not name:
            raise error("runner_unavailable", "run_job answered without the name of an execution")
        return str(name)

    def find(self, dispatch_id: str) -> str | None:
        with _mapped():
            newest = self._executions.list_executions(parent=self._job, timeout=CALL_TIMEOUT_S)
            for execution in islice(newest, NEWEST_EXECUTIONS):
                for container in execution.template.containers:
                    if any(item.name == "DISPATCH_ID" and item.value == dispatch_id for item in container.env):
                        return str(execution.name)
        return None

    def state(self, execution_name: str) -> ExecutionState:
        name = self._completed(execution_name)
        if name is None:
            return ExecutionState.UNKNOWN
        with _mapped():
            try:
                execution = self._executions.get_execution(name=name, timeout=CALL_TIMEOUT_S)
            except google_errors.NotFound:
                return ExecutionState.GONE  # Cloud Run keeps the last thousand; an older one has long ended
        return _state_of(execution)

    def last_words(self, execution_name: str) -> LastWords:  # noqa: ARG002
        return LastWords()  # they are in Cloud Logging, which this account may not read

    def cancel(self, execution_name: str) -> None:
        name = self._completed(execution_name)
        if name is None:
            return
        with _mapped():
            try:
                self._executions.cancel_execution(name=name, timeout=CALL_TIMEOUT_S)
            except (google_errors.NotFound, google_errors.FailedPrecondition, google_errors.BadRequest):
                return  # it is over

    def _completed(self, execution_name: str) -> str | None:
        """The full name of an execution of this job; a worker knows itself by the short one only. None for others."""
        parent, _, short = execution_name.rpartition("/executions/")
        if not _SHORT_NAME.fullmatch(short):
            return None
        if not parent:
            return f"{self._job}/executions/{short}"
        # Cloud Run may answer with the number of a project that was asked for by its id.
        return execution_name if parent.rpartition("/")[2] == self._job.rpartition("/")[2] else None

    def ping(self) -> str:
        with _mapped():
            self._jobs.get_job(name=self._job, timeout=CALL_TIMEOUT_S)
        return f"Cloud Run job {self._job}"


def _state_of(execution: run_v2.Execution) -> ExecutionState:
    """A lack of GPUs shows after `run_job` was answered: nothing runs, or it ends without a start and without a fault:

    google/cloud/run/v2/execution.proto (start_time, completion_time, *_count) and condition.proto (reasons). In doubt
    an execution has started: then a retry is counted, and a loop that is paid for ends.
    """
    if not execution.completion_time:
        begun = execution.running_count or execution.succeeded_count or execution.failed_count
        return ExecutionState.RUNNING if begun or execution.cancelled_count else ExecutionState.WAITING
    begun = execution.start_time or execution.succeeded_count or any(map(_at_fault, execution.conditions))
    return ExecutionState.GONE if begun else ExecutionState.UNSTARTED


def _at_fault(condition: run_v2.Condition) -> bool:
    """A container that ended by itself, or that could never be started: its image, its secrets, its network."""
    reasons = run_v2.Condition.ExecutionReason
    return condition.execution_reason == reasons.NON_ZERO_EXIT_CODE or condition.reason in _NEVER_STARTS


_NEVER_STARTS = frozenset(
    getattr(run_v2.Condition.CommonReason, name)
    for name in (
        "CONTAINER_MISSING",
        "CONTAINER_PERMISSION_DENIED",
        "CONTAINER_IMAGE_UNAUTHORIZED",
        "CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED",
        "ENCRYPTION_KEY_PERMISSION_DENIED",
        "ENCRYPTION_KEY_CHECK_FAILED",
        "SECRETS_ACCESS_CHECK_FAILED",
        "VPC_NETWORK_NOT_FOUND",
    )
)

_SHORT_NAME = re.compile("[a-z0-9-]+")
_NO_CAPACITY = (google_errors.ResourceExhausted, google_errors.TooManyRequests)


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except _NO_CAPACITY as fault:
        raise error("no_capacity", f"{type(fault).__name__}: {fault}") from fault
    except (google_errors.GoogleAPIError, auth_errors.GoogleAuthError) as fault:
        raise error("runner_unavailable", f"{type(fault).__name__}: {fault}") from fault
