"""The identity port: who somebody is, by what a browser brings back from a provider. What that opens is ours to decide
(aisubs/pipeline/sign_in.py); whoever brings nothing may still show tokens of single jobs, or a library key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

ProofT = TypeVar("ProofT", contravariant=True)
FactsT = TypeVar("FactsT", covariant=True)


@dataclass(frozen=True, slots=True)
class Person:
    """Who `sub` is to `iss`: these two are the person. Name and address are for people to read, and may be anything;
    `groups` are of the provider, never of the person's own making."""

    iss: str
    sub: str
    name: str | None = None
    email: str | None = None
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """What an OIDC issuer sent the browser back with, and the browser's own part: the verifier of its challenge (RFC
    7636), the nonce that it asked for, and the address where it was sent back to."""

    code: str
    code_verifier: str
    nonce: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class OidcFacts:
    """What a browser needs to go to the issuer. `authorization_endpoint`: None while the issuer does not answer."""

    name: str
    authorization_endpoint: str | None
    client_id: str
    scope: str
    end_session_endpoint: str | None


@dataclass(frozen=True, slots=True)
class SupabaseFacts:
    """The project, its key for browsers, and the ways of signing in that are offered."""

    url: str
    key: str
    providers: tuple[str, ...]


class Identity(Protocol[ProofT, FactsT]):
    """One provider. Threads may share it."""

    def person_of(self, proof: ProofT) -> Person:
        """Raises `sign_in_refused`, whose reason is for the log, and `identity_unavailable`."""
        ...

    def facts(self) -> FactsT:
        """For the page. A provider that does not answer is no error here, and is not asked again and again."""
        ...
