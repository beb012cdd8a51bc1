"""Supabase: the project answers, the key is right, the schema is there and exposed."""

from __future__ import annotations

from urllib.parse import urlsplit

from aisubs.cli.finding import Finding
from aisubs.cli.preflight.deployment import WITH_SETTINGS
from aisubs.model.errors import AisubsError
from aisubs.settings import Settings

ADVICE = {
    "PGRST106": "Add aisubs_api to the exposed schemas: https://supabase.com/dashboard/project/{ref}/settings/api",
    "PGRST202": "DATABASE_URL=postgresql://… aisubs migrate   (the URL of the session pooler)",
    "42501": "Use a secret key (sb_secret_…), not the publishable one: "
    "https://supabase.com/dashboard/project/{ref}/settings/api-keys",
    "401": "Make a new secret key: https://supabase.com/dashboard/project/{ref}/settings/api-keys",
}
"""What PostgREST answers -> what mends it."""

OTHERWISE = "Is the project paused? https://supabase.com/dashboard/project/{ref}"


def check_database(settings: Settings) -> Finding:
    """Ask one function of schema aisubs_api, as every component does."""
    from aisubs.wiring import make_database

    if not settings.supabase_url and not settings.database_url:
        return Finding("database", False, "SUPABASE_URL is not set.", WITH_SETTINGS)
    if not settings.database_url and not settings.supabase_service_key:
        read = "export SUPABASE_SERVICE_KEY=$(gcloud secrets versions access latest --secret aisubs-supabase-key-api)"
        return Finding("database", False, "SUPABASE_SERVICE_KEY is not set.", read)
    try:
        return Finding("database", True, make_database(settings).ping())
    except AisubsError as fault:
        reason = fault.reason or fault.sentence
        ref = (urlsplit(settings.supabase_url or "").hostname or "").partition(".")[0]
        advice = next((advice for code, advice in ADVICE.items() if code in reason), OTHERWISE)
        return Finding("database", False, reason, advice.format(ref=ref))
