"""Somebody wants a finished text in another language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aisubs.model.errors import error
from aisubs.model.glossary import Term
from aisubs.model.job import Job
from aisubs.model.language import LANGUAGES, language_of
from aisubs.model.translation import MAX_LANGUAGES, TranslationState
from aisubs.pipeline.jobs import Holder, HolderReads, Jobs
from aisubs.pipeline.read_transcript import read_text
from aisubs.pipeline.translation.keep_corrections import kept_by
from aisubs.pipeline.translation.read_translation import changes_since, original_sentences
from aisubs.ports import Translator


def request_translation(
    job: Job, holder: Holder, language: str, glossary: Sequence[Term], *, jobs: Jobs, translator: Translator
) -> dict[str, Any]:
    """Have it made, or go on, or made anew where the original was corrected since; what is whole and as it was is left
    alone, and what people have corrected stays. Nothing is asked of the translator here. Returns what
    `list_translations` says of it.

    Raises `bad_language`, `bad_request` for the language of the text itself, `no_such_pair`, `not_finished`,
    `translation_edited`, `revision_conflict` where it is corrected at the same time, `too_many_translations`.
    """
    target = language_of(language)
    if target is None:
        raise error("bad_language", language=language)
    jobs.get_own_job(job.job_id, holder)
    original = read_text(job, jobs=HolderReads(jobs, holder))
    source = original.about.text_language
    if source == target:
        raise error("bad_request", f"The text is in {LANGUAGES[target]} already.")
    if source in LANGUAGES:
        translator.check(source, target)
    known = {row["language"]: row for row in jobs.list_translations(job.job_id, holder)}.get(target)
    if known and _is_whole(known, glossary):
        changes = changes_since(jobs.read_translation(job.job_id, holder, target), original)
        if not changes.stale and not changes.added:
            return known
    sentences, remade = original_sentences(original, source, target), None
    if known and known["revision"]:
        sentences, remade = kept_by(job, holder, target, original, sentences, jobs=jobs)
    return jobs.request_translation(
        job.job_id,
        holder,
        target,
        source_language=source,
        source_revision=original.revision,
        glossary=glossary,
        shifts=original.document.shifts,
        sentences=sentences,
        at_most=MAX_LANGUAGES,
        remade=remade,
    )


def _is_whole(known: dict[str, Any], glossary: Sequence[Term]) -> bool:
    same_terms = known["glossary"] == [[term.source, term.target] for term in glossary]
    return (
        same_terms and known["state"] == TranslationState.COMPLETED and (known["revision"] or not known["untranslated"])
    )
