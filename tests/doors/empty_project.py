"""What Google tells of a project in which nothing was made yet, and how it refuses; for `doctor --cloud --before`.

Refusals are those of the documentation and of people's reports, word for word where there are any.
"""

from __future__ import annotations

from typing import Any

from aisubs.cli.preflight.before import APIS, LOCATIONS, NEEDED
from tests.doors.google_project import PROJECT, Json

REGION = "europe-west1"
PLACE = f"projects/{PROJECT}/locations/{REGION}"
SERVICES = f"/v1/projects/{PROJECT}/services:batchGet"
RIGHTS = f"/v1/projects/{PROJECT}:testIamPermissions"
JOBS, MADE_SERVICES = f"/v2/{PLACE}/jobs", f"/v2/{PLACE}/services"
QUOTAS = f"/v1/projects/{PROJECT}/locations/global/services/run.googleapis.com/quotaInfos"
L4, CPU, MEMORY = (
    f"{QUOTAS}/{name}"
    for name in (
        "NvidiaL4GpuAllocNoZonalRedundancyPerProjectRegion",
        "CpuAllocPerProjectRegion",
        "MemAllocPerProjectRegion",
    )
)
REGIONS = ("europe-west1", "europe-west4", "us-central1")


def policy_path(constraint: str) -> str:
    return f"/v2/projects/{PROJECT}/policies/{constraint}:getEffectivePolicy"


def locations_path(api: str) -> str:
    """Cloud Run, Eventarc and Cloud Scheduler answer at the same path of different hosts."""
    version = next(version for name, version, _ in LOCATIONS.values() if name == api)
    return f"{api}.googleapis.com/{version}/projects/{PROJECT}/locations"


def new_project() -> dict[str, Json | int]:
    """Path -> answer: all APIs on, an owner, the quotas that new projects were reported to have."""
    answers: dict[str, Json | int] = {
        SERVICES: {
            "services": [
                {
                    "name": f"projects/123456/services/{api}.googleapis.com",
                    "config": {"name": f"{api}.googleapis.com"},
                    "state": "ENABLED",
                    "parent": "projects/123456",
                }
                for api in APIS
            ]
        },
        RIGHTS: {"permissions": list(NEEDED)},
        L4: quota("3"),
        CPU: quota("20000"),  # milli-vCPU
        MEMORY: quota(str(40 * 1024**3)),
        # An operation that is over, as validateOnly answers.
        JOBS: operation("Job"),
        MADE_SERVICES: operation("Service"),
    }
    for api, *_ in LOCATIONS.values():
        answers[locations_path(api)] = {
            "locations": [
                {"name": f"projects/{PROJECT}/locations/{region}", "locationId": region} for region in REGIONS
            ]
        }
    for constraint in ("gcp.resourceLocations", "run.allowedIngress"):
        answers[policy_path(constraint)] = policy(constraint, {"allowAll": True})
    for constraint in ("iam.disableServiceAccountCreation", "run.managed.requireInvokerIam"):
        answers[policy_path(constraint)] = policy(constraint, {"enforce": False})
    return answers


def quota(value: str) -> Json:
    return {"dimensionsInfos": [{"dimensions": {"region": REGION}, "details": {"value": value}}]}


def operation(kind: str) -> Json:
    return {"name": f"{PLACE}/operations/validate", "done": True, "response": {"@type": f"google.cloud.run.v2.{kind}"}}


def policy(constraint: str, rule: dict[str, Any]) -> Json:
    return {"name": f"projects/123456/policies/{constraint}", "spec": {"rules": [rule]}}


def service_disabled(service: str, title: str) -> Json:
    """403 as every Google API answers it while it is off."""
    link = f"https://console.developers.google.com/apis/api/{service}/overview?project=123456"
    return {
        "error": {
            "code": 403,
            "message": f"{title} has not been used in project 123456 before or it is disabled. Enable it by visiting "
            f"{link} then retry. If you enabled this API recently, wait a few minutes for the action to propagate.",
            "status": "PERMISSION_DENIED",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "SERVICE_DISABLED",
                    "domain": "googleapis.com",
                    "metadata": {"service": service, "consumer": "projects/123456"},
                }
            ],
        }
    }


def quota_violated() -> Json:
    """400 as Cloud Run answers for what is more than the quota."""
    return {
        "error": {
            "code": 400,
            "message": "Quota violated:\nMemAllocPerProjectRegion requested: 51539607552 allowed: 42949672960",
            "status": "FAILED_PRECONDITION",
        }
    }


def already_there() -> Json:
    return {"error": {"code": 409, "message": "Resource 'aisubs-worker' already exists.", "status": "ALREADY_EXISTS"}}
