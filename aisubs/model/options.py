"""What the user may choose about a job."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from aisubs.model.audio_track import EACH, check_wish
from aisubs.model.channels import Channels
from aisubs.model.language import LANGUAGES
from aisubs.model.names import fits_database
from aisubs.model.second_opinion import NO_SECOND
from aisubs.model.turns import SpeakerCount

MAX_SPEAKERS = 50
"""More people than that are not told apart in one recording."""

COUNTS = ("num_speakers", "min_speakers", "max_speakers")
SPEAKER_OPTIONS = ("diarize", *COUNTS)


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
    diarize: bool | None = None
    """Tell apart who speaks when. None: as is usual here (`with_usual`); naming a number of speakers means yes."""
    num_speakers: int | None = Field(default=None, ge=1, le=MAX_SPEAKERS)
    """Exactly so many people speak; None leaves it to the sound."""
    min_speakers: int | None = Field(default=None, ge=1, le=MAX_SPEAKERS)
    max_speakers: int | None = Field(default=None, ge=1, le=MAX_SPEAKERS)
    channels: Literal["dialogue", "mono"] | None = None
    """How the two channels of a recording are heard where speakers are told apart: "dialogue", a person on each, which
    means yes to telling them apart; "mono", together. None: as their levels show."""
    cue_profile: str = "netflix"
    """Named subtitle profile used for the files written on completion."""
    script: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of the text that is said in the recording, which came with it: its words are put on the sound."""
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

    @field_validator("channels", mode="before")
    @classmethod
    def _known_channels(cls, value: object) -> object:
        plain = value.strip().lower() if isinstance(value, str) else value
        return None if plain in ("", "auto") else plain

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

    @model_validator(mode="before")
    @classmethod
    def _number_means_yes(cls, given: Any) -> Any:
        """Equal choices are equal, whether somebody said `diarize` beside a number (or a dialogue) or did not. What
        object metadata leaves empty was not chosen."""
        if not isinstance(given, dict):
            return given
        chosen = {name: value for name, value in given.items() if name not in SPEAKER_OPTIONS or value != ""}
        named = any(chosen.get(name) is not None for name in COUNTS) or _is_dialogue(chosen.get("channels"))
        return {**chosen, "diarize": True} if named and chosen.get("diarize") is None else chosen

    @model_validator(mode="after")
    def _speakers_agree(self) -> Options:
        count = self.speaker_count
        count.check()
        if self.channels == "dialogue":
            self._check_dialogue()
        if count == SpeakerCount():
            return self
        if not self.diarize:
            raise ValueError("num_speakers, min_speakers and max_speakers mean nothing where diarize is false")
        if self.audio_track == EACH:
            raise ValueError("with audio_track each every track is one speaker: leave the number of speakers out")
        return self

    def _check_dialogue(self) -> None:
        if not self.diarize:
            raise ValueError("channels dialogue means nothing where diarize is false")
        if self.audio_track == EACH:
            raise ValueError("with audio_track each every track is one speaker: leave channels out")
        if not self.speaker_count.allows(2):
            raise ValueError("channels dialogue is two speakers: leave their number out")

    @model_validator(mode="after")
    def _script_agrees(self) -> Options:
        if self.script is None:
            return self
        if self.audio_track == EACH or self.channels == "dialogue":
            raise ValueError(
                "with a script one track is heard, and its channels together: leave audio_track or channels"
            )
        if self.task == "translate":
            raise ValueError("a script is what is said, so nothing can be translated")
        return self

    @property
    def heard_channels(self) -> Channels:
        """How two channels are heard: by their levels where speakers are told apart and may be two."""
        if not self.diarize or self.audio_track == EACH or self.script is not None:
            return Channels.MONO
        if self.channels is not None:
            return Channels(self.channels)
        return Channels.AUTO if self.speaker_count.allows(2) else Channels.MONO

    @property
    def speaker_count(self) -> SpeakerCount:
        """How many people may be told apart."""
        return SpeakerCount(self.num_speakers, self.min_speakers, self.max_speakers)

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

    def with_usual(self, languages: str, *, diarize: bool = False) -> Options:
        """With what is usually spoken here (`de,en`), and whether speakers are told apart, where nobody has said
        anything else. A "no" is then the same as nothing said."""
        apart = (diarize if self.diarize is None else self.diarize) or None
        told = self.model_copy(update={"diarize": apart, "channels": self.channels if apart else None})
        usual = Options.model_validate({"languages": languages}).languages
        if not usual or self.languages or (self.language and self.language not in usual):
            return told
        return told.model_copy(update={"languages": usual})

    def with_script(self, text: str) -> Options:
        """With a script, which is kept beside the recording. Raises ValidationError for what does not go with it."""
        return Options.model_validate({**self.model_dump(), "script": sha256(text.encode()).hexdigest()})

    def as_json(self) -> dict[str, Any]:
        """Only what differs from the default, so that equal choices are equal JSON."""
        return self.model_dump(mode="json", exclude_defaults=True)


def _is_dialogue(value: object) -> bool:
    return isinstance(value, str) and value.strip().lower() == Channels.DIALOGUE
