"""How people sign in here, as the page needs to know it before anybody has."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from aisubs.wiring import App


class OidcSignIn(BaseModel):
    """An OpenID Connect issuer. `authorization_endpoint`: null while it does not answer."""

    name: str
    authorization_endpoint: str | None
    client_id: str
    scope: str
    end_session_endpoint: str | None


class SupabaseSignIn(BaseModel):
    """Supabase Auth of this project, by the ways that are offered. `key` is for browsers."""

    url: str
    key: str
    providers: list[Literal["password", "magic_link", "google", "github", "twitch"]]


class WaysIn(BaseModel):
    """`link`: as the machine's owner, by a link that the machine shows. `anonymous`: whoever has not signed in may send
    recordings, too."""

    link: bool
    anonymous: bool
    oidc: OidcSignIn | None
    supabase: SupabaseSignIn | None


def ways_in(app: App) -> WaysIn:
    """What is offered here."""
    identity = app.identity
    return WaysIn(
        link=identity.link is not None,
        anonymous=app.admits_anonymous,
        oidc=OidcSignIn.model_validate(identity.oidc.facts(), from_attributes=True) if identity.oidc else None,
        supabase=SupabaseSignIn.model_validate(identity.supabase.facts(), from_attributes=True)
        if identity.supabase
        else None,
    )
