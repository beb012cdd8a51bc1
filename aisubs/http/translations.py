"""Finished texts in other languages: ask for one, see how far it is and what is wrong about it, delete it.

Reading, downloading and correcting a translation is what it is for the text itself, with `language` in the query.
"""

from __future__ import annotations

import logging
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from aisubs import __version__
from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.http.compression import packed, tag, unchanged
from aisubs.http.refusals import refuses
from aisubs.http.rendered import Rendered
from aisubs.model.errors import Refused, error
from aisubs.model.glossary import MAX_TERM_CHARS, MAX_TERMS, glossary_of
from aisubs.model.job import Job
from aisubs.model.translation import SentenceState, Translation, TranslationState
from aisubs.pipeline.jobs import Holder, HolderReads
from aisubs.pipeline.read_transcript import read_text
from aisubs.pipeline.translation.read_translation import Changes, changes_since
from aisubs.pipeline.translation.request_translation import request_translation
from aisubs.wiring import App

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/jobs/{job_id}/translations", tags=["transcripts"])

Language = Annotated[str, Path(pattern=r"^[a-z]{2,3}$")]


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
    `tokens` and `requests` were spent on all languages of this text. `error`: of one that failed, or waits until
    `not_before`."""

    language: str = Field(examples=["de"])
    state: TranslationState
    progress: int = Field(examples=[100])
    sentences: int
    done: int
    untranslated: int
    doubtful: int
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
    """A sentence of the original beside its translation. Null `start_ms`: it is the text of a cue of its own."""

    seq: int
    start_ms: int | None
    end_ms: int | None
    source: str = Field(examples=["Good morning."])
    text: str | None = Field(examples=["Guten Morgen."])
    state: SentenceState
    doubts: list[GlossaryTerm]
    stale: bool


class SentencePairs(BaseModel):
    translation: TranslationInfo
    pairs: list[SentencePair]


@router.post(
    "",
    status_code=202,
    summary="Have a finished text translated",
    responses=refuses(
        *("no_translator", "translator_unusable", "no_such_pair", "bad_language", "not_finished"),
        *("translation_edited", "too_many_translations"),
    ),
)
def ask(job_id: JobId, wanted: TranslationRequest, app: Served, holder: SomeHolder) -> TranslationInfo:
    """It is made by itself from here on; ask the list how far it is. The same again goes on with one that failed, or
    makes anew what was corrected in the original since, and nothing else. 503 `no_translator`: nobody has set this
    server up for it. `/api/config` says which translator it is, and which host texts are sent to."""
    job = app.jobs.get_own_job(job_id, holder)
    translator = app.load_translator()
    terms = glossary_of((term.source, term.target) for term in wanted.glossary)
    row = request_translation(job, holder, wanted.language, terms, jobs=app.jobs, translator=translator)
    return _info(row, Changes((), 0))


@router.get("", summary="The translations of a text, and how far they are", responses=refuses("incomplete", "too_busy"))
def listed(job_id: JobId, request: Request, app: Served, holder: SomeHolder) -> Translations:
    """By a link, too, without glossary and costs."""
    job = app.jobs.get_job(job_id, holder)
    rows = app.jobs.list_translations(job_id, holder)
    return Translations(translations=[_info(row, _changes(row, job, request, app, holder)) for row in rows])


@router.get(
    "/{language}",
    summary="Each sentence beside its translation",
    response_model=SentencePairs,
    responses=refuses("translation_not_found", "history_not_shared", "incomplete", "too_busy") | {304: {}},
)
def side_by_side(job_id: JobId, language: Language, request: Request, app: Served, holder: SomeHolder) -> Response:
    """As the original was when it was translated; so by a link only with the history. Has an ETag."""
    app.jobs.check_history(job_id, holder)
    job = app.jobs.get_job(job_id, holder)
    row = next((one for one in app.jobs.list_translations(job_id, holder) if one["language"] == language), None)
    if row is None:
        raise error("translation_not_found", language=language)
    shown = sha256(repr(sorted(row.items())).encode()).hexdigest()[:32]  # not the same to everybody
    etag = tag(request, f"{shown}-{job.revision}-{__version__}")
    if known := unchanged(request, etag):
        return known

    def make() -> Response:
        translation = app.jobs.read_translation(job_id, holder, language)
        changes = changes_since(translation, read_text(job, jobs=HolderReads(app.jobs, holder)))
        pairs = SentencePairs(translation=_info(row, changes), pairs=_pairs(translation, changes))
        return packed(request, pairs.model_dump_json().encode(), "application/json", etag)

    rendered: Rendered[Response] = request.app.state.rendered
    return rendered.get(("pairs", job_id, language, etag), make, lambda made: len(made.body))


@router.delete(
    "/{language}", status_code=204, summary="Delete a translation", responses=refuses("translation_not_found")
)
def delete(job_id: JobId, language: Language, app: Served, holder: SomeHolder) -> None:
    """With all that people have corrected in it. What it has cost stays counted."""
    app.jobs.delete_translation(job_id, holder, language)


def _changes(row: dict[str, Any], job: Job, request: Request, app: App, holder: Holder) -> Changes:
    """Where the original is another one by now both are read, which takes a while: once for each state of them."""
    if row["source_revision"] == job.revision:
        return Changes((), 0)

    def make() -> Changes:
        original = read_text(job, jobs=HolderReads(app.jobs, holder))
        return changes_since(app.jobs.read_translation(job.job_id, holder, row["language"]), original)

    rendered: Rendered[Changes] = request.app.state.rendered
    key = ("changes", job.job_id, row["language"], row["version"], job.revision)
    return rendered.get(key, make, lambda made: 100 + 8 * len(made.stale))


def _info(row: dict[str, Any], changes: Changes) -> TranslationInfo:
    glossary = [{"source": source, "target": target} for source, target in row["glossary"]]
    progress = 100 * row["done"] // row["sentences"] if row["sentences"] else 100
    told = {"glossary": glossary, "progress": progress, "error": row["error_message"]}
    return TranslationInfo.model_validate(row | told | {"stale": len(changes.stale), "added": changes.added})


def _pairs(translation: Translation, changes: Changes) -> list[SentencePair]:
    stale = set(changes.stale)
    return [
        SentencePair(
            seq=one.seq,
            start_ms=min(one.source.starts, default=None),
            end_ms=max(one.source.ends, default=None),
            source=one.source.text,
            text=one.text,
            state=one.state,
            doubts=[GlossaryTerm(source=term.source, target=term.target) for term in one.doubts],
            stale=one.seq in stale,
        )
        for one in translation.sentences
    ]


def translator_facts(app: App) -> TranslatorFacts | None:
    try:
        translator = app.load_translator()
    except Refused as fault:
        if fault.code != "no_translator":
            log.warning("translator.unusable", extra={"reason": fault.sentence})
        return None
    return TranslatorFacts(model=translator.name, sent_to=translator.sent_to)
