"""Supabase: the project answers, the key is right and lasts, the schema is there and exposed; what workers had."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aisubs import __version__
from aisubs.cli.finding import Finding
from aisubs.cli.preflight.deployment import WITH_SETTINGS
from aisubs.cli.status import spending_line
from aisubs.model.component_token import claims_of, component_of
from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Jobs
from aisubs.settings import Settings
from aisubs.sql.migrate import release

ADVICE = {
    "PGRST106": "Add aisubs_api to the exposed schemas: https://supabase.com/dashboard/project/{ref}/settings/api",
    "PGRST202": "DATABASE_URL=postgresql://… aisubs migrate   (the URL of the session pooler)",
    "Run `aisubs migrate`": "DATABASE_URL=postgresql://… aisubs migrate",
    "42501": "Use a secret key (sb_secret_…), not the publishable one: "
    "https://supabase.com/dashboard/project/{ref}/settings/api-keys",
    "401": "Make a new secret key: https://supabase.com/dashboard/project/{ref}/settings/api-keys",
}
"""What PostgREST answers, or our own plug for Postgres -> what mends it."""

OTHERWISE = "Is the project paused? https://supabase.com/dashboard/project/{ref}"


SOON_S = 14 * 86_400


def check_database(settings: Settings) -> Iterator[Finding]:
    """Ask one function of schema aisubs_api, as every component does; then, over the same plug, what workers had."""
    from aisubs.wiring import make_database

    if not settings.supabase_url and not settings.database_url:
        yield Finding("database", False, "SUPABASE_URL is not set.", WITH_SETTINGS)
        return
    if not settings.database_url and not settings.supabase_service_key:
        read = "export SUPABASE_SERVICE_KEY=$(gcloud secrets versions access latest --secret aisubs-supabase-key-api)"
        yield Finding("database", False, "SUPABASE_SERVICE_KEY is not set.", read)
        return
    database = make_database(settings)
    try:
        answered, token = database.ping(), _token(settings)
        yield token or Finding("database", True, answered)
        yield _release(Jobs(database))
        yield _spending(settings, Jobs(database))
    except AisubsError as fault:
        reason = fault.reason or fault.sentence
        ref = (urlsplit(settings.supabase_url or "").hostname or "").partition(".")[0]
        advice = next((advice for code, advice in ADVICE.items() if code in reason), OTHERWISE)
        yield Finding("database", False, reason, advice.format(ref=ref))


def _token(settings: Settings) -> Finding | None:
    """Of a component's token, until when it works; None where there is a key that lasts."""
    key = settings.supabase_service_key.get_secret_value() if settings.supabase_service_key else ""
    component = component_of(key)
    if settings.database_url or component is None:
        return None
    ends = datetime.fromtimestamp(int(claims_of(key).get("exp", 0)), UTC)
    detail = f"as {component}, with a token until {ends:%Y-%m-%d}"
    if ends.timestamp() - time.time() > SOON_S:
        return Finding("database", True, detail)
    renew = (
        f"aisubs token {component} < KEY | gcloud secrets versions add aisubs-supabase-key-{component} --data-file=-"
    )
    return Finding("database", False, f"{detail}, which is soon", renew)


def _release(jobs: Jobs) -> Finding:
    """Whether the database follows the rules of the release that asks. Each may be the older one."""
    (newest, rules), (our_newest, our_rules) = jobs.schema_release(), release()
    if rules == our_rules and newest == our_newest:
        return Finding("release", True, f"the database has the rules of aisubs {__version__}")
    if newest > our_newest:
        advice = "Install the release that migrated it, or go back to a backup from before."
        return Finding("release", False, f"migrated by a newer release, up to {newest}; this is {__version__}", advice)
    had = f"up to {newest}, and this one brings {our_newest}" if newest < our_newest else "with other rules"
    return Finding("release", False, f"migrated by another release than this {__version__}: {had}", ADVICE["PGRST202"])


def _spending(settings: Settings, jobs: Jobs) -> Finding:
    """What workers had today and this month, and whether today's limit on it is reached."""
    spent = jobs.spending()
    advice = "Raise limits.daily_gpu_seconds in infra/terraform.tfvars, then: terraform -chdir=infra apply"
    over = bool(spent["spent_until"])
    return Finding("spending", not over, spending_line(spent, settings), advice if over else "")
