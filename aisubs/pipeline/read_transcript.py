"""A job's text: what the machine wrote, put together from the saved windows, or what people made of it since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

from pydantic import TypeAdapter

from aisubs.formats.columnar import columns_of
from aisubs.formats.edited import transcript_of
from aisubs.model.alignment import Alignment
from aisubs.model.audio_track import AudioTrack
from aisubs.model.diarization import Diarization
from aisubs.model.document import Document, document_from_json
from aisubs.model.errors import error
from aisubs.model.job import Job, Options, Status
from aisubs.model.operations import operation_from_json, replay
from aisubs.model.second_opinion import SecondOpinion
from aisubs.model.second_passes import SecondPasses
from aisubs.model.transcript import Coverage, Transcript, Window
from aisubs.model.turns import Turn, overlaps_of
from aisubs.pipeline.jobs import Reads
from aisubs.pipeline.speakers.assign_speakers import with_speakers
from aisubs.pipeline.transcribe.coverage import check_tiles, ledger_of
from aisubs.pipeline.transcribe.tracks_in_turn import side_by_side, turns_of

NO_LANGUAGE = "und"
"""ISO 639-2 for "undetermined": nothing was said, and nobody chose a language."""

MACHINE = 0
"""The revision that the machine wrote."""

_WINDOWS_PER_PAGE = 200
_COVERAGE = TypeAdapter(Coverage)


@dataclass(frozen=True)
class Text:
    """One revision of a job's text. `transcript` is what files are made of, `document` what people edit; either is made
    out of the other when it is first asked for."""

    revision: int
    about: Transcript
    """The machine's transcript; of an edited text only what is no text."""
    edited: Document | None = None

    @property
    def transcript(self) -> Transcript:
        return self._rendered[0]

    @property
    def owners(self) -> list[str] | None:
        """Of each segment the id of its paragraph; None: the paragraphs are numbered as they come."""
        return self._rendered[1]

    @cached_property
    def document(self) -> Document:
        return columns_of(self.about) if self.edited is None else self.edited

    @cached_property
    def _rendered(self) -> tuple[Transcript, list[str] | None]:
        return (self.about, None) if self.edited is None else transcript_of(self.edited, self.about)


def read_text(
    job: Job, *, jobs: Reads, revision: int | None = None, result: dict[str, Any] | None = None, partial: bool = False
) -> Text:
    """A revision of the job's text, by default the newest, by the right of whoever reads. `result` is what `get_result`
    says of the job.

    With `partial`, what is saved so far of a job that is not completed (and may never be).
    Raises `not_finished`, `revision_not_found`.
    """
    if job.status is Status.COMPLETED:
        result = result or jobs.get_result(job.job_id)
    if result is None and not partial:
        raise error("not_finished", f"the job is {job.status}")
    found = jobs.read_revision(job.job_id, revision) if result and revision != MACHINE else None
    if result and found:
        chosen = found["newest"] if revision is None else revision
        document = gone_back(found, revision)
        return Text(chosen, _with_overlaps(_about(job, result), document), document)
    if revision:
        raise error("revision_not_found", revision=revision)
    return Text(MACHINE, read_machine_text(job, result, jobs))


def read_about(job: Job, *, jobs: Reads) -> Text:
    """What is known of the newest text beside the machine's words, which are long to read; of a text that people have
    corrected with its words. Raises `not_finished`."""
    result = jobs.get_result(job.job_id) if job.status is Status.COMPLETED else None
    if result is None:
        raise error("not_finished", f"the job is {job.status}")
    found = jobs.read_revision(job.job_id) if job.revision else None
    if found is None:
        return Text(MACHINE, _about(job, result))
    document = document_from_json(found["document"])
    return Text(found["newest"], _with_overlaps(_about(job, result), document), document)


def read_machine_text(
    job: Job, result: dict[str, Any] | None, jobs: Reads, turns: Sequence[Turn] | None = None
) -> Transcript:
    """The transcript as it stands in the windows. `result` is None for a job that is not completed; `turns` are those
    that were published, unless others are wanted."""
    about = _about(job, result)
    if turns is None:
        turns = jobs.read_turns(job.job_id) if job.diarization is not None and job.diarization.found else ()
    return assemble(
        read_all_windows(lambda since, limit: jobs.read_windows(job.job_id, since, limit)),
        language=about.language,
        task=about.task,
        model=about.model,
        title=about.title,
        track=job.audio_track,
        second=job.second_opinion,
        alignment=job.alignment,
        passes=job.second_passes,
        speakers=job.diarization,
        turns=turns,
    )


def assemble(
    windows: Iterable[Window],
    *,
    language: str | None,
    task: str,
    model: str,
    title: str,
    track: AudioTrack | None = None,
    second: SecondOpinion | None = None,
    alignment: Alignment | None = None,
    passes: SecondPasses | None = None,
    speakers: Diarization | None = None,
    turns: Sequence[Turn] = (),
) -> Transcript:
    """One transcript out of the saved windows, which begin at 0. Raises `incomplete` when they leave a gap."""
    tiles = check_tiles(windows)
    if track is not None and track.in_turn:
        segments, coverage = side_by_side(tiles, track)
        turns = turns_of(segments, track)
    else:
        segments = with_speakers(chain.from_iterable(tile.segments for tile in tiles), turns)
        coverage = ledger_of(tiles)
    return Transcript(
        duration_ms=coverage.total_ms,
        language=language or NO_LANGUAGE,
        segments=segments,
        task=task,
        model=model,
        coverage=replace(coverage, overlaps=overlaps_of(turns)),
        title=title,
        extra=_extra(track, second, passes, speakers, alignment),
    )


def _extra(
    track: AudioTrack | None,
    second: SecondOpinion | None,
    passes: SecondPasses | None,
    speakers: Diarization | None,
    alignment: Alignment | None,
) -> dict[str, Any]:
    tracks = {"audio_track": track.as_json()} if track is not None and (track.of > 1 or track.in_turn) else {}
    opinion = {"second_opinion": second.lasting} if second is not None else {}
    again = {"second_passes": passes.lasting} if passes is not None and passes.passes else {}
    script = {"alignment": alignment.lasting} if alignment is not None else {}
    return tracks | opinion | again | script | ({"speakers": speakers.lasting} if speakers is not None else {})


def read_all_windows(read: Callable[[int, int], list[Window]]) -> Iterator[Window]:
    """All windows by pages; `read(since_seq, limit)` is Reads.read_windows of one job."""
    since = 0
    while True:
        page = read(since, _WINDOWS_PER_PAGE)
        yield from page
        if len(page) < _WINDOWS_PER_PAGE:
            return
        since = page[-1].seq + 1


def gone_back(found: dict[str, Any], revision: int | None) -> Document:
    """The document of a revision, out of what `read_revision` returned. Raises `revision_not_found`."""
    document = document_from_json(found["document"])
    if revision is None:
        return document
    steps = found["undo"]
    if revision > found["newest"] or len(steps) != found["newest"] - revision:
        raise error("revision_not_found", revision=revision)
    # In one go: each step costs what it names, and a thousand of them do not copy the text a thousand times.
    return replay(document, map(operation_from_json, chain.from_iterable(steps)))[0]


def _with_overlaps(about: Transcript, document: Document) -> Transcript:
    """As the speakers of the text are told apart, which may have been done anew."""
    if about.coverage is None or document.overlaps is None:
        return about
    return replace(about, coverage=replace(about.coverage, overlaps=document.overlaps))


def _about(job: Job, result: dict[str, Any] | None) -> Transcript:
    """A transcript without text."""
    known = result or {}
    coverage = known.get("coverage")
    return Transcript(
        duration_ms=known.get("duration_ms") or job.duration_ms or 0,
        language=known.get("language") or job.language or NO_LANGUAGE,
        segments=(),
        task=Options.model_validate(job.options).task,
        model=known.get("model") or "",
        coverage=_COVERAGE.validate_python(coverage) if coverage else None,
        title=job.name,
        extra=_extra(job.audio_track, job.second_opinion, job.second_passes, job.diarization, job.alignment),
    )
