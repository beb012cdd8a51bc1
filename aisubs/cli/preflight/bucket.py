"""The bucket of uploads: where it is, who may read it, what it keeps, and whether browsers may use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aisubs.cli.finding import Finding
from aisubs.cli.preflight.deployment import Deployment
from aisubs.cli.preflight.doors import accounts_of
from aisubs.cli.preflight.project import Project, holders

if TYPE_CHECKING:
    from google.cloud.storage import Bucket

UPLOAD_HEADERS = {"location", "range", "content-range"}
"""Answer headers without which a browser cannot carry on a resumable upload."""

READERS = ("on_upload", "api", "recover_stale", "worker")
WRITERS = ("api", "worker")


def check_bucket(deployment: Deployment, project: Project) -> Iterator[Finding]:
    """Place, openness, what it keeps, and the rights of those that use it."""
    name = "bucket"
    bucket = project.bucket()
    if bucket is None:
        yield Finding(name, False, f"gs://{deployment.bucket} is not there.", "terraform -chdir=infra apply")
        return
    problems = [*_setup(deployment, bucket), *_rights(deployment, project)]
    for detail, advice in problems:
        yield Finding(name, False, detail, advice)
    if not problems:
        yield Finding(name, True, f"gs://{deployment.bucket} in {bucket.location}, closed, forgets what is deleted")


def _setup(deployment: Deployment, bucket: Bucket) -> Iterator[tuple[str, str]]:
    update = f"gcloud storage buckets update gs://{deployment.bucket}"
    location = str(bucket.location).lower()
    # A multi-region such as EU holds the region or not; only a region can be wrong for certain.
    if "-" in location and location != deployment.region:
        yield (
            f"It is in {location}, the workers are in {deployment.region}: every read is slower and billed.",
            "Set region and bucket_location alike in infra/terraform.tfvars; a bucket cannot move, so make a new one.",
        )
    if bucket.iam_configuration.public_access_prevention != "enforced":
        yield "It could be made public.", f"{update} --public-access-prevention"
    if not bucket.iam_configuration.uniform_bucket_level_access_enabled:
        yield "Single objects may have rights of their own.", f"{update} --uniform-bucket-level-access"
    kept_s = int(bucket.soft_delete_policy.retention_duration_seconds or 0)
    if kept_s:
        yield f"It keeps deleted recordings for {kept_s // 86400} more days.", f"{update} --clear-soft-delete"
    if bucket.versioning_enabled:
        yield "It keeps old versions of recordings.", f"{update} --no-versioning"


def _rights(deployment: Deployment, project: Project) -> Iterator[tuple[str, str]]:
    accounts, grants = accounts_of(project), project.bucket_grants()
    wider = ("roles/storage.objectUser", "roles/storage.objectAdmin", "roles/storage.admin")
    for role, functions in (("roles/storage.objectViewer", READERS), ("roles/storage.objectCreator", WRITERS)):
        having = holders(grants, role, *wider)
        for function in functions:
            member = accounts.get(function)
            if member and member not in having:
                yield (
                    f"{function} ({member}) lacks {role}.",
                    f"gcloud storage buckets add-iam-policy-binding gs://{deployment.bucket} "
                    f"--member {member} --role {role}",
                )
    for role, members in grants.items():
        for stranger in members & {"allUsers", "allAuthenticatedUsers"}:
            yield (
                f"{stranger} holds {role}: recordings are public.",
                f"gcloud storage buckets remove-iam-policy-binding gs://{deployment.bucket} "
                f"--member {stranger} --role {role}",
            )


def check_cors(deployment: Deployment, project: Project) -> Iterator[Finding]:
    """Every origin of the web page may upload into the bucket and read the answers."""
    origins = [part.strip() for part in deployment.settings.allowed_origins.split(",") if part.strip()]
    bucket = project.bucket()
    if bucket is None:
        return
    if not origins:
        yield Finding("cors", True, "ALLOWED_ORIGINS is empty: no web page uploads")
        return
    advice = f'Add it to allowed_origins in infra/terraform.tfvars, then: terraform -chdir=infra apply; or: ' \
        f"gcloud storage buckets update gs://{deployment.bucket} --cors-file=cors.json (docs/deploy.md)"  # fmt: skip
    problems = [problem for origin in origins if (problem := _objection(origin, list(bucket.cors)))]
    for problem in problems:
        yield Finding("cors", False, problem, advice)
    if not problems:
        yield Finding("cors", True, f"uploads from {', '.join(origins)}")


def _objection(origin: str, rules: list[dict[str, Any]]) -> str | None:
    if origin.endswith("/"):
        return f"{origin} ends with a slash; browsers send origins without one."
    mine = [rule for rule in rules if {origin, "*"} & set(rule.get("origin", []))]
    if not mine:
        return f"The bucket has no CORS rule for {origin}: browsers cannot upload."
    methods = {method for rule in mine for method in rule.get("method", [])}
    if not {"PUT", "*"} & methods:
        return f"The bucket's CORS rule for {origin} does not allow PUT: browsers cannot upload."
    shown = {header.lower() for rule in mine for header in rule.get("responseHeader", [])}
    if missing := sorted(UPLOAD_HEADERS - shown):
        return f"The bucket's CORS rule for {origin} hides {', '.join(missing)}: interrupted uploads cannot go on."
    return None
