"""The functions: all there, told the same, callable by those who should call them, and what calls the first."""

from __future__ import annotations

from collections.abc import Iterator

from aisubs.cli.finding import Finding
from aisubs.cli.preflight.deployment import Deployment
from aisubs.cli.preflight.project import Project, environment_of, holders

FUNCTIONS = ("on_upload", "dispatch", "recover_stale", "apply_retention", "api")
STRANGERS = {"allUsers", "allAuthenticatedUsers"}
INVOKER = "roles/run.invoker"
SIGNER = "roles/iam.serviceAccountTokenCreator"
"""The predefined role that holds signBlob; infra/ makes a smaller one, …blob_signer."""

APPLY = "terraform -chdir=infra apply"


def accounts_of(project: Project) -> dict[str, str]:
    """Function, or "worker" -> "serviceAccount:…" that it runs as."""
    accounts = {name: service.template.service_account for name, service in project.functions.items()}
    job = project.job()
    if job is not None:
        accounts["worker"] = job.template.template.service_account
    return {name: f"serviceAccount:{email}" for name, email in accounts.items() if email}


def check_doors(deployment: Deployment, project: Project) -> Iterator[Finding]:
    """Every function is deployed, runs as an account of its own and refuses strangers."""
    name, problems = "functions", []
    for function in FUNCTIONS:
        if function not in project.functions:
            advice = f"{APPLY} (with functions_image and worker_image set: docs/deploy.md)"
            problems.append((f"{function} is not deployed in {deployment.region}.", advice))
        else:
            problems += _door(deployment, project, function)
    for detail, advice in problems:
        yield Finding(name, False, detail, advice)
    if not problems:
        yield Finding(name, True, f"all {len(FUNCTIONS)} in {deployment.region}; only the API answers strangers")


def _door(deployment: Deployment, project: Project, function: str) -> Iterator[tuple[str, str]]:
    service = project.functions[function]
    short = service.name.rpartition("/")[2]
    where = f"{short} --project {deployment.project} --region {deployment.region}"
    account = service.template.service_account
    if not account or account.endswith("-compute@developer.gserviceaccount.com"):
        yield f"{function} runs as the default service account, which may do nearly everything.", APPLY
    told = environment_of(service.template.containers).get("STORE_URL", "").rstrip("/")
    if told != f"gs://{deployment.bucket}":
        yield f"{function} is told STORE_URL={told or 'nothing'}, you are told gs://{deployment.bucket}.", APPLY
    callers = holders(project.function_grants(function), INVOKER)
    if function != "api" and callers & STRANGERS:
        yield (
            f"Anybody may call {function}.",
            f"gcloud run services remove-iam-policy-binding {where} --member allUsers --role {INVOKER}",
        )
    if function == "dispatch" and f"serviceAccount:{deployment.tasks_account}" not in callers:
        yield (
            f"Cloud Tasks ({deployment.tasks_account}) may not call dispatch: nothing starts until the next sweep.",
            f"gcloud run services add-iam-policy-binding {where} "
            f"--member serviceAccount:{deployment.tasks_account} --role {INVOKER}",
        )
    if function == "api":
        yield from _signing(deployment, project, account)


def _signing(deployment: Deployment, project: Project, account: str) -> Iterator[tuple[str, str]]:
    """Download links are signed as SIGNING_SERVICE_ACCOUNT, without a key file."""
    grants = project.account_grants(deployment.signing_account)
    if f"serviceAccount:{account}" not in holders(grants, "*blob_signer", SIGNER):
        yield (
            f"The API ({account}) may not sign as {deployment.signing_account}: no download links.",
            f"gcloud iam service-accounts add-iam-policy-binding {deployment.signing_account} "
            f"--project {deployment.project} --member serviceAccount:{account} --role {SIGNER}",
        )


def check_trigger(deployment: Deployment, project: Project) -> Iterator[Finding]:
    """Eventarc listens where the bucket is and tells on_upload."""
    bucket = project.bucket()
    if bucket is None:
        return
    location = str(bucket.location).lower()
    for trigger in project.triggers(location):
        filters = {said.get("attribute"): said.get("value") for said in trigger.get("eventFilters", [])}
        target = trigger.get("destination", {}).get("cloudRun", {}).get("service", "")
        if filters.get("bucket") == deployment.bucket:
            known = project.functions.get("on_upload")
            if known is None or known.name.rpartition("/")[2] == target.rpartition("/")[2]:
                yield Finding("trigger", True, f"Eventarc in {location} → {target.rpartition('/')[2]}")
                return
    detail = f"No Eventarc trigger in {location} (where the bucket is) tells on_upload of gs://{deployment.bucket}."
    yield Finding("trigger", False, f"{detail} Dropped files wait for the sweep.", APPLY)
