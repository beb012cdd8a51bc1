"""Another number of speakers, afterwards: decided again from what the diarizer kept, without hearing anything anew.

The outcome is a revision like any other. Voices keep the labels that they had, and with these the names that people
gave them: each goes to the new speaker who shares most time with the old one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count as counting
from itertools import groupby

from aisubs.formats.columnar import columns_of
from aisubs.model.document import Document, Paragraph
from aisubs.model.errors import error
from aisubs.model.job import Job, Status
from aisubs.model.turns import SpeakerCount, Turn, overlaps_of
from aisubs.pipeline.jobs import Holder, HolderReads, Jobs
from aisubs.pipeline.read_transcript import MACHINE, read_machine_text, read_text
from aisubs.pipeline.revise_transcript import Saved, insist, rewrite
from aisubs.pipeline.speakers.assign_speakers import TurnsByTime
from aisubs.pipeline.speakers.decide_speakers import all_chunks, decide
from aisubs.pipeline.speakers.know_voices import know_anew
from aisubs.ports import Decider


def redo_speakers(
    job: Job, holder: Holder, based_on: int, count: SpeakerCount, *, jobs: Jobs, deciders: Sequence[Decider]
) -> Saved:
    """Save the newest text, which must be `based_on`, with its speakers told apart anew.

    Raises as `save_edit`, `speakers_by_track`, `speakers_not_kept`, `diarizer_failed`.
    """
    jobs.get_own_job(job.job_id, holder)
    insist(based_on, jobs.newest_revision(job.job_id, holder))  # before a minute of work on a day of sound
    if job.status is not Status.COMPLETED:
        raise error("not_finished", f"the job is {job.status}")
    if job.audio_track is not None and job.audio_track.in_turn:
        raise error("speakers_by_track", job.audio_track.sentence)
    told = job.diarization
    decider = next((one for one in deciders if told and told.heard and one.reads(told.diarizer)), None)
    if told is None or decider is None:
        raise error("speakers_not_kept", f"kept by {told.diarizer if told else None}")
    rows = list(all_chunks(lambda since, limit: jobs.read_speaker_chunks(job.job_id, holder, since, limit)))
    if len(rows) != told.chunks:
        raise error("speakers_not_kept", f"{len(rows)} of {told.chunks} rows are there")
    turns = decide(decider, rows, job.duration_ms or 0, count)

    reads = HolderReads(jobs, holder)

    def make(document: Document) -> Document:
        if based_on == MACHINE:
            anew = columns_of(read_machine_text(job, reads.get_result(job.job_id), reads, turns))
        else:
            anew = spoken_by(document, turns)
        return replace(named_as_before(document, anew), overlaps=overlaps_of(turns))

    saved = rewrite(job, holder, based_on, make, jobs=jobs)

    def read() -> Document:
        return read_text(job, jobs=reads, revision=saved.revision).document

    know_anew(job.job_id, holder, read, rows, jobs=jobs, decider=decider)
    return saved


def spoken_by(document: Document, turns: Sequence[Turn]) -> Document:
    """The text with the speakers of the turns, "1", "2", …; paragraphs are parted where they change, and all the rest
    stays as people have made it."""
    by_time = TurnsByTime(turns)
    if not by_time:
        return replace(document, paragraphs=tuple(replace(one, speaker=None) for one in document.paragraphs))
    taken = {paragraph.id for paragraph in document.paragraphs}
    fresh = (name for number in counting(1) if (name := f"s{number}") not in taken)
    return replace(
        document,
        paragraphs=tuple(part for paragraph in document.paragraphs for part in _parted(paragraph, by_time, fresh)),
    )


def named_as_before(old: Document, new: Document) -> Document:
    """`new` with the labels of `old` for those who share most time with them."""
    known = list(dict.fromkeys(paragraph.speaker for paragraph in old.paragraphs if paragraph.speaker))
    before_by_time = TurnsByTime(Turn(*span, known.index(speaker)) for speaker, span in _spoken(old))
    shared: Counter[tuple[str, str]] = Counter()
    for after, span in _spoken(new):
        for number, length_ms in before_by_time.shares(*span).items():
            shared[known[number], after] += length_ms
    labels: dict[str, str] = {}
    for (before, after), _ in shared.most_common():
        if after not in labels and before not in labels.values():
            labels[after] = before
    taken = {*labels.values(), *old.speakers}
    fresh = (name for number in counting(1) if (name := f"Speaker {number}") not in taken)
    for after, _ in _spoken(new):
        if after not in labels:
            labels[after] = next(fresh)
    renamed = (replace(one, speaker=labels.get(one.speaker) if one.speaker else None) for one in new.paragraphs)
    return replace(old, paragraphs=tuple(renamed), overlaps=new.overlaps)


def _spoken(document: Document) -> Iterator[tuple[str, tuple[int, int]]]:
    """Of each word that somebody says who, and when (start_ms, end_ms); for 1 ms at least."""
    for paragraph in document.paragraphs:
        if paragraph.speaker:
            for start_ms, length_ms in zip(paragraph.starts, paragraph.durations, strict=True):
                yield paragraph.speaker, (start_ms, start_ms + max(1, length_ms))


def _parted(paragraph: Paragraph, turns: TurnsByTime, fresh: Iterator[str]) -> Iterator[Paragraph]:
    spans = zip(paragraph.starts, paragraph.durations, strict=True)
    speakers = [turns.speaker_at(start_ms, start_ms + length_ms) for start_ms, length_ms in spans]
    if len(set(speakers)) <= 1:
        yield replace(paragraph, speaker=str(speakers[0]) if speakers else paragraph.speaker)
        return
    words, first = list(paragraph.words()), 0
    for speaker, group in groupby(speakers):
        end = first + len(list(group))
        yield _part(paragraph, words[first:end], slice(first, end), str(speaker), next(fresh) if first else None)
        first = end


def _part(paragraph: Paragraph, words: list[str], at: slice, speaker: str, part_id: str | None) -> Paragraph:
    """Some words of a paragraph as one of its own."""
    offsets, length = [], 0
    for word in words:
        offsets.append(length)
        length += len(word.encode("utf-16-le")) // 2
    return replace(
        paragraph,
        id=part_id or paragraph.id,
        text="".join(words).rstrip(),
        offsets=tuple(offsets),
        starts=paragraph.starts[at],
        durations=paragraph.durations[at],
        conf=paragraph.conf[at],
        speaker=speaker,
        overrides=tuple(
            (index - at.start, override) for index, override in paragraph.overrides or () if at.start <= index < at.stop
        )
        or None,
    )
