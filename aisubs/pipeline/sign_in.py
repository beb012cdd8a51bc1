"""Who comes in, by whatever way: each ends in a session, a token of its own of which only the hash is kept.

An account is who the provider says that somebody is, (iss, sub); never an e-mail address, which changes hands. Programs
show a key instead, which opens what its scopes say.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aisubs.model.errors import AisubsError, error
from aisubs.pipeline.jobs import Holder, Jobs, hash_token
from aisubs.pipeline.link_sign_in import RANDOM_BYTES, SESSION_IDLE_S, SESSION_PREFIX, LinkSignIn
from aisubs.ports import AuthorizationCode, Identity, OidcFacts, Person, SupabaseFacts

log = logging.getLogger(__name__)

KEY_PREFIX = "key_"
ACCOUNT_PREFIX = "account:"
"""What the owner of an account's jobs is called, with its id behind."""

READ, WRITE, ADMIN = SCOPES = ("read", "write", "admin")


@dataclass(frozen=True, slots=True)
class Admission:
    """Whom of those that a provider knows we let in. Without `allowed_groups`: everybody."""

    session_s: float
    allowed_groups: frozenset[str] = frozenset()
    admin_groups: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()
    """By `sub`."""

    def is_admin(self, person: Person) -> bool:
        return person.sub in self.admins or bool(person.groups & self.admin_groups)

    def admits(self, person: Person) -> bool:
        return not self.allowed_groups or bool(person.groups & self.allowed_groups) or self.is_admin(person)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Every way in, and who is in. `link`: None where the machine has no owner who signs in."""

    jobs: Jobs
    admission: Admission
    link: LinkSignIn | None = None
    oidc: Identity[AuthorizationCode, OidcFacts] | None = None
    supabase: Identity[str, SupabaseFacts] | None = None

    def session_owner(self, tokens: Sequence[str]) -> str | None:
        """The owner whose session is among these bearer tokens; None when none of them is a session.

        Raises `signed_out` for a session that is over.
        """
        sessions = [token for token in tokens if token.startswith(SESSION_PREFIX)]
        if not sessions:
            return None
        owner_id = self.jobs.session_owner(Holder.of(sessions), SESSION_IDLE_S)
        if owner_id is None or (self.link is None and not owner_id.startswith(ACCOUNT_PREFIX)):
            raise error("signed_out")
        return owner_id

    def key_owner(self, tokens: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """Owner and scopes of the API key among these tokens; None when none of them is one. Raises `key_refused`."""
        keys = [token for token in tokens if token.startswith(KEY_PREFIX)]
        if not keys:
            return None
        found = self.jobs.key_owner(Holder.of(keys))
        if found is None:
            raise error("key_refused")
        return found

    def by_code(self, proof: AuthorizationCode, device: str) -> dict[str, Any]:
        """As `_begin`, by what an OIDC issuer sent somebody back with. Raises `sign_in_unavailable`, too."""
        if self.oidc is None:
            raise error("sign_in_unavailable")
        return self._begin(self.oidc, proof, device)

    def by_supabase(self, access_token: str, device: str) -> dict[str, Any]:
        """As `_begin`, by an access token of the Supabase project. Raises `sign_in_unavailable`, too."""
        if self.supabase is None:
            raise error("sign_in_unavailable")
        return self._begin(self.supabase, access_token, device)

    def _begin(self, provider: Identity[Any, Any], proof: Any, device: str) -> dict[str, Any]:
        """A session row with its `token`, which is shown this once. Raises `sign_in_refused`, `not_allowed`,
        `identity_unavailable`."""
        try:
            person = provider.person_of(proof)
        except AisubsError as fault:
            log.warning("sign_in.refused", extra={"error_code": fault.code, "reason": fault.reason})
            raise
        if not self.admission.admits(person):
            self.jobs.shut_account(person.iss, person.sub)
            log.warning("sign_in.refused", extra={"error_code": "not_allowed", "iss": person.iss})
            raise error("not_allowed")
        token = SESSION_PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
        made = self.jobs.sign_in_account(
            person.iss,
            person.sub,
            person.name,
            person.email,
            self.admission.is_admin(person),
            hash_token(token),
            device,
            self.admission.session_s,
        )
        return {**made, "token": token}


def make_key(
    jobs: Jobs, holder: Holder, name: str, scopes: Sequence[str], expires_in_days: int | None
) -> dict[str, Any]:
    """A key row with its `token`, which is shown this once. Raises as Jobs.create_key."""
    token = KEY_PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    ordered = [scope for scope in SCOPES if scope in scopes]
    return {**jobs.create_key(holder, hash_token(token), name, ordered, expires_in_days), "token": token}
