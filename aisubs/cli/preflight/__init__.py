"""`aisubs doctor --cloud`: does the Google Cloud and Supabase project look as infra/ makes it?

It looks for the mistakes that people make (a region without GPUs, a quota of 0, a missing role, an origin without CORS,
a schema that is not exposed) and only reads. It runs with the credentials of the person who asks, so it reads the
policies of the resources rather than asking what it may do itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aisubs.cli.finding import Finding
from aisubs.cli.preflight.bucket import check_bucket, check_cors
from aisubs.cli.preflight.database import check_database
from aisubs.cli.preflight.deployment import Deployment, named_in
from aisubs.cli.preflight.doors import check_doors, check_trigger
from aisubs.cli.preflight.project import Project
from aisubs.cli.preflight.queue import check_queue
from aisubs.cli.preflight.rest import Unanswered
from aisubs.cli.preflight.worker import check_gpu_quota, check_worker
from aisubs.settings import Settings

Check = Callable[[Deployment, Project], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    check_bucket,
    check_cors,
    check_trigger,
    check_doors,
    check_queue,
    check_worker,
    check_gpu_quota,
)
"""In the order in which a recording meets what they look at."""


def examine_cloud(settings: Settings, connect: Callable[[Deployment], Project] = Project.connect) -> Iterator[Finding]:
    """Every finding, as it is made. `connect` opens the project that the settings name."""
    deployment, missing = named_in(settings)
    yield from missing
    yield from check_database(settings)
    if deployment is None:
        return
    try:
        project = connect(deployment)
    except Unanswered as fault:
        yield Finding("credentials", False, fault.reason, fault.advice)
        return
    for check in CHECKS:
        try:
            yield from check(deployment, project)
        except Unanswered as fault:
            yield Finding(check.__name__.removeprefix("check_").replace("_", " "), False, fault.reason, fault.advice)
