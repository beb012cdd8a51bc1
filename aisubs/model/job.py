"""One job: a recording on its way to a transcript. Python never writes a status; the SQL functions do."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from aisubs.model.audio_track import AudioTrack, check_wish
from aisubs.model.language import LANGUAGES
from aisubs.model.losses import Losses
from aisubs.model.names import fits_database
from aisubs.model.second_opinion import NO_SECOND, SecondOpinion
from aisubs.model.second_passes import SecondPasses


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
    SECOND_OPINION = "second_opinion"  # the text is there; what is in doubt is decoded again by a larger model
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
    """Never doubt `language`, not even when several windows sound like another one: all of it is in that."""
    languages: tuple[str, ...] = Field(default=(), max_length=len(LANGUAGES))
    """What may be spoken, in no order: nothing is heard as another language. Empty: any. One alone is forced."""
    task: Literal["transcribe", "translate"] = "transcribe"
    model: str | None = None
    """Model name or directory; None is the worker's own setting."""
    second_opinion: str | None = None
    """Model name or directory that is asked about what stays in doubt, once the rest is there; "none": nobody. None is
    the worker's own setting."""
    initial_prompt: str | None = Field(default=None, max_length=800)
    """Text given to the model before every window: spelling, names, style."""
    hotwords: str | None = Field(default=None, max_length=400)
    """Words to listen for, separated by spaces or commas."""
    audio_track: str | None = None
    """Which of several audio tracks: its number from 1 as players count, its language, "speech" for the one with most
    of it, or "each" for all of them, with a speaker for each. None: the one in `language` if one says that it is, else
    the one marked as default, unless nobody speaks in it and somebody does in another."""
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

    @field_validator("languages", mode="before")
    @classmethod
    def _known_languages(cls, value: object) -> object:
        """Takes a list, or one text with commas as object metadata has it. Sorted, so that equal choices are equal."""
        given = value.split(",") if isinstance(value, str) else value
        if not isinstance(given, list | tuple) or not all(isinstance(code, str) for code in given):
            return value
        codes = {code.strip().lower() for code in given if code.strip()}
        if unknown := sorted(codes - LANGUAGES.keys()):
            raise ValueError(f"unknown language {unknown[0]!r}")
        return tuple(sorted(codes))

    @field_validator("audio_track", mode="before")
    @classmethod
    def _known_track(cls, value: object) -> object:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            return value
        return None if value.strip().lower() in ("", "auto") else check_wish(value)

    @model_validator(mode="after")
    def _fits_the_database(self) -> Options:
        for name in Options.model_fields:  # a name of a file is cleaned elsewhere
            value = getattr(self, name)
            if isinstance(value, str) and not fits_database(value):
                raise ValueError(f"{name}: NUL characters and lone surrogates are not allowed")
        return self

    @model_validator(mode="after")
    def _languages_agree(self) -> Options:
        if self.language and self.languages and self.language not in self.languages:
            raise ValueError(f"language: {self.language} is not among languages ({', '.join(self.languages)})")
        return self

    @model_validator(mode="after")
    def _speakers_agree(self) -> Options:
        if self.min_speakers and self.max_speakers and self.min_speakers > self.max_speakers:
            raise ValueError("min_speakers is larger than max_speakers")
        return self

    def check_offered(self) -> None:
        """Raises ValueError for what nobody does yet: a clear refusal, not a transcript without it."""
        if self.num_speakers or self.min_speakers or self.max_speakers:
            raise ValueError("speakers cannot be told apart yet; leave num_speakers, min_speakers and max_speakers out")

    @property
    def only_language(self) -> str | None:
        """The one language that is spoken, where somebody is sure of that."""
        if len(self.languages) == 1:
            return self.languages[0]
        return self.language if self.force_language else None

    def second_model(self, usual: str) -> str | None:
        """Whom to ask for a second opinion: what the job says, else the `usual` one of the settings; None is nobody."""
        second = self.second_opinion or usual
        return None if second in ("", NO_SECOND) else second

    def with_usual(self, languages: str) -> Options:
        """With what is usually spoken here (`de,en`), where nobody has said anything else."""
        usual = Options.model_validate({"languages": languages}).languages
        if not usual or self.languages or (self.language and self.language not in usual):
            return self
        return self.model_copy(update={"languages": usual})

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
    """Why a job does not start: None, "slot", "gpu" (no machine; also when a start was accepted) or "budget" (today's
    machine time is spent)."""
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
