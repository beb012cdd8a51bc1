"""Accounts, and keys of programs (aisubs/sql/code/61_accounts.sql)."""

from __future__ import annotations

from typing import Any

from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


class Accounts(Book):
    """A key row is {key_id, name, scopes, created_at, last_used_at, expires_at}."""

    __slots__ = ()

    def sign_in_account(
        self,
        iss: str,
        sub: str,
        name: str | None,
        email: str | None,
        admin: bool,
        token_hash: str,
        device: str,
        lasts_s: float,
    ) -> dict[str, Any]:
        """A session row (as `begin_session`) of the account of `sub`, as `iss` names people; it is made where there is
        none. The session ends after `lasts_s`, used or not."""
        return self.database.call(
            "sign_in_account",
            iss=iss,
            sub=sub,
            name=name,
            email=email,
            admin=admin,
            token_hash=token_hash,
            device=device,
            lasts_s=lasts_s,
        )[0]

    def shut_account(self, iss: str, sub: str) -> None:
        """End the sessions and keys of somebody who may not come in any more."""
        self.database.call("shut_account", iss=iss, sub=sub)

    def get_account(self, holder: Holder) -> dict[str, Any] | None:
        """{account_id, name, email, admin, created_at, sessions}; `account_id` is None for the machine's owner. No row,
        None: nobody who is signed in."""
        rows = self.database.call("get_account", holder=holder.as_json())
        return rows[0] if rows else None

    def create_key(
        self, holder: Holder, token_hash: str, name: str, scopes: list[str], expires_in_days: int | None
    ) -> dict[str, Any]:
        """Raises `unauthorized` for nobody who is signed in, `not_admin` for a scope beyond the holder's own rights,
        `too_many_keys`."""
        made = {"token_hash": token_hash, "name": name, "scopes": scopes, "expires_in_days": expires_in_days}
        return self.database.call("create_key", holder=holder.as_json(), **made)[0]

    def list_keys(self, holder: Holder) -> list[dict[str, Any]]:
        """Those of the holder's owner, the newest first."""
        return self.database.call("list_keys", holder=holder.as_json())

    def revoke_key(self, holder: Holder, key_id: str) -> None:
        """One that is not there is fine."""
        self.database.call("revoke_key", holder=holder.as_json(), key_id=key_id)

    def key_owner(self, holder: Holder) -> tuple[str, tuple[str, ...]] | None:
        """Owner and scopes of the key among the holder's tokens; None when none is one that still counts."""
        rows = self.database.call("key_owner", holder=holder.as_json())
        return (str(rows[0]["owner_id"]), tuple(rows[0]["scopes"])) if rows else None
