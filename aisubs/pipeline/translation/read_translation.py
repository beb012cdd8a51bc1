"""A translation as a text like any other: read, shaped into cues and corrected as the original is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aisubs.formats.columnar import columns_of
from aisubs.model.captions.own_cues import MAX_OWN_CHARS, OwnCue, own_cues_from_json
from aisubs.model.document import Document
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Job
from aisubs.model.transcript import Segment, Transcript
from aisubs.model.translation import Sentence, SentenceState, Translation, TranslationState
from aisubs.pipeline.jobs import Holder, HolderReads, Jobs
from aisubs.pipeline.read_transcript import MACHINE, Text, gone_back, read_about, read_text
from aisubs.pipeline.translation.sentences import sentences_of
from aisubs.pipeline.translation.spread import spread, words_of

DOUBT = 0.0
"""The confidence of a sentence that a person should look at: it is marked as what was badly heard is."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What of the original is not any more as it was translated: `stale` sentences of the translation, by number, and
    how many sentences of the original are in none."""

    stale: tuple[int, ...]
    added: int


def read_in(language: str, job: Job, *, jobs: HolderReads, revision: int | None = None, partial: bool = False) -> Text:
    """The text of the recording ("") or a translation of it. Raises as `read_text` and `read_translated`."""
    if not language:
        return read_text(job, jobs=jobs, revision=revision, partial=partial)
    return read_translated(job, language, jobs=jobs, revision=revision, partial=partial)


def read_translated(
    job: Job, language: str, *, jobs: HolderReads, revision: int | None = None, partial: bool = False
) -> Text:
    """A revision of the text in this language, by default the newest; 0 is as it was translated.

    With `partial`, what there is so far. Raises `translation_not_found`, `not_finished`, `revision_not_found`.
    """
    original = read_about(job, jobs=jobs)
    translation = jobs.read_translation(job.job_id, language)
    if translation.about["state"] != TranslationState.COMPLETED and not partial:
        raise error("not_finished", f"the translation is {translation.about['state']}")
    about = about_translation(original.about, translation)
    newest = translation.about["revision"]
    if (newest if revision is None else revision) == MACHINE:
        return Text(MACHINE, about, document_of(translation, original, about))
    found = jobs.read_revision(job.job_id, revision, language)
    if found is None:
        raise error("revision_not_found", revision=revision)
    return Text(found["newest"] if revision is None else revision, about, gone_back(found, revision))


def about_translation(original: Transcript, translation: Translation) -> Transcript:
    """What is no text: that of the original, in this language, with who translated it and what is wrong about it."""
    known = translation.about
    told = {name: known[name] for name in ("source_language", "source_revision", "translator", "sent_to")}
    told |= {name: known[name] for name in ("sentences", "untranslated", "doubtful")}
    return replace(
        original,
        language=known["language"],
        task="transcribe",
        segments=(),
        paragraphs=None,
        own=(),
        shifts=(),
        extra=original.extra | {"translation": told},
    )


def document_of(translation: Translation, original: Text, about: Transcript) -> Document:
    """As it was translated. Speakers are called what the original calls them now."""
    return composed(translation, original.edited or Document(), about.duration_ms)  # the machine gives no names


def composed(translation: Translation, names: Document, duration_ms: int) -> Document:
    """The sentences as a text, with the speakers and overlaps of `names`."""
    own = tuple(sorted(_own(one) for one in translation.sentences if one.source.own is not None))
    made = columns_of(spoken_in(translation, duration_ms)[0])
    return replace(made, speakers=names.speakers, overlaps=names.overlaps, own=own, shifts=translation.shifts)


def spoken_in(translation: Translation, duration_ms: int) -> tuple[Transcript, list[Sentence]]:
    """What is spoken, a segment a sentence, and these sentences."""
    spoken = [one for one in translation.sentences if one.source.own is None]
    segments = tuple(_segment(one, translation.about["source_language"]) for one in spoken)
    opened: tuple[int, ...] | None = None
    if any(one.source.opens for one in spoken):  # what was not translated is a paragraph of its own, by its language
        others = {at for at in range(1, len(segments)) if segments[at].language != segments[at - 1].language}
        opened = tuple(at for at, one in enumerate(spoken) if one.source.opens or at in others)
    return Transcript(duration_ms, translation.about["language"], segments, paragraphs=opened), spoken


def changes_since(translation: Translation, original: Text) -> Changes:
    """By comparing each sentence, its time and its speaker with what the original says now."""
    known, language = translation.about, translation.about["language"]
    now = original_sentences(original, known["source_language"], language)
    left = Counter(one.source.key for one in now)
    stale = []
    for sentence in translation.sentences:
        if left[sentence.source.key] > 0:
            left[sentence.source.key] -= 1
        else:
            stale.append(sentence.seq)
    return Changes(tuple(stale), left.total())


def check_shared(job: Job, row: Mapping[str, Any], holder: Holder, *, jobs: Jobs) -> None:
    """By a link without the history nobody reads in a translation what was taken out of the original since it was made.

    `row` is that of `list_translations`. Asked for answers that are cached. Raises `history_not_shared`.
    """
    if row["source_revision"] == job.revision and not row["to_check"]:
        return
    try:
        jobs.check_history(job.job_id, holder)
    except AisubsError as fault:
        if fault.code != "history_not_shared":
            raise
        original = read_text(job, jobs=HolderReads(jobs, holder))
        if row["to_check"] or changes_since(jobs.read_translation(job.job_id, holder, row["language"]), original).stale:
            raise


def original_sentences(original: Text, source: str, target: str) -> Sequence[Sentence]:
    """What of a text is to be translated."""
    return sentences_of(original.document, source, target, by_people=original.revision != MACHINE)


def _segment(sentence: Sentence, source_language: str) -> Segment:
    source, is_lost = sentence.source, sentence.state is not SentenceState.TRANSLATED
    doubt = DOUBT if sentence.doubts or sentence.state is SentenceState.UNTRANSLATED else None
    words = tuple(spread(words_of(sentence.shown), source.starts, source.ends, doubt))
    text = "".join(word.text for word in words)
    language = (source.language or source_language) if is_lost else None
    end_ms = max(word.end_ms for word in words)
    return Segment(words[0].start_ms, end_ms, text, words, source.speaker, language=language)


def _own(sentence: Sentence) -> OwnCue:
    (cue,) = own_cues_from_json([sentence.source.own or {}])
    # Lines are broken where the original's sense wants it, which nobody knows of the translation.
    return cue if sentence.text is None else replace(cue, text=sentence.text[:MAX_OWN_CHARS])
