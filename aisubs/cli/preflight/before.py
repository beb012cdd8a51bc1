"""`aisubs doctor --cloud --before infra/terraform.tfvars`: would a project carry what is to be made in it?

Nothing of it exists yet, and nothing is made: Google is asked what it offers, what it allows, and by `validateOnly`
whether it would take the services and the job. The contracts:
https://docs.cloud.google.com/service-usage/docs/reference/rest/v1/services/batchGet
https://docs.cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs/create (validateOnly)
https://docs.cloud.google.com/resource-manager/reference/rest/v1/projects/testIamPermissions
https://docs.cloud.google.com/docs/quotas/reference/rest/v1/projects.locations.services.quotaInfos
https://docs.cloud.google.com/resource-manager/docs/reference/orgpolicy/rest/v2/projects.policies/getEffectivePolicy
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from google.api_core import exceptions as google_errors

from aisubs.cli.finding import Finding
from aisubs.cli.preflight.project import read_quota
from aisubs.cli.preflight.rest import Rest, Unanswered, credentials_of
from aisubs.cli.preflight.wanted import GIB, Wanted
from aisubs.cli.preflight.worker import L4_BY_REQUEST, L4_QUOTA, L4_REGIONS

TFVARS = "infra/terraform.tfvars"

APIS = ("run", "cloudtasks", "cloudscheduler", "eventarc", "cloudbuild", "cloudquotas", "cloudresourcemanager", "iam")
"""What the questions below need, and Terraform to begin with; it enables the rest itself."""

LOCATIONS = {
    "Cloud Run": ("run", "v1", "region"),
    "Eventarc": ("eventarc", "v1", "region"),
    "Cloud Tasks": ("cloudtasks", "v2", "tasks_region"),
    "Cloud Scheduler": ("cloudscheduler", "v1", "scheduler_region"),
}
"""Service -> its API, the API's version, and the variable that says where it is to be. The first two have no choice."""

NEEDED = (
    *("run.services.create", "run.jobs.create", "run.services.setIamPolicy", "run.jobs.setIamPolicy"),
    *("iam.serviceAccounts.create", "iam.serviceAccounts.actAs", "iam.serviceAccounts.setIamPolicy"),
    *("iam.roles.create", "resourcemanager.projects.setIamPolicy", "serviceusage.services.enable"),
    *("storage.buckets.create", "storage.buckets.setIamPolicy", "cloudtasks.queues.create", "eventarc.triggers.create"),
    *("cloudscheduler.jobs.create", "secretmanager.secrets.create", "secretmanager.versions.add"),
    *("artifactregistry.repositories.create", "cloudbuild.builds.create", "monitoring.dashboards.create"),
)
"""What `terraform apply` and the build do in the name of whoever starts them."""

ANY_IMAGE = "us-docker.pkg.dev/cloudrun/container/hello"


def examine_before(wanted: Wanted, rest: Rest | None = None) -> Iterator[Finding]:
    """Every finding, as it is made. `rest` asks with the credentials of whoever runs this."""
    try:
        rest = rest or Rest(credentials_of(wanted.project))
    except Unanswered as fault:
        yield Finding("credentials", False, str(fault), fault.advice)
        return
    checks: dict[str, Callable[[Wanted, Rest], Iterator[Finding]]] = {
        "apis": check_apis,
        "rights": check_rights,
        "locations": check_locations,
        "quotas": check_quotas,
        "policies": check_policies,
        "would be made": check_validity,
    }
    for name, check in checks.items():
        try:
            yield from check(wanted, rest)
        except Unanswered as fault:
            yield Finding(name, False, fault.reason, fault.advice)


def check_apis(wanted: Wanted, rest: Rest) -> Iterator[Finding]:
    """The APIs that are asked here, and by Terraform's first apply, are on."""
    names = [f"projects/{wanted.project}/services/{api}.googleapis.com" for api in APIS]
    query = urlencode([("names", name) for name in names])
    path = f"/v1/projects/{wanted.project}/services:batchGet?{query}"
    services = rest.ask("GET", "serviceusage.googleapis.com", path).get("services", [])
    on = {service["config"]["name"] for service in services if service.get("state") == "ENABLED"}
    off = [f"{api}.googleapis.com" for api in APIS if f"{api}.googleapis.com" not in on]
    if off:
        yield Finding(
            "apis",
            False,
            f"Not on: {', '.join(off)}",
            f"gcloud services enable {' '.join(off)} --project {wanted.project}",
        )
    else:
        yield Finding("apis", True, f"{len(APIS)} are on")


def check_rights(wanted: Wanted, rest: Rest) -> Iterator[Finding]:
    """Whoever asks may make what is to be made, and may act as the accounts that it runs as."""
    path = f"/v1/projects/{wanted.project}:testIamPermissions"
    held = rest.ask("POST", "cloudresourcemanager.googleapis.com", path, {"permissions": list(NEEDED)})
    missing = [name for name in NEEDED if name not in held.get("permissions", [])]
    if missing:
        owner = f"gcloud projects add-iam-policy-binding {wanted.project} --member user:YOU --role roles/owner"
        yield Finding("rights", False, f"You may not: {', '.join(missing)}", owner)
    else:
        yield Finding("rights", True, f"all {len(NEEDED)}, acting as service accounts included")


def check_locations(wanted: Wanted, rest: Rest) -> Iterator[Finding]:
    """Each service is where it is to be, by its own list."""
    problems = 0
    for service, (api, version, variable) in LOCATIONS.items():
        chosen = getattr(wanted, variable) or wanted.region
        answer = rest.ask(
            "GET", f"{api}.googleapis.com", f"/{version}/projects/{wanted.project}/locations?pageSize=200"
        )
        there = {str(location["locationId"]) for location in answer.get("locations", [])}
        near = sorted(place for place in there if place.split("-")[0] == wanted.region.split("-")[0])
        if chosen in there or (variable != "region" and getattr(wanted, variable) is None and near):
            continue  # Terraform takes the nearest by itself (infra/modules/places)
        problems += 1
        choice = ", ".join(near) or "a region of another continent"
        yield Finding(
            "locations", False, f"{service} is not in {chosen}.", f"Set {variable} to one of {choice} in {TFVARS}"
        )
    if not problems:
        yield Finding("locations", True, f"{', '.join(LOCATIONS)}: in {wanted.region} or next door")


def check_quotas(wanted: Wanted, rest: Rest) -> Iterator[Finding]:
    """GPUs, vCPUs and memory for `concurrency` workers at once, in Cloud Run's own units."""
    asked = {
        "CpuAllocPerProjectRegion": (wanted.concurrency * wanted.cpu * 1000, 1000, "vCPU"),
        "MemAllocPerProjectRegion": (wanted.concurrency * wanted.worker_memory_gib * GIB, GIB, "GiB"),
    }
    if wanted.gpu_enabled:
        asked = {L4_QUOTA: (wanted.concurrency, 1, "L4"), **asked}
        if wanted.region not in (*L4_REGIONS, *L4_BY_REQUEST):
            advice = f"Set region to one of {', '.join(L4_REGIONS)} in {TFVARS}, or gpu_enabled = false"
            yield Finding("quotas", False, f"{wanted.region} has no L4.", advice)
            return
    problems, shown = 0, []
    for quota, (needed, unit, what) in asked.items():
        values = read_quota(rest, wanted.project, quota)
        have = values.get(wanted.region, values.get("", 0))
        shown.append(f"{have // unit} {what}")
        if have >= needed or have < 0:  # -1: no limit
            continue
        problems += 1
        fitting = wanted.concurrency * have // needed
        otherwise = (
            f"limits = {{ concurrency = {fitting} }} in {TFVARS}" if fitting else f"gpu_enabled = false in {TFVARS}"
        )
        yield Finding(
            "quotas",
            False,
            f"{wanted.concurrency} workers need {needed // unit} {what}; {wanted.region} gives you {have // unit}.",
            f"gcloud beta quotas preferences create --service run.googleapis.com --quota-id {quota} --email YOU "
            f"--project {wanted.project} --dimensions region={wanted.region} --preferred-value {needed}, or "
            f"{otherwise}",
        )
    if not problems:
        yield Finding("quotas", True, f"{', '.join(shown)} in {wanted.region}")


def check_policies(wanted: Wanted, rest: Rest) -> Iterator[Finding]:
    """Policies of an organisation that refuse what infra/ makes. A project of no organisation has none."""
    refused = 0
    for constraint, refuses, means in _constraints(wanted):
        path = f"/v2/projects/{wanted.project}/policies/{constraint}:getEffectivePolicy"
        try:
            policy = rest.ask("GET", "orgpolicy.googleapis.com", path)
        except Unanswered as fault:  # few may read them, and nothing depends on it
            yield Finding("policies", True, f"Not looked at: {fault.reason}", fault.advice)
            return
        if any(refuses(rule) for rule in policy.get("spec", {}).get("rules", [])):
            refused += 1
            change = f"gcloud org-policies describe {constraint} --effective --project {wanted.project}"
            yield Finding(
                "policies", False, f"{constraint}: {means}", f"Ask for an exception for this project; {change}"
            )
    if not refused:
        yield Finding("policies", True, "none is in the way")


Rule = Mapping[str, Any]


def _constraints(wanted: Wanted) -> Iterator[tuple[str, Callable[[Rule], bool], str]]:
    """Constraint, whether a rule of it refuses, and what that means."""
    continent = wanted.region.split("-")[0]
    places = {
        wanted.region,
        f"in:{wanted.region}-locations",
        f"in:{continent}-locations",
        f"in:{continent[:2]}-locations",
    }

    def not_there(rule: Rule) -> bool:
        allowed = rule.get("values", {}).get("allowedValues", [])
        return bool(rule.get("denyAll")) or bool(allowed and not places & set(allowed))

    def not_from_outside(rule: Rule) -> bool:
        allowed = rule.get("values", {}).get("allowedValues", [])
        return bool(rule.get("denyAll")) or bool(allowed and "all" not in allowed)

    def enforced(rule: Rule) -> bool:
        return bool(rule.get("enforce"))

    yield "gcp.resourceLocations", not_there, f"nothing may be made in {wanted.region}."
    yield "run.allowedIngress", not_from_outside, "the API could not be reached from outside."
    yield "iam.disableServiceAccountCreation", enforced, "the components get no accounts of their own."
    if wanted.api_public:
        yield "run.managed.requireInvokerIam", enforced, "api_public = true is refused."


def check_validity(wanted: Wanted, rest: Rest) -> Iterator[Finding]:
    """Cloud Run itself, by `validateOnly`: would it take the worker's job and the API's service?"""
    made = {"worker": ("jobs", "jobId", _job(wanted)), "api": ("services", "serviceId", _service(wanted))}
    problems = 0
    for component, (kind, parameter, body) in made.items():
        path = f"/v2/{wanted.place}/{kind}?{parameter}={wanted.name}-{component}&validateOnly=true"
        try:
            rest.try_to("POST", "run.googleapis.com", path, body)
        except (google_errors.AlreadyExists, google_errors.Conflict):
            continue  # a deployment that goes on
        except google_errors.GoogleAPICallError as fault:
            problems += 1
            advice = f"Change it in {TFVARS} (infra/variables.tf says what each variable does)"
            yield Finding("would be made", False, f"Cloud Run refuses the {kind[:-1]}: {fault.message}", advice)
    if not problems:
        yield Finding("would be made", True, "Cloud Run would take the worker's job and the API's service")


def _job(wanted: Wanted) -> dict[str, Any]:
    limits = {"cpu": str(wanted.cpu), "memory": f"{wanted.worker_memory_gib}Gi"}
    task: dict[str, Any] = {"maxRetries": 0, "timeout": "3600s"}
    if wanted.gpu_enabled:
        limits["nvidia.com/gpu"] = "1"
        task |= {"nodeSelector": {"accelerator": "nvidia-l4"}, "gpuZonalRedundancyDisabled": True}
    task["containers"] = [{"image": ANY_IMAGE, "resources": {"limits": limits}}]
    return {"template": {"taskCount": 1, "parallelism": 1, "template": task}}


def _service(wanted: Wanted) -> dict[str, Any]:
    container = {"image": ANY_IMAGE, "resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}
    return {
        "ingress": "INGRESS_TRAFFIC_ALL",
        "invokerIamDisabled": wanted.api_public,
        "template": {"scaling": {"maxInstanceCount": 10}, "containers": [container]},
    }
