"""A translation that people have corrected is brought up to date: what they wrote stays, by its sentence.

When it is asked for, what they wrote is put to the sentences that the original has now. When these are translated, a
new revision is made of both. Where the original says something else by then, their words stay as well, and that
somebody should look at them is told.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from aisubs.model.difference import difference
from aisubs.model.document import Document, document_from_json, spans_from_json
from aisubs.model.errors import error
from aisubs.model.job import Job
from aisubs.model.operations import replay
from aisubs.model.translation import Kept, Sentence, Source, Translation, TranslationState
from aisubs.pipeline.jobs import Holder, HolderReads, Jobs
from aisubs.pipeline.read_transcript import Text
from aisubs.pipeline.revise_transcript import revision_of
from aisubs.pipeline.translation.read_translation import composed, read_translated
from aisubs.pipeline.translation.wordings import corrected_in, is_by_sentences, reworded, wordings


def kept_by(
    job: Job, holder: Holder, language: str, original: Text, sentences: Sequence[Sentence], *, jobs: Jobs
) -> tuple[list[Sentence], dict[str, Any]]:
    """The sentences of the original as it is now with what people wrote for them, and what it takes to make a text of
    that (`Jobs.request_translation`, `remade`).

    Raises `translation_edited` where people have changed more than wordings.
    """
    old = jobs.read_translation(job.job_id, holder, language)
    names, duration_ms = original.edited or Document(), original.about.duration_ms
    if old.about["state"] == TranslationState.COMPLETED:
        newest = read_translated(job, language, jobs=HolderReads(jobs, holder)).document
        kept = _written(old, newest, duration_ms)
    else:  # it was asked for already, and is not done: its text is that of before
        kept = {one.seq: one.kept for one in old.sentences if one.kept is not None}
    remade = {
        "revision": old.about["revision"],
        "speakers": dict(names.speakers),
        "overlaps": names.overlaps,
        "duration_ms": duration_ms,
    }
    return placed(old.sentences, kept, sentences), remade


def remade_of(claim: Mapping[str, Any], sentences: Sequence[Sentence]) -> dict[str, Any]:
    """The revision that is made when all sentences are settled, for `Jobs.end_translation`."""
    told = claim["remade"]
    about = {"language": claim["language"], "source_language": claim["source_language"]}
    shifts = spans_from_json(told["shifts"]) or ()
    translation = Translation(about, sentences, shifts)
    former = document_from_json(told["document"])
    names = Document((), told["speakers"], spans_from_json(told["overlaps"]))
    texts = {one.seq: one.kept.text for one in sentences if one.kept is not None}
    made = reworded(translation, texts, former, names, told["duration_ms"])
    steps = difference(former, made)
    written, undo = replay(former, steps)
    said = wordings(translation, written, told["duration_ms"])
    revision = revision_of(written, undo, sum(step.changes for step in steps))
    return revision | {"corrected": corrected_in(translation, said)}


def placed(old: Sequence[Sentence], kept: Mapping[int, Kept], new: Sequence[Sentence]) -> list[Sentence]:
    """`new` with what was kept: of the very same sentence, else of the one that is said at most of the same time. What
    is said no more has no place; what two were written for stands together."""
    same: dict[Any, deque[int]] = defaultdict(deque)
    for one in new:
        same[one.source.key].append(one.seq)
    found = {one.seq: same[one.source.key].popleft() for one in old if same[one.source.key]}
    others = [new[seq] for seq in sorted({one.seq for one in new} - set(found.values()))]
    at: dict[int, list[Kept]] = defaultdict(list)
    for one in old:
        if one.seq in kept and (place := found.get(one.seq, _nearest(one.source, others))) is not None:
            at[place].append(kept[one.seq])
    return [replace(one, kept=_together(at[one.seq])) if one.seq in at else one for one in new]


def _written(old: Translation, newest: Document, duration_ms: int) -> dict[int, Kept]:
    """What people wrote, by sentence. Raises `translation_edited`."""
    texts = wordings(old, newest, duration_ms)
    machine = composed(old, newest, duration_ms)
    said = {cue.id: cue.text for cue in newest.own}
    retimed = [replace(cue, text=said.get(cue.id, cue.text)) for cue in machine.own if cue.id in said]
    by_sentences = is_by_sentences(newest, reworded(old, dict(enumerate(texts)), newest, newest, duration_ms))
    if not by_sentences or newest.shifts != machine.shifts or list(newest.own) != retimed:
        raise error("translation_edited")
    corrected = set(corrected_in(old, texts))
    return {
        one.seq: one.kept if one.kept and one.kept.text == texts[one.seq] else Kept(texts[one.seq], one.source.text)
        for one in old.sentences
        if one.seq in corrected or (one.kept and one.kept.text == texts[one.seq])
    }


def _nearest(source: Source, others: Sequence[Sentence]) -> int | None:
    """The sentence that is said at most of the same time, or is the text of the same cue; by number."""
    if source.own is not None:
        return next((one.seq for one in others if one.source.own and one.source.own["id"] == source.own["id"]), None)
    spoken = [one for one in others if one.source.own is None]
    best = max(spoken, key=lambda one: _common_ms(source, one.source), default=None)
    return best.seq if best is not None and _common_ms(source, best.source) > 0 else None


def _common_ms(left: Source, right: Source) -> int:
    return min(max(left.ends), max(right.ends)) - max(min(left.starts), min(right.starts))


def _together(kept: Sequence[Kept]) -> Kept:
    return Kept(" ".join(one.text for one in kept if one.text), " ".join(one.source for one in kept))
