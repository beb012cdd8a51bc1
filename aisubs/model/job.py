"""One job: a recording on its way to a transcript. Python never writes a status; the SQL functions do."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from aisubs.model.alignment import Alignment
from aisubs.model.audio_track import AudioTrack
from aisubs.model.diarization import Diarization
from aisubs.model.losses import Losses
from aisubs.model.options import Options
from aisubs.model.second_opinion import SecondOpinion
from aisubs.model.second_passes import SecondPasses

__all__ = ["Job", "Options", "Source", "Stage", "Status"]


class Status(StrEnum):
    """Where a job stands. The moves between these are in aisubs/sql/code/10_states.sql."""

    UPLOADING = "uploading"
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it by itself: what has no deadline in 10_states.sql. A test compares."""
        return self in (Status.COMPLETED, Status.FAILED, Status.CANCELLED)

    @property
    def came_to_nothing(self) -> bool:
        """Whether it is over without a text."""
        return self.over and self is not Status.COMPLETED


class Stage(StrEnum):
    """What a job in `processing` is doing."""

    STARTING = "starting"  # dispatched; no worker has claimed it yet
    FETCHING = "fetching"
    TRANSCRIBING = "transcribing"
    SECOND_OPINION = "second_opinion"  # the text is there; what is in doubt is decoded again by a larger model
    ALIGNING = "aligning"  # the words of a script are put on the sound
    DIARIZING = "diarizing"
    WRITING = "writing"


class Source(StrEnum):
    """Where a recording came from. Only `web` is ever refused for a full queue."""

    WEB = "web"
    BUCKET = "bucket"
    FOLDER = "folder"
    CLI = "cli"


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
    """Why a job does not start: None, "slot", "gpu" (no machine; also when a start was accepted), "budget" (today's
    machine time is spent) or "paused" (by an administrator)."""
    waiting_until: str | None = None
    """When it may start at the earliest; None where nobody knows."""
    position: int | None = None
    """1 is next; None when the job is not waiting."""
    filename: str
    file_size_bytes: int | None = None
    source: Source
    options: dict[str, Any] = Field(default_factory=dict)
    language: str | None = None
    audio_track: AudioTrack | None = None
    """Which of several audio tracks is heard; None while that is not known, and where there is only one."""
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
    title: str | None = None
    """What people call it; None: the file's name."""
    tags: tuple[str, ...] = ()
    kept: bool = False
    """Exempt from retention: `expires_at` is None."""
    revision: int = 0
    """The newest of the text; 0 is the machine's."""
    edited_at: str | None = None
    """When somebody last corrected the text."""
    warn_at: str | None = None
    """From when on people are to be warned that retention takes the text that they corrected."""
    second_opinion: SecondOpinion | None = None
    """What a larger model was asked about and changed, and how long that took; None where none was wanted."""
    second_passes: SecondPasses | None = None
    """How often the model was asked again about doubtful answers, why, and for how long; None where it never was."""
    alignment: Alignment | None = None
    """What became of the script; None where there is none."""
    diarization: Diarization | None = None
    """How many people were told apart, and how long listening took; None where nobody wanted to know."""
    losses: Losses | None = None
    """What the machine's text does not tell, or not for sure; None until it is there."""
    worked_s: float = 0.0
    """For how many seconds workers have held it, over all attempts: times the price of an hour, what it has cost."""
    eta_s: float | None = None
    """Seconds until the transcript is expected, waiting included; None when nothing is known."""

    @property
    def name(self) -> str:
        """What people know it by."""
        return self.title or self.filename
