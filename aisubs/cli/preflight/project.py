"""Read-only questions to a Google Cloud project, with Google's own client libraries.

REST instead of gRPC throughout: these are a dozen calls by a person, often through a proxy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions as google_errors

from aisubs.cli.preflight.deployment import Deployment
from aisubs.cli.preflight.rest import CALL_TIMEOUT_S, Rest, asked, credentials_of

if TYPE_CHECKING:
    from google.auth.credentials import Credentials
    from google.cloud.run_v2 import Job, Service
    from google.cloud.storage import Bucket
    from google.cloud.tasks_v2 import Queue

Grants = dict[str, set[str]]
"""role -> members, as "serviceAccount:…", "user:…" or "allUsers"; conditions are not looked at."""


class Project:
    """One project. `endpoint`, for tests, is the base URL that stands in for every Google API."""

    def __init__(self, deployment: Deployment, credentials: Credentials, endpoint: str | None = None) -> None:
        self._deployment = deployment
        self._credentials = credentials
        self._endpoint = endpoint

    @classmethod
    def connect(cls, deployment: Deployment) -> Project:
        """With the credentials of whoever asks. Raises Unanswered when there are none."""
        return cls(deployment, credentials_of(deployment.project))

    def bucket(self) -> Bucket | None:
        with asked("the bucket"):
            return self._storage.lookup_bucket(self._deployment.bucket, timeout=CALL_TIMEOUT_S)

    def bucket_grants(self) -> Grants:
        with asked("the bucket's policy"):
            bucket = self._storage.bucket(self._deployment.bucket)
            policy = bucket.get_iam_policy(requested_policy_version=3, timeout=CALL_TIMEOUT_S)
        return _merged((binding["role"], binding["members"]) for binding in policy.bindings)

    def queue(self) -> Queue | None:
        with asked("the queue"):
            found: Queue | None = _found(self._tasks.get_queue, self._deployment.queue)
        return found

    def queue_grants(self) -> Grants:
        with asked("the queue's policy"):
            return _grants(self._tasks.get_iam_policy, self._deployment.queue)

    def job(self) -> Job | None:
        with asked("the job"):
            found: Job | None = _found(self._jobs.get_job, self._deployment.job)
        return found

    def job_grants(self) -> Grants:
        with asked("the job's policy"):
            return _grants(self._jobs.get_iam_policy, self._deployment.job)

    @cached_property
    def functions(self) -> dict[str, Service]:
        """Function of functions/main.py -> the Cloud Run service that opens this door."""
        parent = f"projects/{self._deployment.project}/locations/{self._deployment.region}"
        found: dict[str, Service] = {}
        with asked("the functions"):
            for service in self._services.list_services(parent=parent, timeout=CALL_TIMEOUT_S):
                target = environment_of(service.template.containers).get("FUNCTION_TARGET")
                if target:
                    found[target] = service
        return found

    def function_grants(self, function: str) -> Grants:
        with asked(f"the policy of {function}"):
            return _grants(self._services.get_iam_policy, self.functions[function].name)

    def account_grants(self, email: str) -> Grants:
        """Who may do what as this service account."""
        path = f"/v1/projects/{self._deployment.project}/serviceAccounts/{email}:getIamPolicy"
        policy = self._ask("POST", "iam.googleapis.com", path)
        return _merged((binding["role"], binding.get("members", [])) for binding in policy.get("bindings", []))

    def triggers(self, location: str) -> list[dict[str, Any]]:
        path = f"/v1/projects/{self._deployment.project}/locations/{location}/triggers"
        return list(self._ask("GET", "eventarc.googleapis.com", path).get("triggers", []))

    def quota(self, quota_id: str) -> dict[str, int]:
        """As `read_quota`."""
        return read_quota(Rest(self._credentials, self._endpoint), self._deployment.project, quota_id)

    def _ask(self, method: str, host: str, path: str) -> Mapping[str, Any]:
        return Rest(self._credentials, self._endpoint).ask(method, host, path)

    @cached_property
    def _storage(self) -> Any:
        from google.cloud import storage

        return storage.Client(
            project=self._deployment.project, credentials=self._credentials, client_options=self._options()
        )

    @cached_property
    def _tasks(self) -> Any:
        from google.cloud.tasks_v2 import CloudTasksClient

        return CloudTasksClient(credentials=self._credentials, transport="rest", client_options=self._options())

    @cached_property
    def _jobs(self) -> Any:
        from google.cloud.run_v2 import JobsClient

        return JobsClient(credentials=self._credentials, transport="rest", client_options=self._options())

    @cached_property
    def _services(self) -> Any:
        from google.cloud.run_v2 import ServicesClient

        return ServicesClient(credentials=self._credentials, transport="rest", client_options=self._options())

    def _options(self) -> dict[str, str]:
        return {"api_endpoint": self._endpoint} if self._endpoint else {}


def read_quota(rest: Rest, project: str, quota_id: str) -> dict[str, int]:
    """What Cloud Quotas grants of Cloud Run: region -> value, in the quota's own unit; "" is for regions that are not
    named. Raises Unanswered."""
    service = f"/v1/projects/{project}/locations/global/services/run.googleapis.com"
    info = rest.ask("GET", "cloudquotas.googleapis.com", f"{service}/quotaInfos/{quota_id}")
    found: dict[str, int] = {}
    for entry in info.get("dimensionsInfos", []):
        named = entry.get("dimensions", {}).get("region")
        places = [named] if named else entry.get("applicableLocations") or [""]
        # The general entry comes without a region and lists where it holds; a named region overrules it.
        for place in places:
            if named or place not in found:
                found[place] = int(entry.get("details", {}).get("value", 0))
    return found


def environment_of(containers: Any) -> dict[str, str]:
    """Plain variables of the first container."""
    return {variable.name: variable.value for variable in containers[0].env} if containers else {}


def holders(grants: Grants, *roles: str) -> set[str]:
    """Members that hold one of these roles; "*/name" is a custom role of any project."""
    found: set[str] = set()
    for role, members in grants.items():
        if any(role == wanted or (wanted.startswith("*") and role.endswith(wanted[1:])) for wanted in roles):
            found |= members
    return found


def _grants(question: Callable[..., Any], resource: str) -> Grants:
    policy = question(request={"resource": resource}, timeout=CALL_TIMEOUT_S)
    return _merged((binding.role, binding.members) for binding in policy.bindings)


def _merged(pairs: Any) -> Grants:
    grants: Grants = {}
    for role, members in pairs:
        grants.setdefault(role, set()).update(members)
    return grants


def _found(question: Callable[..., Any], name: str) -> Any:
    """None instead of NotFound."""
    try:
        return question(name=name, timeout=CALL_TIMEOUT_S)
    except google_errors.NotFound:
        return None
