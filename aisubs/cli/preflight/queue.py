"""The queue of wake-ups: running, and open to those who wake."""

from __future__ import annotations

from collections.abc import Iterator

from aisubs.cli.finding import Finding
from aisubs.cli.preflight.deployment import Deployment
from aisubs.cli.preflight.doors import accounts_of
from aisubs.cli.preflight.project import Project, holders

WAKERS = ("on_upload", "api", "recover_stale", "worker")
ENQUEUER = "roles/cloudtasks.enqueuer"
ACT_AS = "roles/iam.serviceAccountUser"


def check_queue(deployment: Deployment, project: Project) -> Iterator[Finding]:
    """The queue runs, and whoever may have made something startable may put tasks into it."""
    queue = project.queue()
    if queue is None:
        advice = "terraform -chdir=infra apply; raise queue_generation if the name was deleted less than 7 days ago"
        yield Finding("queue", False, f"{deployment.queue} is not there.", advice)
        return
    problems = list(_rights(deployment, project))
    if queue.state.name != "RUNNING":
        resume = f"gcloud tasks queues resume {deployment.queue_id} {deployment.queue_place}"
        problems.append((f"{deployment.queue_id} is {queue.state.name}: wake-ups wait.", resume))
    for detail, advice in problems:
        yield Finding("queue", False, detail, advice)
    if not problems:
        yield Finding("queue", True, f"{deployment.queue_id} runs")


def _rights(deployment: Deployment, project: Project) -> Iterator[tuple[str, str]]:
    accounts = accounts_of(project)
    enqueuing = holders(project.queue_grants(), ENQUEUER, "roles/cloudtasks.admin")
    acting = holders(project.account_grants(deployment.tasks_account), ACT_AS)
    for function in WAKERS:
        member = accounts.get(function)
        if member and member not in enqueuing:
            yield (
                f"{function} ({member}) may not put tasks into the queue.",
                f"gcloud tasks queues add-iam-policy-binding {deployment.queue_id} {deployment.queue_place} "
                f"--member {member} --role {ENQUEUER}",
            )
        if member and member not in acting:
            yield (
                f"{function} ({member}) may not make tasks that call as {deployment.tasks_account}.",
                f"gcloud iam service-accounts add-iam-policy-binding {deployment.tasks_account} "
                f"--project {deployment.project} --member {member} --role {ACT_AS}",
            )
