"""What was said: windows as they are saved, the text for the viewer and its cues, and the whole in any format."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from aisubs import __version__
from aisubs.formats import FORMATS, PROFILES
from aisubs.formats.columnar import write_document
from aisubs.formats.encoding import compact_json, utf_8
from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.http.bodies import LANGUAGE, Download, FormatInfo, Formats, WindowPage
from aisubs.http.compression import packed, tag, unchanged
from aisubs.http.cue_bodies import Cues
from aisubs.http.headers import disposition, etag_matches
from aisubs.http.refusals import refuses
from aisubs.http.rendered import Rendered
from aisubs.http.text_bodies import Columns
from aisubs.model.errors import error
from aisubs.model.job import Job, Status
from aisubs.model.speech_model import is_toy
from aisubs.pipeline.jobs import Holder, HolderReads
from aisubs.pipeline.read_transcript import MACHINE, Text, read_text
from aisubs.pipeline.results import ResultFile, read_result
from aisubs.pipeline.shape_cues import shape_cues
from aisubs.pipeline.transcribe.tracks_in_turn import on_recording
from aisubs.pipeline.translation.read_translation import check_shared, read_in, read_translated
from aisubs.pipeline.translation.results import translated_result
from aisubs.wiring import App

router = APIRouter(prefix="/api", tags=["transcripts"])

MAX_WINDOWS = 500

Revision = Annotated[int | None, Query(ge=0, le=2**31 - 1, description="0: the machine's; by default the newest.")]

Language = Annotated[str, Query(pattern=LANGUAGE, description="Of a translation; without one as it was said.")]

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {row.media_type.partition(";")[0]: _BINARY for row in FORMATS.values()} | {"application/json": {}},
    },
    304: {},
}

_OF_A_TEXT = (
    *("history_not_shared", "revision_not_found", "translation_not_found", "not_finished"),
    *("incomplete", "too_busy"),
)


@router.get(
    "/jobs/{job_id}/windows", summary="The transcript so far, while it grows", responses=refuses("history_not_shared")
)
def read_windows(
    job_id: JobId,
    app: Served,
    holder: SomeHolder,
    since: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_WINDOWS)] = 200,
) -> WindowPage:
    """Windows with seq >= `since`, in order, without gaps: as the machine wrote them, so not by a link once the text
    was corrected."""
    job = app.jobs.get_job(job_id, holder)
    windows = [on_recording(window, job.audio_track) for window in app.jobs.read_windows(job_id, holder, since, limit)]
    next_seq = windows[-1].seq + 1 if windows else since
    # The job was read first: a window saved in between makes it say "not finished", never the reverse.
    finished = job.status.over and next_seq >= job.windows
    return WindowPage(windows=windows, next_seq=next_seq, finished=finished, status=job.status, version=job.version)


@router.get(
    "/jobs/{job_id}/transcript",
    summary="The text in columns, for viewers",
    response_model=Columns,
    responses=refuses(*_OF_A_TEXT) | {304: {}},
)
def read_transcript(
    job_id: JobId,
    request: Request,
    app: Served,
    holder: SomeHolder,
    revision: Revision = None,
    language: Language = "",
) -> Response:
    """What people made of it, if they did. Of a job that is not completed, what is saved so far. Has an ETag."""
    job = app.jobs.get_job(job_id, holder)
    newest, mark = _newest(app, job, holder, language)
    chosen = newest if revision is None else revision
    if chosen != newest:
        app.jobs.check_history(job_id, holder)
    etag = tag(request, f"{mark}{chosen}-{newest}-{job.version}-{__version__}")
    if known := unchanged(request, etag):
        return known

    def make() -> Response:
        reads = HolderReads(app.jobs, holder)
        result = reads.get_result(job_id) if job.status is Status.COMPLETED else None
        if language:
            text = read_translated(job, language, jobs=reads, revision=chosen)
        else:
            text = read_text(job, jobs=reads, revision=chosen, result=result, partial=True)
        coverage = text.about.coverage
        about = _about(job, text, newest) | {"coverage": asdict(coverage) if result and coverage else None}
        return packed(request, write_document(text.document, about), "application/json", etag)

    return _rendered(request, ("transcript", job_id, etag), make)


@router.get(
    "/jobs/{job_id}/cues",
    summary="The text as subtitles, and where they break a rule",
    response_model=Cues,
    responses=refuses(*_OF_A_TEXT) | {304: {}},
)
def read_cues(
    job_id: JobId,
    request: Request,
    app: Served,
    holder: SomeHolder,
    profile: str = "netflix",
    revision: Revision = None,
    language: Language = "",
) -> Response:
    """The very cues that SRT and all other subtitle formats of this revision and profile hold. Has an ETag."""
    job = app.jobs.get_job(job_id, holder)
    newest, mark = _newest(app, job, holder, language)
    chosen = newest if revision is None else revision
    if chosen != newest:
        app.jobs.check_history(job_id, holder)
    etag = tag(request, f"{mark}{profile if profile in PROFILES else ''}-{chosen}-{job.version}-{__version__}")
    if known := unchanged(request, etag):
        return known

    def make() -> Response:
        reads = HolderReads(app.jobs, holder)
        shaped = shape_cues(read_in(language, job, jobs=reads, revision=chosen, partial=not language), profile)
        cues = Cues.of(shaped, profile, chosen)
        return packed(request, utf_8(compact_json(cues.model_dump())), "application/json", etag)

    return _rendered(request, ("cues", job_id, profile, etag), make)


@router.head("/jobs/{job_id}/download/{format_name}", include_in_schema=False)
@router.get(
    "/jobs/{job_id}/download/{format_name}",
    summary="The transcript as a file",
    response_class=Response,
    responses=refuses(
        "bad_format",
        "history_not_shared",
        "revision_not_found",
        "translation_not_found",
        "not_finished",
        "incomplete",
        "too_busy",
        "store_unavailable",
    )
    | _FILES,
)
def download(
    job_id: JobId,
    format_name: str,
    chosen: Annotated[Download, Query()],
    request: Request,
    app: Served,
    holder: SomeHolder,
) -> Response:
    """Any of GET /api/formats."""
    job = app.jobs.get_job(job_id, holder)
    newest, mark = _newest(app, job, holder, chosen.language)
    if chosen.revision not in (None, newest):
        app.jobs.check_history(job_id, holder)
    more: dict[str, Any] = {"profile": chosen.profile, "choices": chosen.choices(), "partial": chosen.partial}

    def make() -> ResultFile:
        reads, revision = HolderReads(app.jobs, holder), chosen.revision
        if chosen.language:
            return translated_result(job, chosen.language, format_name, jobs=reads, revision=revision, **more)
        return read_result(job, format_name, jobs=reads, store=app.store, revision=revision, **more)

    key = ("file", job_id, job.version, newest, mark, format_name, chosen.model_dump_json())
    rendered: Rendered[ResultFile] = request.app.state.rendered
    file = rendered.get(key, make, lambda made: len(made.data))
    headers = {"ETag": f'"{file.sha256[:32]}"', "Content-Disposition": disposition("attachment", file.filename)}
    if etag_matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(file.data, headers=headers, media_type=file.media_type)


@router.get("/formats", summary="All formats and subtitle profiles")
def formats() -> Formats:
    return Formats(
        formats=[
            FormatInfo(
                name=row.name,
                suffix=row.suffix,
                media_type=row.media_type,
                description=row.sentence,
                choices=sorted(row.choices),
            )
            for row in FORMATS.values()
        ],
        profiles={name: profile.sentence for name, profile in PROFILES.items()},
    )


def _rendered(request: Request, key: Hashable, make: Callable[[], Response]) -> Response:
    rendered: Rendered[Response] = request.app.state.rendered
    return rendered.get(key, make, lambda made: len(made.body))


def _newest(app: App, job: Job, holder: Holder, language: str) -> tuple[int, str]:
    """Of the text or of a translation, and what else changes what is read of that. Raises `translation_not_found`."""
    if not language:
        return (app.jobs.newest_revision(job.job_id, holder) if job.status is Status.COMPLETED else MACHINE), ""
    for row in app.jobs.list_translations(job.job_id, holder):
        if row["language"] == language:
            check_shared(job, row, holder, jobs=app.jobs)
            # Speakers are called what the original calls them now.
            return row["revision"], f"{language}-{row['version']}-{job.revision}-"
    raise error("translation_not_found", language=language)


def _about(job: Job, text: Text, newest: int) -> dict[str, Any]:
    """What the page is told besides the paragraphs. Up to `final_until_ms` nothing changes by itself any more."""
    told = text.about
    completed = job.status is Status.COMPLETED
    return {
        "job_id": job.job_id,
        "revision": text.revision,
        "newest": newest,
        "version": job.version,
        "status": job.status,
        "language": told.text_language,
        "duration_ms": told.duration_ms if completed else job.duration_ms or told.duration_ms,
        "final_until_ms": told.duration_ms,
        "title": told.title,
        "toy": is_toy(told.model),
        "speakers": text.document.speakers,
        "own": [cue.as_json() for cue in text.document.own],
        "shifts": text.document.shifts,
    }
