"""People put a sentence of a translation into other words: a revision of its own line, as every correction is."""

from __future__ import annotations

from dataclasses import replace

from aisubs.formats.wording import clean, is_visible
from aisubs.model.document import Document
from aisubs.model.errors import error
from aisubs.model.job import Job
from aisubs.pipeline.jobs import Holder, Jobs
from aisubs.pipeline.revise_transcript import Saved, rewrite
from aisubs.pipeline.translation.wordings import is_by_sentences, own_with, reworded, wordings


def correct_sentence(
    job: Job, holder: Holder, based_on: int, language: str, seq: int, text: str, *, jobs: Jobs
) -> Saved:
    """`text` stands for sentence `seq` of the original, in the time in which that is said. The same text as before says
    that it is right for what the original says now.

    Raises as `save_edit`, `translation_not_found`, `translation_edited` where people have changed more than wordings,
    and `bad_request` for a text in which nothing can be seen, or a sentence that is not there.
    """
    words = " ".join(clean(text).split())
    if not is_visible(words):
        raise error("bad_request", "A sentence without a visible character would be left out: write one.")

    def make(former: Document) -> Document:
        translation = jobs.read_translation(job.job_id, holder, language)
        if seq >= len(translation.sentences):
            raise error("bad_request", f"The translation has no sentence {seq}.")
        duration_ms = job.duration_ms or 0
        said = dict(enumerate(wordings(translation, former, duration_ms)))
        if not is_by_sentences(former, reworded(translation, said, former, former, duration_ms)):
            raise error("translation_edited")
        made = reworded(translation, said | {seq: words}, former, former, duration_ms)
        own = translation.sentences[seq].source.own
        return replace(made, own=own_with(former.own, {own["id"]: words} if own else {}), shifts=former.shifts)

    return rewrite(job, holder, based_on, make, jobs=jobs, language=language, settled=seq)
