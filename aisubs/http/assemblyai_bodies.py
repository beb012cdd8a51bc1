"""What AssemblyAI's clients say of a transcript that they want, as far as it is done here. The rest is refused."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from aisubs.model.errors import error
from aisubs.model.job import Options

USUAL_MODELS = ("best", "universal")
"""What their clients call the model, if they name none of ours; the answer tells which it was (`speech_model_used`)."""

_INSTEAD = {
    "webhook_url": "webhooks are made once for all jobs here, and signed: POST /api/webhooks",
    "language_confidence_threshold": "how sure a language is is not kept here",
    "audio_start_from": "recordings are transcribed whole here",
    "audio_end_at": "recordings are transcribed whole here",
    "translation": "texts are translated when they are done: POST /api/jobs/{id}/translations",
}


class _Known(BaseModel):
    """What is off, or says nothing, asks for nothing; whatever else is not a field is refused by its name."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _only_what_is_done(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        for name, value in given.items():
            if name not in cls.model_fields and value not in (None, False, [], {}, ""):
                raise ValueError(f"{name}: {_INSTEAD.get(name, 'this is not done here')}")
        return {name: value for name, value in given.items() if name in cls.model_fields and value is not None}


class SpeakerOptions(_Known):
    min_speakers_expected: int | None = Field(default=None, ge=1)
    max_speakers_expected: int | None = Field(default=None, ge=1)


class DetectionOptions(_Known):
    expected_languages: list[str] = Field(default=[], examples=[["en", "de"]])


class TranscriptRequest(_Known):
    """As the body of AssemblyAI's `POST /v2/transcript`. `audio_url`: what `POST /v2/upload` has answered."""

    audio_url: str = Field(max_length=4096, examples=["https://subtitles.example/v2/upload/" + "9f86d081" * 8])
    language_code: str | None = Field(default=None, max_length=40, examples=["en_us"])
    language_codes: list[str] = Field(default=[], examples=[["en", "de"]])
    language_detection: bool = Field(default=False, description="As is usual here where no language is named.")
    language_detection_options: DetectionOptions = DetectionOptions()
    speaker_labels: bool = False
    speakers_expected: int | None = Field(default=None, ge=1)
    speaker_options: SpeakerOptions = SpeakerOptions()
    prompt: str | None = None
    keyterms_prompt: list[str] = Field(default=[], examples=[["Szymborska"]])
    word_boost: list[str] = Field(default=[], examples=[["Szymborska"]])
    speech_model: str | None = Field(default=None, examples=["best"])
    speech_models: list[str] = Field(default=[], examples=[["best"]])
    temperature: Literal[0] = 0
    punctuate: Literal[True] = True
    format_text: Literal[True] = True

    @model_validator(mode="after")
    def _agrees(self) -> TranscriptRequest:
        if self.language_detection and self.language_code:
            raise ValueError("language_detection: not together with language_code")
        counted = self.speakers_expected or self.speaker_options != SpeakerOptions()
        if counted and not self.speaker_labels:
            raise ValueError("speakers_expected and speaker_options: only with speaker_labels")
        if self.speech_model and self.speech_models:
            raise ValueError("speech_model: not together with speech_models")
        return self

    @property
    def models(self) -> list[str]:
        """Names of ours, the first one that is here is to be taken; empty: the usual one."""
        named = [self.speech_model] if self.speech_model else self.speech_models
        return [] if any(name in USUAL_MODELS for name in named[:1]) else named

    def options(self) -> Options:
        """Raises `bad_language`, `bad_request`."""
        expected = [*self.language_codes, *self.language_detection_options.expected_languages]
        counts = {
            "num_speakers": self.speakers_expected,
            "min_speakers": self.speaker_options.min_speakers_expected,
            "max_speakers": self.speaker_options.max_speakers_expected,
        }
        try:
            return Options.model_validate(
                {
                    "language": _plain(self.language_code) if self.language_code else None,
                    "languages": [_plain(code) for code in expected],
                    "initial_prompt": self.prompt or None,
                    "hotwords": ", ".join([*self.keyterms_prompt, *self.word_boost]) or None,
                    "diarize": self.speaker_labels or None,
                    **counts,
                }
            )
        except ValidationError as fault:
            first = fault.errors()[0]
            text = first["msg"].removeprefix("Value error, ")
            if "unknown language" in text:
                raise error("bad_language", language=text.rpartition("unknown language ")[2].strip("'")) from fault
            where = f"{_THEIRS.get(str(first['loc'][0]), first['loc'][0])}: " if first["loc"] else ""
            raise error("bad_request", f"{where}{text}.") from fault


_THEIRS = {
    "hotwords": "keyterms_prompt and word_boost",
    "initial_prompt": "prompt",
    "num_speakers": "speakers_expected",
}


def _plain(code: str) -> str:
    """Their codes may name a country as well: en_us."""
    return code.partition("_")[0].lower()
