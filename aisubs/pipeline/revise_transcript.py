"""People correct a transcript: each edit makes a new revision of the text, and the machine's stays number 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aisubs.formats.columnar import columns_of
from aisubs.formats.encoding import compact_json
from aisubs.model.difference import difference
from aisubs.model.document import Document, document_from_json
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Job
from aisubs.model.operations import Operation, Step, replay, revise
from aisubs.pipeline.jobs import Holder, HolderReads, Jobs
from aisubs.pipeline.read_transcript import MACHINE, read_machine_text
from aisubs.pipeline.translation.read_translation import read_in, read_translated
from aisubs.pipeline.translation.wordings import corrected_in, wordings

KEPT_REVISIONS = 1000
"""How many steps back are kept. The machine's text and the newest are always there."""

KEPT_BYTES = 64 << 20
"""What the steps back of one job may take in the database."""

MAX_DOCUMENT_BYTES = 32 << 20
"""Largest text, as JSON."""

MAX_WORDS, WORDS_PER_S = 150_000, 8
"""To how many words a text may grow: those of sixteen hours, and of a longer recording as many as can be said in it.
Whoever reads a text has it shaped, which for a recording of a minute is not to take more than two seconds of a core."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A revision that is safe now. `saved_at` is ISO 8601."""

    revision: int
    saved_at: str


def save_edit(
    job: Job, holder: Holder, based_on: int, operations: Sequence[Operation], *, jobs: Jobs, language: str = ""
) -> Saved:
    """Apply the operations to revision `based_on`, which must be the newest: of the text, or of its translation.

    The very same edit once more, after its answer was lost, saves nothing and is answered as the first time.
    Raises `job_not_found`, `read_only`, `not_finished`, `revision_conflict`, and `bad_request` for operations that do
    not fit the text.
    """
    newest, document, saved = _open(job, holder, jobs, language)
    reads = HolderReads(jobs, holder)
    if saved and newest == based_on + 1 and _made_already(job, based_on, operations, document, reads, language):
        return saved
    insist(based_on, newest)
    edited, undo = revise(document, operations, duration_ms=job.duration_ms or 0)
    most = max(MAX_WORDS, WORDS_PER_S * (job.duration_ms or 0) // 1000)
    if most < edited.word_count > document.word_count:
        raise error("bad_request", f"The text would become too large: it may grow to {most} words.")
    changes = sum(operation.changes for operation in operations)
    return _save(job, holder, based_on, edited, undo, changes, None, jobs, language)


def restore(job: Job, holder: Holder, based_on: int, revision: int, *, jobs: Jobs, language: str = "") -> Saved:
    """Make a new revision with the text of an older one; 0 is the machine's.

    Raises as `save_edit`, and `revision_not_found`.
    """
    reads = HolderReads(jobs, holder)

    def make(_: Document) -> Document:
        return read_in(language, job, jobs=reads, revision=revision).document

    return rewrite(job, holder, based_on, make, revision, jobs=jobs, language=language)


def rewrite(
    job: Job,
    holder: Holder,
    based_on: int,
    make: Callable[[Document], Document],
    restored_from: int | None = None,
    *,
    jobs: Jobs,
    language: str = "",
    settled: int | None = None,
) -> Saved:
    """Save what `make` makes of the newest text, by as few steps as that takes; of a translation, `settled` is the
    sentence that somebody has looked at. Raises as `save_edit`."""
    newest, document, _ = _open(job, holder, jobs, language)
    insist(based_on, newest)
    steps = difference(document, make(document))
    written, undo = replay(document, steps)
    changes = sum(step.changes for step in steps)
    return _save(job, holder, based_on, written, undo, changes, restored_from, jobs, language, settled)


def _open(job: Job, holder: Holder, jobs: Jobs, language: str) -> tuple[int, Document, Saved | None]:
    """The number of the newest revision, its text, and when it was saved, if it is no machine's."""
    found = jobs.open_revision(job.job_id, holder, language)
    if found is not None:
        saved = Saved(found["revision"], found["saved_at"])
        return saved.revision, document_from_json(found["document"]), saved
    reads = HolderReads(jobs, holder)
    if language:
        return MACHINE, read_translated(job, language, jobs=reads, revision=MACHINE).document, None
    return MACHINE, columns_of(read_machine_text(job, reads.get_result(job.job_id), reads)), None


def insist(based_on: int, newest: int) -> None:
    """Raises `revision_conflict` for an edit that is not based on the newest text."""
    if based_on != newest:
        raise error("revision_conflict", f"based on {based_on}, the newest is {newest}")


def _made_already(
    job: Job, based_on: int, operations: Sequence[Operation], document: Document, jobs: HolderReads, language: str
) -> bool:
    try:
        before = read_in(language, job, jobs=jobs, revision=based_on).document
        return revise(before, operations, duration_ms=job.duration_ms or 0)[0] == document
    except AisubsError as fault:
        if fault.code not in ("bad_request", "revision_not_found"):
            raise
        return False


def _save(
    job: Job,
    holder: Holder,
    based_on: int,
    document: Document,
    undo: Sequence[Step],
    changes: int,
    restored_from: int | None,
    jobs: Jobs,
    language: str,
    settled: int | None = None,
) -> Saved:
    arguments = revision_of(document, undo, changes) | {
        "based_on": based_on,
        "restored_from": restored_from,
        "language": language,
    }
    if language:
        translation = jobs.read_translation(job.job_id, holder, language)
        texts = wordings(translation, document, job.duration_ms or 0)
        arguments |= {"corrected": corrected_in(translation, texts), "settled": settled}
    return Saved(**jobs.save_revision(job.job_id, holder, **arguments))


def revision_of(document: Document, undo: Sequence[Step], changes: int) -> dict[str, Any]:
    """What is stored of a revision. Raises `bad_request` for a text that is too large."""
    shown = document.as_json()
    if len(compact_json(shown)) > MAX_DOCUMENT_BYTES:
        raise error("bad_request", "The text would become too large.")
    return {
        "document": shown,
        "undo": [step.as_json() for step in undo],
        "changes": changes,
        "kept_revisions": KEPT_REVISIONS,
        "kept_bytes": KEPT_BYTES,
    }
