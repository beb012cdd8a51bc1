"""What is asked and told of translations."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from aisubs.model.glossary import MAX_TERM_CHARS, MAX_TERMS
from aisubs.model.translation import SentenceState, TranslationState

MAX_SENTENCE_CHARS = 5000


class GlossaryTerm(BaseModel):
    """`source` in the original must be `target` in the translation."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(min_length=1, max_length=MAX_TERM_CHARS)
    target: str = Field(min_length=1, max_length=MAX_TERM_CHARS)


class TranslatorFacts(BaseModel):
    """What texts are translated with, and the host that they are sent to for it; null: none."""

    model: str
    sent_to: str | None


class TranslationRequest(BaseModel):
    """`language` by its code or its English name."""

    model_config = ConfigDict(extra="forbid")

    language: str = Field(min_length=2, max_length=40, examples=["de"])
    glossary: list[GlossaryTerm] = Field(default=[], max_length=MAX_TERMS)


class TranslationInfo(BaseModel):
    """`done` of `sentences` are settled. Losses: `untranslated` stand in the original's words; in `doubtful` ones a
    term did not come out; `stale` ones were corrected in the original since, where `added` are in no translation.
    `corrected` ones are people's words and no losses; `to_check` of them were written for what the original said
    before.
    `tokens` and `requests` were spent on all languages of this text. `error`: of one that failed, or waits until
    `not_before`."""

    language: str = Field(examples=["de"])
    state: TranslationState
    progress: int = Field(examples=[100])
    sentences: int
    done: int
    untranslated: int
    doubtful: int
    corrected: int
    to_check: int
    stale: int
    added: int
    source_language: str = Field(examples=["en"])
    source_revision: int
    revision: int
    glossary: list[GlossaryTerm]
    translator: str = Field(examples=["a-chat-model"])
    sent_to: str | None = Field(examples=["llm.example.org"])
    tokens: int
    requests: int
    error_code: str | None
    error: str | None
    requested_at: str
    finished_at: str | None
    not_before: str | None


class Translations(BaseModel):
    translations: list[TranslationInfo]


class SentencePair(BaseModel):
    """A sentence of the original beside its translation, as it is in the newest revision of that. Null `start_ms`: it
    is the text of a cue of its own. `corrected`: these are people's words; `to_check`: they were written for what the
    original said before."""

    seq: int
    start_ms: int | None
    end_ms: int | None
    source: str = Field(examples=["Good morning."])
    text: str | None = Field(examples=["Guten Morgen."])
    state: SentenceState
    doubts: list[GlossaryTerm]
    stale: bool
    corrected: bool
    to_check: bool


class Wording(BaseModel):
    """What is to stand for a sentence. The same as before: somebody has looked, and it is right."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=MAX_SENTENCE_CHARS, examples=["Guten Morgen zusammen."])


class SentencePairs(BaseModel):
    translation: TranslationInfo
    pairs: list[SentencePair]
