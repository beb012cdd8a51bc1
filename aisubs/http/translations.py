"""Finished texts in other languages: ask for one, see how far it is and what is wrong about it, delete it.

Reading, downloading and correcting a translation is what it is for the text itself, with `language` in the query.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from aisubs import __version__
from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.http.compression import packed, tag, unchanged
from aisubs.http.refusals import refuses
from aisubs.http.rendered import Rendered
from aisubs.http.revisions import IfMatch, answer_saved, revision_of
from aisubs.http.text_bodies import SavedRevision
from aisubs.http.translation_bodies import (
    GlossaryTerm,
    SentencePair,
    SentencePairs,
    TranslationInfo,
    TranslationRequest,
    Translations,
    TranslatorFacts,
    Wording,
)
from aisubs.model.errors import Refused, error
from aisubs.model.glossary import glossary_of
from aisubs.model.job import Job
from aisubs.model.translation import Translation, TranslationState
from aisubs.pipeline.jobs import Holder, HolderReads
from aisubs.pipeline.read_transcript import read_text
from aisubs.pipeline.translation.correct_sentence import correct_sentence
from aisubs.pipeline.translation.read_translation import Changes, changes_since, read_translated
from aisubs.pipeline.translation.request_translation import request_translation
from aisubs.pipeline.translation.wordings import corrected_in, wordings
from aisubs.wiring import App

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/jobs/{job_id}/translations", tags=["transcripts"])

Language = Annotated[str, Path(pattern=r"^[a-z]{2,3}$")]


@router.post(
    "",
    status_code=202,
    summary="Have a finished text translated",
    responses=refuses(
        *("no_translator", "translator_unusable", "no_such_pair", "bad_language", "not_finished"),
        *("translation_edited", "too_many_translations", "revision_conflict"),
    ),
)
def ask(job_id: JobId, wanted: TranslationRequest, app: Served, holder: SomeHolder) -> TranslationInfo:
    """It is made by itself from here on; ask the list how far it is. The same again goes on with one that failed, or
    makes anew what was corrected in the original since, and nothing else: what people corrected in it stays. 503
    `no_translator`: nobody has set this server up for it. `/api/config` says which translator it is, and which host
    texts are sent to."""
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
    """As the original was when it was translated; so by a link only with the history. `translation.revision` is what a
    correction of a sentence is based on. Has an ETag."""
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
        reads = HolderReads(app.jobs, holder)
        changes = changes_since(translation, read_text(job, jobs=reads))
        texts = [one.shown for one in translation.sentences]
        if row["revision"] and row["state"] == TranslationState.COMPLETED:
            newest = read_translated(job, language, jobs=reads).document
            texts = wordings(translation, newest, job.duration_ms or 0)
        pairs = SentencePairs(translation=_info(row, changes), pairs=_pairs(translation, changes, texts))
        return packed(request, pairs.model_dump_json().encode(), "application/json", etag)

    rendered: Rendered[Response] = request.app.state.rendered
    return rendered.get(("pairs", job_id, language, etag), make, lambda made: len(made.body))


@router.put(
    "/{language}/sentences/{seq}",
    status_code=201,
    summary="Put a sentence of a translation into other words",
    responses=refuses("revision_conflict", "not_finished", "translation_not_found", "translation_edited"),
)
def correct(
    job_id: JobId,
    language: Language,
    seq: Annotated[int, Path(ge=0, lt=2**31)],
    wanted: Wording,
    response: Response,
    app: Served,
    holder: SomeHolder,
    if_match: IfMatch = None,
) -> SavedRevision:
    """As a revision of its own line, in the time of its sentence. 412: somebody else has saved since; nothing is lost.
    409 `translation_edited`: people have changed more of it than wordings; `/revisions?language=` takes everything."""
    based_on = revision_of(if_match)
    job = app.jobs.get_job(job_id, holder)
    saved = correct_sentence(job, holder, based_on, language, seq, wanted.text, jobs=app.jobs)
    return answer_saved(job_id, saved, response)


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


def _pairs(translation: Translation, changes: Changes, texts: Sequence[str]) -> list[SentencePair]:
    """`texts` are what stands for each sentence now."""
    stale, corrected = set(changes.stale), set(corrected_in(translation, texts))
    return [
        SentencePair(
            seq=one.seq,
            start_ms=min(one.source.starts, default=None),
            end_ms=max(one.source.ends, default=None),
            source=one.source.text,
            text=texts[one.seq] if one.seq in corrected else one.text,
            state=one.state,
            doubts=[
                GlossaryTerm(source=term.source, target=term.target)
                for term in (() if one.seq in corrected else one.doubts)
            ],
            stale=one.seq in stale,
            corrected=one.seq in corrected,
            to_check=one.to_check,
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
