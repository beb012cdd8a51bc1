"""One job: a recording on its way to a transcript. Python never writes a status; the SQL functions do."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from aisubs.model.language import LANGUAGES


class Status(StrEnum):
    """Where a job stands. The moves between these are in aisubs/sql/code/10_states.sql."""

    UPLOADING = "uploading"
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """What a job in `processing` is doing."""

    STARTING = "starting"  # dispatched; no worker has claimed it yet
    FETCHING = "fetching"
    TRANSCRIBING = "transcribing"
    DIARIZING = "diarizing"
    WRITING = "writing"


class Source(StrEnum):
    """Where a recording came from. Only `web` is ever refused for a full queue."""

    WEB = "web"
    BUCKET = "bucket"
    FOLDER = "folder"
    CLI = "cli"


class Options(BaseModel):
    """What the user may choose about a job. Names are the seeds' where they have one.

    Stored as JSON in `transcription_jobs.options`; equal options and equal content mean an equal result.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: str | None = None
    """ISO 639-1 code, or None to detect it."""
    force_language: bool = False
    """Never doubt `language`, not even when several windows sound like another one."""
    task: Literal["transcribe", "translate"] = "transcribe"
    model: str | None = None
    """Model name or directory; None is the worker's own setting."""
    initial_prompt: str | None = Field(default=None, max_length=800)
    """Text given to the model before every window: spelling, names, style."""
    hotwords: str | None = Field(default=None, max_length=400)
    """Words to listen for, separated by spaces or commas."""
    word_timestamps: bool = True
    num_speakers: int | None = Field(default=None, ge=1, le=50)
    min_speakers: int | None = Field(default=None, ge=1, le=50)
    max_speakers: int | None = Field(default=None, ge=1, le=50)
    cue_profile: str = "netflix"
    """Named subtitle profile used for the files written on completion."""
    fresh: bool = False
    """Transcribe although a transcript of the same recording with the same options is there."""

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str | None) -> str | None:
        if value is None or value == "" or value == "auto":
            return None
        if value.lower() not in LANGUAGES:
            raise ValueError(f"unknown language {value!r}")
        return value.lower()

    @model_validator(mode="after")
    def _speakers_agree(self) -> Options:
        if self.min_speakers and self.max_speakers and self.min_speakers > self.max_speakers:
            raise ValueError("min_speakers is larger than max_speakers")
        return self

    def as_json(self) -> dict[str, Any]:
        """Only what differs from the default, so that equal choices are equal JSON."""
        return self.model_dump(mode="json", exclude_defaults=True)


class Job(BaseModel):
    """A job as the SQL functions return it to owners and to the API: no token, no resume state, no transcript."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    job_id: str
    status: Status
    progress_stage: Stage | None = None
    progress: int = 0
    """Whole percent of the recording that is transcribed and saved; never falls while the job lives."""
    progress_ms: int = 0
    duration_ms: int | None = None
    waiting_for: str | None = None
    """Why a pending job does not start: None, "slot" or "gpu" (no machine, backing off)."""
    position: int | None = None
    """1 is next; None when the job is not waiting."""
    filename: str
    file_size_bytes: int | None = None
    source: Source
    options: dict[str, Any] = Field(default_factory=dict)
    language: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    retryable: bool | None = None
    cached: bool = False
    cached_at: str | None = None
    """When the transcript was made that this job took over; None for one that has its own."""
    retry_count: int = 0
    windows: int = 0
    """How many windows are saved: the highest `seq` + 1."""
    version: int
    """Rises with every change that a user could see; the ETag and the guard against stale live messages."""
    created_at: str
    started_at: str | None = None
    completed_at: str | None = None
    last_seen: str | None = None
    expires_at: str | None = None
    """When retention deletes the job and its recording."""
    watch_topic: str | None = None
    """Unguessable name of the live channel of this job; only its holder is told."""
    eta_s: float | None = None
    """Seconds until the transcript is expected, waiting included; None when nothing is known."""
