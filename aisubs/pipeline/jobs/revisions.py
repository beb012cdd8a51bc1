"""What people make of a transcript (aisubs/sql/code/45_revisions.sql). Documents and undos travel as their JSON.

`language` is that of a translation, which has revisions of its own; "" is the text of the recording. Of one that is not
there `translation_not_found` is raised, of one that is being made `not_finished`.
"""

from __future__ import annotations

from typing import Any

from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


class Revisions(Book):
    """By a link one reads the newest text, and with the history only if it was made so (`history_not_shared`)."""

    __slots__ = ()

    def open_revision(self, job_id: str, holder: Holder, language: str = "") -> dict[str, Any] | None:
        """{revision, document, saved_at} of the newest text, for changing it; None if nobody has edited it yet.

        Raises `job_not_found`, `read_only`, `not_finished`.
        """
        rows = self.database.call("open_revision", job_id=job_id, holder=holder.as_json(), language=language)
        return rows[0] if rows else None

    def save_revision(self, job_id: str, holder: Holder, **revision: Any) -> dict[str, Any]:
        """{revision, saved_at}. Arguments: based_on, document, undo, changes, restored_from, kept_revisions,
        kept_bytes, language; of a translation also corrected, the numbers of the sentences that are people's words, and
        settled, the one that somebody has looked at. Raises as `open_revision`, and `revision_conflict` unless
        `based_on` is the newest."""
        return self.database.call("save_revision", job_id=job_id, holder=holder.as_json(), **revision)[0]

    def newest_revision(self, job_id: str, holder: Holder, language: str = "") -> int:
        """0: the machine's text, which nobody has edited."""
        asked = {"job_id": job_id, "holder": holder.as_json(), "language": language}
        return int(self.database.call("newest_revision", **asked)[0]["newest"])

    def read_revision(
        self, job_id: str, holder: Holder, revision: int | None = None, language: str = ""
    ) -> dict[str, Any] | None:
        """{newest, document, undo}: the newest text and the lists of operations that lead back from it to `revision`,
        in the order in which they are taken. None if nobody has edited it."""
        asked = {"job_id": job_id, "holder": holder.as_json(), "revision": revision, "language": language}
        rows = self.database.call("read_revision", **asked)
        return rows[0] if rows else None

    def list_revisions(self, job_id: str, holder: Holder, language: str = "") -> list[dict[str, Any]]:
        """{revision, saved_at, changes, restored_from}, newest first: those that can be gone back behind."""
        return self.database.call("list_revisions", job_id=job_id, holder=holder.as_json(), language=language)
