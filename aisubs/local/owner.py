"""The owner of this machine: signs in by a link, and has all jobs that were made here."""

from __future__ import annotations

from functools import partial

from aisubs.local.tokens import OWNER, SIGN_IN, own_holder, own_token, renew_token
from aisubs.model.component_token import component_of
from aisubs.model.errors import AisubsError
from aisubs.model.job import Job
from aisubs.pipeline.link_sign_in import LinkSignIn
from aisubs.wiring import App


def own_this_machines_jobs(app: App) -> LinkSignIn:
    """How the owner signs in. What earlier releases knew by the machine's tokens alone is theirs from now on."""
    data_dir, service_key = app.settings.data_dir, app.settings.supabase_service_key
    if service_key is None or component_of(service_key.get_secret_value()) is None:
        app.jobs.claim_jobs(own_holder(data_dir), OWNER, revoke=False)  # a component of the cloud's has no such right
    key, renew = partial(own_token, data_dir, SIGN_IN), partial(renew_token, data_dir, SIGN_IN)
    return LinkSignIn(app.jobs, OWNER, key=key, renew=renew)


def own_job(job_id: str, app: App) -> Job | None:
    """A job of this machine's owner; None for anybody else's."""
    try:
        return app.jobs.get_job(job_id, own_holder(app.settings.data_dir))
    except AisubsError as fault:
        if fault.code != "job_not_found":
            raise
        return None
