"""Who is signed in, and whose a job is (aisubs/sql/code/60_sessions.sql)."""

from __future__ import annotations

from typing import Any

from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


class Sessions(Book):
    """A session row is {session_id, device, created_at, last_used_at, expires_at, current}."""

    __slots__ = ()

    def begin_session(self, token_hash: str, owner_id: str, device: str, idle_s: float) -> dict[str, Any]:
        """A session that ends when it is not used for `idle_s`. The same token again returns the one made before."""
        return self.database.call(
            "begin_session", token_hash=token_hash, owner_id=owner_id, device=device, idle_s=idle_s
        )[0]

    def session_owner(self, holder: Holder, idle_s: float) -> str | None:
        """Whose session one of the holder's tokens is, if any is one; using it makes it last `idle_s` from now."""
        rows = self.database.call("session_owner", holder=holder.as_json(), idle_s=idle_s)
        return str(rows[0]["owner_id"]) if rows else None

    def list_sessions(self, holder: Holder) -> list[dict[str, Any]]:
        """Those of the holder's owner, the one used last first; `current` is the one that is shown."""
        return self.database.call("list_sessions", holder=holder.as_json())

    def end_session(self, holder: Holder, session_id: str | None) -> None:
        """One of the holder's sessions, or all (None). One that is not there is fine."""
        self.database.call("end_session", holder=holder.as_json(), session_id=session_id)

    def claim_jobs(self, holder: Holder, owner_id: str, *, revoke: bool) -> int:
        """What the holder holds becomes `owner_id`'s, unless it is a signed-in owner's; returns how many jobs did.

        With `revoke` their own access tokens end.
        """
        rows = self.database.call("claim_jobs", holder=holder.as_json(), owner_id=owner_id, revoke=revoke)
        return int(rows[0]["claimed"])
