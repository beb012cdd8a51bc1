"""Settings -> who may come in, people and services. The plugs are imported where a setting asks for one."""

from __future__ import annotations

from collections.abc import Callable

from aisubs.model.errors import error
from aisubs.pipeline.jobs import Jobs
from aisubs.pipeline.sign_in import Admission, SignIn
from aisubs.ports import AuthorizationCode, Identity, OidcFacts, SupabaseFacts
from aisubs.settings import Settings


def make_sign_in(settings: Settings, jobs: Jobs) -> SignIn:
    """Every way in but the machine's link, which the local edition adds.

    Raises `identity_unavailable` for settings that lack what others need: a server that people cannot sign in to as
    intended must not start as another one."""
    return SignIn(
        jobs,
        Admission(
            settings.session_hours * 3600,
            listed(settings.allowed_groups),
            listed(settings.admin_groups),
            listed(settings.admins),
        ),
        oidc=_make_oidc(settings),
        supabase=_make_supabase(settings),
    )


def _make_oidc(settings: Settings) -> Identity[AuthorizationCode, OidcFacts] | None:
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise error("identity_unavailable", "OIDC_ISSUER needs OIDC_CLIENT_ID")
    from aisubs.adapters.identity.oidc import OidcClient, OidcIssuer

    secret = settings.oidc_client_secret
    return OidcIssuer(
        OidcClient(
            settings.oidc_issuer,
            settings.oidc_client_id,
            secret.get_secret_value() if secret else None,
            settings.oidc_name,
            settings.oidc_scope,
            settings.groups_claim,
        )
    )


def _make_supabase(settings: Settings) -> Identity[str, SupabaseFacts] | None:
    if not settings.supabase_sign_in:
        return None
    if not settings.supabase_url or not settings.supabase_publishable_key:
        raise error("identity_unavailable", "SUPABASE_SIGN_IN needs SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY")
    from aisubs.adapters.identity.supabase import SupabaseAuth

    return SupabaseAuth(
        settings.supabase_url,
        settings.supabase_publishable_key,
        tuple(settings.supabase_sign_in.split(",")),
        settings.groups_claim,
    )


def make_callers(settings: Settings) -> Callable[[str | None], bool]:
    """Whether a request with this `Authorization` header comes from one of `ALLOWED_CALLERS`."""
    from aisubs.adapters.identity.google_callers import GoogleCallers

    return GoogleCallers(
        callers=listed(settings.allowed_callers),
        audiences=listed(settings.service_audience),
        certs_url=settings.identity_certs_url,
        signature_removed=settings.identity_checked_by == "cloud_run",
    ).admits


def listed(text: str) -> frozenset[str]:
    """What stands between commas."""
    return frozenset(part.strip() for part in text.split(",") if part.strip())
