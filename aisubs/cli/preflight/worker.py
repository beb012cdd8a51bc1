"""The worker job: its shape, who may start it, and whether there is a GPU for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aisubs.cli.finding import Finding
from aisubs.cli.preflight.deployment import Deployment
from aisubs.cli.preflight.doors import APPLY, accounts_of
from aisubs.cli.preflight.project import Project, holders

if TYPE_CHECKING:
    from google.cloud.run_v2 import Job

STARTER = "roles/run.jobsExecutorWithOverrides"

L4_REGIONS = ("asia-southeast1", "europe-west1", "europe-west4", "us-central1", "us-east4")
L4_BY_REQUEST = ("asia-south1",)
L4_QUOTA = "NvidiaL4GpuAllocNoZonalRedundancyPerProjectRegion"


def check_worker(deployment: Deployment, project: Project) -> Iterator[Finding]:
    """The job is there, is tried once, lasts as long as the worker thinks, and can be started by dispatch alone."""
    job = project.job()
    if job is None:
        yield Finding("worker", False, f"{deployment.job} is not there.", f"{APPLY} (with worker_image set)")
        return
    problems = [*_shape(deployment, job), *_starters(deployment, project)]
    for detail, advice in problems:
        yield Finding("worker", False, detail, advice)
    if not problems:
        yield Finding("worker", True, f"{deployment.job_id}, {_accelerator(job) or 'no GPU'}")


def _accelerator(job: Job) -> str:
    return str(job.template.template.node_selector.accelerator)


def _shape(deployment: Deployment, job: Job) -> Iterator[tuple[str, str]]:
    task = job.template.template
    update = f"gcloud run jobs update {deployment.job_id} --project {deployment.project} --region {deployment.region}"
    if task.max_retries:
        yield "Cloud Run would repeat a failed task by itself, beside the database.", f"{update} --max-retries 0"
    told_s, lasts_s = deployment.settings.task_timeout_s, task.timeout.total_seconds()
    if told_s > lasts_s:
        yield (
            f"The worker thinks that it has {told_s:.0f} s, Cloud Run ends it after {lasts_s:.0f} s.",
            f"{update} --task-timeout {told_s:.0f}s",
        )
    if "@sha256:" not in task.containers[0].image:
        yield "The image is named by a tag, which may move.", "Deploy by digest: cloudbuild.yaml does"
    account = task.service_account
    if not account or account.endswith("-compute@developer.gserviceaccount.com"):
        yield "It runs as the default service account, which may do nearly everything.", APPLY
    accelerator = _accelerator(job)
    if accelerator == "nvidia-l4" and deployment.region not in (*L4_REGIONS, *L4_BY_REQUEST):
        yield (
            f"{deployment.region} has no L4.",
            f"Set region to one of {', '.join(L4_REGIONS)} in infra/terraform.tfvars, or gpu_enabled = false",
        )


def _starters(deployment: Deployment, project: Project) -> Iterator[tuple[str, str]]:
    dispatch = accounts_of(project).get("dispatch")
    starting = holders(project.job_grants(), STARTER, "roles/run.developer", "roles/run.admin")
    where = f"{deployment.job_id} --project {deployment.project} --region {deployment.region}"
    if dispatch and dispatch not in starting:
        yield (
            f"dispatch ({dispatch}) may not start workers with a job id: it lacks {STARTER}.",
            f"gcloud run jobs add-iam-policy-binding {where} --member {dispatch} --role {STARTER}",
        )


def check_gpu_quota(deployment: Deployment, project: Project) -> Iterator[Finding]:
    """At least one L4; with fewer than CONCURRENCY, jobs wait with "waiting for GPU"."""
    job = project.job()
    if job is None:
        return
    if not _accelerator(job):
        yield Finding("gpu quota", True, "not needed: the worker runs on CPUs")
        return
    values = project.quota(L4_QUOTA)
    have = values.get(deployment.region, values.get("", 0))
    wanted = deployment.settings.concurrency
    ask = (
        f"gcloud beta quotas preferences create --service run.googleapis.com --quota-id {L4_QUOTA} "
        f"--project {deployment.project} --dimensions region={deployment.region} --preferred-value {wanted} --email YOU"
    )
    if have < 1:
        detail = f"The quota of L4s in {deployment.region} is 0: no worker can start."
        yield Finding("gpu quota", False, detail, f"{ask}; until it is granted: gpu_enabled = false in infra")
    elif have < wanted:
        detail = f"CONCURRENCY is {wanted}, but {deployment.region} gives you {have} L4: jobs will wait for a GPU."
        yield Finding("gpu quota", False, detail, f"{ask}; or concurrency = {have} in infra/terraform.tfvars")
    else:
        yield Finding("gpu quota", True, f"{have} L4 in {deployment.region}")
