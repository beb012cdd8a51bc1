"""One file of an `aisubs transcribe`: where it stands, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aisubs.cli.terminal import clock, printable
from aisubs.model.job import Job
from aisubs.model.losses import Losses


@dataclass(slots=True)
class Item:
    """One file. It is over when `outcome` is set: completed, kept or failed."""

    path: Path
    outputs: dict[str, Path]
    job: Job | None = None
    outcome: str | None = None
    error_code: str | None = None
    sentence: str = ""
    windows_seen: int = 0
    text: str = ""
    written: list[Path] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def losses(self) -> Losses | None:
        """What the transcript does not tell; None while there is none, or where nobody has counted."""
        return self.job.losses if self.job else None

    @property
    def differs_from_script(self) -> bool:
        """Whether words of its script were not said, or anything was that is not in it."""
        told = self.job.alignment if self.job else None
        return told is not None and bool(told.unsaid_words or told.unscripted_ms)

    def fail(self, code: str, sentence: str) -> None:
        self.error_code, self.sentence, self.outcome = code, sentence, "failed"

    def keep(self, sentence: str) -> None:
        self.sentence, self.outcome = sentence, "kept"

    def complete(self, job: Job, note: str) -> None:
        """It is written; the sentence says what came of it, `note` something of where it lies."""
        length = f"{clock(job.duration_ms / 1000)} of sound → " if job.duration_ms else ""
        said = length + (", ".join(printable(path.name) for path in self.written) or "nothing new") + note
        told = (job.audio_track, job.second_opinion, job.alignment)
        said += "".join(f" ({printable(one.sentence)})" for one in told if one is not None)
        if job.diarization is not None and not job.diarization.refused:  # a refusal is told as a loss
            said += f" ({job.diarization.sentence})"
        if job.losses is not None and job.losses.sentence:
            said += f". {job.losses.sentence}"
        self.sentence, self.outcome = said, "completed"

    def as_json(self) -> dict[str, Any]:
        job = self.job
        return {
            "file": self.name,
            "status": self.outcome or (job.status.value if job else "not submitted"),
            "job_id": job.job_id if job else None,
            "language": job.language if job else None,
            "duration_ms": job.duration_ms if job else None,
            "audio_track": job.audio_track.as_json() if job and job.audio_track else None,
            "second_opinion": job.second_opinion.as_json() if job and job.second_opinion else None,
            "alignment": job.alignment.as_json() if job and job.alignment else None,
            "diarization": job.diarization.as_json() if job and job.diarization else None,
            "second_passes": job.second_passes.as_json() if job and job.second_passes else None,
            "losses": self.losses.as_json() if self.losses is not None else None,
            "outputs": {name: str(path) for name, path in self.outputs.items() if path.exists()},
            "error": {"code": self.error_code, "message": self.sentence} if self.error_code else None,
        }
