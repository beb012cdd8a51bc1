"""Settings of who may come in, people and services: a part of Settings (settings.py), which inherits them."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SUPABASE_PROVIDERS = ("password", "magic_link", "google", "github", "twitch")


class AccountSettings(BaseSettings):
    """docs/accounts.md tells how they belong together."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    # People
    anonymous: Literal["auto", "yes", "no"] = "auto"
    """Whether people who have not signed in may send recordings; `auto`: in the local edition, not in the cloud."""
    local_sign_in: bool = True
    """Whether the link that `aisubs link` shows signs in as the owner of the machine (local edition)."""
    oidc_issuer: str = ""
    """Address of an OpenID Connect issuer whose people may sign in, without `/.well-known/…`; https, or loopback."""
    oidc_client_id: str = ""
    """What the issuer knows this server by."""
    oidc_client_secret: SecretStr | None = None
    """The secret of that client. Empty: a public client, with PKCE alone."""
    oidc_name: str = "OpenID"
    """What the button of that issuer says."""
    oidc_scope: str = "openid profile email"
    """What is asked of the issuer, with blanks between; some give groups for a scope of their own only."""
    supabase_sign_in: str = ""
    """Ways of Supabase Auth that the page offers, with commas between: `password, magic_link, google, github, twitch`.
    Needs `SUPABASE_URL` and `SUPABASE_PUBLISHABLE_KEY`, and a project that signs with ES256 or RS256."""
    session_hours: float = Field(default=720.0, gt=0)
    """How long an account stays signed in, used or not."""
    groups_claim: str = "groups"
    """Where a provider tells somebody's groups: a claim, with Supabase one of `app_metadata`."""
    allowed_groups: str = ""
    """Groups whose members may sign in, with commas between. Empty: everybody whom the provider lets in."""
    admin_groups: str = ""
    """Groups whose members are administrators here; they may sign in, too."""
    admins: str = ""
    """Administrators by their `sub` at the provider, with commas between."""

    # Who may call the functions
    allowed_callers: str = ""
    """Service accounts whose identity tokens this function accepts, separated by commas. Empty: nobody may call it."""
    service_audience: str = ""
    """URLs of this function that identity tokens may be made out to, separated by commas."""
    identity_checked_by: Literal["us", "cloud_run"] = "us"
    """Who checks identity tokens' signatures; `cloud_run` only where it admits nobody unknown: it removes them then."""
    identity_certs_url: str = "https://www.googleapis.com/oauth2/v1/certs"
    """Where the public keys of the issuer of identity tokens are."""

    @field_validator("oidc_issuer")
    @classmethod
    def _an_issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        is_loopback = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
        is_safe = bool(parts.hostname) and (parts.scheme == "https" or is_loopback)
        if (value and not is_safe) or parts.query or parts.fragment:
            raise ValueError("an issuer is https://host/path, without ? and #")
        return value

    @field_validator("supabase_sign_in")
    @classmethod
    def _known_providers(cls, value: str) -> str:
        named = [name.strip() for name in value.split(",") if name.strip()]
        if unknown := sorted(set(named) - set(SUPABASE_PROVIDERS)):
            raise ValueError(f"{', '.join(unknown)} is none of {', '.join(SUPABASE_PROVIDERS)}")
        return ",".join(dict.fromkeys(named))
