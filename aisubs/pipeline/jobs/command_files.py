"""What `aisubs transcribe` wrote, and which text lies in it (aisubs/sql/code/52_command_files.sql)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aisubs.pipeline.jobs.book import Book


class CommandFiles(Book):
    """The files of commands on the machine of the local edition."""

    __slots__ = ()

    def record_command_file(
        self,
        path: str,
        job_id: str,
        format: str,
        profile: str | None,
        choices: Mapping[str, object],
        sha256: str,
        revision: int,
    ) -> None:
        """`path` (absolute) holds revision `revision` of the job's text in this format, written with these choices;
        `sha256` (hex) is of its bytes. Of another job's file there nothing is known any more."""
        self.database.call(
            "record_command_file",
            path=path,
            job_id=job_id,
            format=format,
            profile=profile,
            choices=dict(choices),
            sha256=sha256,
            revision=revision,
        )

    def list_corrected_files(self, batch: int, quiet_s: float) -> list[dict[str, Any]]:
        """Files with an older text than the newest, of texts that nobody has saved for `quiet_s` seconds.

        Rows {path, format, profile, choices, sha256, job}: what was recorded, and the job as it is now.
        """
        return self.database.call("list_corrected_files", batch=batch, quiet_s=quiet_s)
