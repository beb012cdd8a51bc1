"""Read-only links to a job (aisubs/sql/code/42_shares.sql)."""

from __future__ import annotations

from typing import Any

from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


class Shares(Book):
    """Made, listed and revoked by the job's owner: all but `open_share` raise `job_not_found`, `read_only`."""

    __slots__ = ()

    def create_share(
        self,
        job_id: str,
        holder: Holder,
        token_hash: str,
        expires_in_s: float | None,
        *,
        include_media: bool,
        include_history: bool = False,
    ) -> dict[str, Any]:
        """One row of `list_shares`. Without `expires_in_s` it lives as long as the job.

        Raises `too_many_shares`. Calling again with the same token returns the row made before.
        """
        return self.database.call(
            "create_share",
            job_id=job_id,
            holder=holder.as_json(),
            token_hash=token_hash,
            expires_in_s=expires_in_s,
            include_media=include_media,
            include_history=include_history,
        )[0]

    def list_shares(self, job_id: str, holder: Holder) -> list[dict[str, Any]]:
        """{share_id, created_at, expires_at, include_media, include_history, opened, revoked_at}, newest first."""
        return self.database.call("list_shares", job_id=job_id, holder=holder.as_json())

    def revoke_share(self, job_id: str, holder: Holder, share_id: str) -> None:
        """From now on nobody reads by it; pages that do are told. Raises `not_found` for no share of this job."""
        self.database.call("revoke_share", job_id=job_id, holder=holder.as_json(), share_id=share_id)

    def open_share(self, holder: Holder) -> dict[str, Any]:
        """{job_id, share_id, expires_at, include_media} of the share that the holder shows; counts one opening.

        Raises `share_over`, for a token that never was as well.
        """
        return self.database.call("open_share", holder=holder.as_json())[0]
