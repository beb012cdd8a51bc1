"""What the settings name: the project, its region and its resources."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aisubs.cli.finding import Finding
from aisubs.settings import Settings

WITH_SETTINGS = "env $(terraform -chdir=infra output -raw doctor_env) aisubs doctor --cloud"

_RESOURCE = re.compile(r"projects/([^/]+)/locations/([^/]+)/(queues|jobs)/([^/]+)")

NEEDED = {
    "store_url": r"gs://[a-z0-9._-]+/?",
    "cloud_tasks_queue": r"projects/[^/]+/locations/[^/]+/queues/[^/]+",
    "cloud_run_job": r"projects/[^/]+/locations/[^/]+/jobs/[^/]+",
    "dispatch_url": r"https://[^/]+/?",
    "tasks_service_account": r"[^@\s]+@[^@\s]+\.iam\.gserviceaccount\.com",
    "signing_service_account": r"[^@\s]+@[^@\s]+\.iam\.gserviceaccount\.com",
}
"""Setting -> the form that its value has in the cloud."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment of the cloud edition, by the names of its parts."""

    settings: Settings
    project: str
    region: str
    bucket: str
    queue: str
    """projects/P/locations/L/queues/Q"""
    job: str
    """projects/P/locations/L/jobs/J"""
    tasks_account: str
    signing_account: str

    @property
    def queue_id(self) -> str:
        return self.queue.rpartition("/")[2]

    @property
    def job_id(self) -> str:
        return self.job.rpartition("/")[2]

    @property
    def queue_place(self) -> str:
        """What gcloud commands about the queue take: Cloud Tasks is not in every region."""
        return f"--project {self.project} --location {self.queue.split('/')[3]}"


def _parts(name: str | None) -> re.Match[str]:
    found = _RESOURCE.fullmatch(name or "")
    if found is None:
        raise ValueError(name)
    return found


def named_in(settings: Settings) -> tuple[Deployment | None, list[Finding]]:
    """The deployment, or None with a finding for each setting that is missing or malformed."""
    findings = []
    for name, form in NEEDED.items():
        value = getattr(settings, name)
        if not value:
            findings.append(Finding("settings", False, f"{name.upper()} is not set.", WITH_SETTINGS))
        elif not re.fullmatch(form, value):
            findings.append(
                Finding("settings", False, f"{name.upper()} is {value!r}, not of that form.", WITH_SETTINGS)
            )
    if findings:
        return None, findings
    job, queue = _parts(settings.cloud_run_job), _parts(settings.cloud_tasks_queue)
    if job[1] != queue[1]:
        findings.append(Finding("settings", False, "The queue and the job are in different projects.", WITH_SETTINGS))
        return None, findings
    named = Deployment(
        settings=settings,
        project=job[1],
        region=job[2],
        bucket=settings.store_url.removeprefix("gs://").rstrip("/"),
        queue=queue[0],
        job=job[0],
        tasks_account=settings.tasks_service_account or "",
        signing_account=settings.signing_service_account or "",
    )
    return named, [Finding("settings", True, f"project {named.project}, region {named.region}")]
