"""A worker's right to a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aisubs.model.job import Options


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker owns until its fence is taken away, and where to go on with it."""

    job_id: str
    fence: int
    filename: str
    bucket: str
    object_name: str
    generation: int | None
    file_size_bytes: int | None
    source: str
    options: Options
    language: str | None
    duration_ms: int | None
    windows: int
    progress_ms: int
    """End of the last saved window, where the next one begins; people may be shown more (see `discard_windows`)."""
    resume_state: dict[str, Any] | None
    twin: bool
    """A completed job has the same size and checksum: worth hashing before transcribing."""

    @staticmethod
    def of(row: dict[str, Any]) -> Claim:
        fields = {name: row[name] for name in Claim.__slots__ if name != "options"}
        return Claim(options=Options.model_validate(row["options"]), **fields)
