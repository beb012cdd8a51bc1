"""Search in all texts of a holder (aisubs/sql/code/46_search.sql)."""

from __future__ import annotations

from typing import Any

from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


class Search(Book):
    """The index follows the texts: what was saved since is indexed by the sweep, or before a search."""

    __slots__ = ()

    def index_texts(self, batch: int, holder: Holder | None = None) -> int:
        """Index texts that are not, or that were corrected since; of this holder, or of everybody. Returns how many."""
        rows = self.database.call("index_texts", batch=batch, holder=holder.as_json() if holder else None)
        return int(rows[0]["indexed"])

    def search_texts(
        self, holder: Holder, terms: list[str], prefix: bool, within: str | None, page: int, per_page: int,
        hits_per_job: int,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Jobs with passages in which all terms stand, newest first; all, or one
        `within` only: {job_id, found, hits, total}.

        The words of a term stand next to each other; with `prefix` the last one may be a beginning. `found` counts the
        passages of the job, `total` the jobs over all pages. A hit is {start_ms, segments} of the machine's text or
        {start_ms, paragraph: {text, offsets, starts}} of a corrected one.
        """
        return self.database.call(
            "search_texts",
            holder=holder.as_json(),
            terms=terms,
            prefix=prefix,
            within=within,
            page=page,
            per_page=per_page,
            hits_per_job=hits_per_job,
        )
