"""Videos with subtitles: a copy of the recording's video with a track of them, or with them in its picture.

They are made by the local edition, one after the other, and are for owners alone: no link makes, shows or deletes any.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.http.addresses import absolute_url
from aisubs.http.files import ANSWERS, bytes_of
from aisubs.http.refusals import refuses
from aisubs.media.burn import can_burn
from aisubs.media.mux import muxed_suffix
from aisubs.model.errors import error
from aisubs.model.media_type import playable_type
from aisubs.model.names import filename_of, split_suffix
from aisubs.pipeline.request_copy import Kind, request_copy
from aisubs.ports import FilesOnDisk
from aisubs.wiring import App, make_limits

router = APIRouter(prefix="/api/jobs/{job_id}/videos", tags=["videos"])

CopyId = Annotated[UUID, Path()]
_WORDS = {"mux": "subtitled", "burn": "burned"}


class VideoRequest(BaseModel):
    """`mux`: as a track that players switch on and off. `burn`: drawn into the picture, which is encoded anew. The
    job's own `profile` unless another is named; `language`: of a translation, else the text itself."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = Field(examples=["mux"])
    profile: str | None = Field(default=None, max_length=40)
    language: str | None = Field(default=None, pattern=r"^[a-z]{2,3}$", examples=["de"])


class Video(BaseModel):
    """`revision`: of the text that it is made of. `progress` in percent. `url`: of a finished one, takes GET with Range
    and needs no token: it is a secret, for `MEDIA_URL_TTL_S`. `error`: of one that failed, or waits for another try."""

    copy_id: str = Field(examples=["0b9c1f4e-7d0a-4c55-9a86-2f1f6f0f3f21"])
    kind: Kind = Field(examples=["mux"])
    profile: str
    language: str = Field(examples=["en"])
    revision: int
    state: Literal["waiting", "working", "completed", "failed"] = Field(examples=["completed"])
    progress: int = Field(examples=[100])
    filename: str = Field(examples=["talk.subtitled.mp4"])
    size_bytes: int | None
    url: str | None
    error_code: str | None
    error: str | None
    requested_at: str
    finished_at: str | None


class Videos(BaseModel):
    videos: list[Video]


def kinds_of(app: App) -> list[Kind]:
    """What this server makes; none in the cloud, and none where recordings lie elsewhere."""
    if app.edition != "local" or not isinstance(app.store, FilesOnDisk):
        return []
    return ["mux", "burn"] if can_burn() else ["mux"]


@router.post(
    "",
    status_code=202,
    summary="Have a video with subtitles made",
    responses=refuses(
        *("no_copies", "no_ffmpeg", "not_finished", "no_picture", "recording_gone", "recording_not_shared"),
        *("translation_not_found", "incomplete", "too_many_copies", "copies_waiting", "store_unavailable"),
        *("not_media", "damaged", "truncated"),
    ),
)
def ask(job_id: JobId, wanted: VideoRequest, request: Request, app: Served, holder: SomeHolder) -> Video:
    """Of the newest text, if the picture is kept here: the page usually sends the sound alone (422 `no_picture`). It is
    made by itself from here on; ask how far it is. The same again makes it anew where the text has changed, or it has
    failed."""
    app.jobs.get_own_job(job_id, holder)
    kinds = kinds_of(app)
    if wanted.kind not in kinds:
        raise error("no_ffmpeg" if kinds else "no_copies")
    row = request_copy(
        job_id,
        holder,
        wanted.kind,
        profile=wanted.profile,
        language=wanted.language,
        jobs=app.jobs,
        store=app.store,
        limits=make_limits(app.settings),
    )
    return _video(row, request, app)


@router.get("", summary="The videos with subtitles, and how far they are")
def listed(job_id: JobId, request: Request, app: Served, holder: SomeHolder) -> Videos:
    """For the owner alone, the oldest first."""
    rows = app.jobs.list_video_copies(job_id, holder) if kinds_of(app) else _none(job_id, app, holder)
    return Videos(videos=[_video(row, request, app) for row in rows])


@router.get("/{copy_id}", summary="One video with subtitles", responses=refuses("not_found"))
def one(job_id: JobId, copy_id: CopyId, request: Request, app: Served, holder: SomeHolder) -> Video:
    return _video(_row(job_id, copy_id, app, holder), request, app)


@router.head("/{copy_id}/download", include_in_schema=False)
@router.get(
    "/{copy_id}/download",
    summary="Download a video with subtitles",
    response_class=Response,
    responses=refuses("not_found", "not_finished", "object_not_found", "no_such_range", "store_unavailable") | ANSWERS,
)
def download(job_id: JobId, copy_id: CopyId, request: Request, app: Served, holder: SomeHolder) -> Response:
    """Takes Range and If-Range, and If-None-Match."""
    row = _row(job_id, copy_id, app, holder)
    if row["state"] != "completed":
        raise error("not_finished", f"the copy is {row['state']}")
    return bytes_of(app.store, app.store.stat(row["object_name"]), _name(row), request, "attachment")


@router.delete(
    "/{copy_id}",
    status_code=204,
    summary="Delete a video with subtitles",
    responses=refuses("not_found", "store_unavailable"),
)
def delete(job_id: JobId, copy_id: CopyId, app: Served, holder: SomeHolder) -> None:
    """Whoever is making it stops."""
    app.jobs.get_own_job(job_id, holder)
    name = _row(job_id, copy_id, app, holder)["object_name"]
    app.store.delete(name)  # first, or a crash between the two would leave bytes that nobody knows of
    app.jobs.delete_video_copy(job_id, holder, str(copy_id))
    app.store.delete(name)  # that of a maker who was quicker


def _row(job_id: str, copy_id: UUID, app: App, holder: SomeHolder) -> dict[str, Any]:
    """Raises `not_found`."""
    if not kinds_of(app):
        _none(job_id, app, holder)
        raise error("not_found")
    return app.jobs.list_video_copies(job_id, holder, str(copy_id))[0]


def _none(job_id: str, app: App, holder: SomeHolder) -> list[dict[str, Any]]:
    """Where none are made, after the right was asked for: the cloud's API has no function for more."""
    app.jobs.get_own_job(job_id, holder)
    return []


def _video(row: dict[str, Any], request: Request, app: App) -> Video:
    url = None
    if row["state"] == "completed":
        suffix = PurePath(_name(row)).suffix
        content_type, ttl_s = playable_type("", f"x{suffix}"), app.settings.media_url_ttl_s
        url = absolute_url(app.store.read_url(row["object_name"], _name(row), content_type, ttl_s), request, app)
    return Video.model_validate(row | {"filename": _name(row), "url": url, "error": row["error_message"]})


def _name(row: dict[str, Any]) -> str:
    """`talk.subtitled.mp4`, `talk.de.burned.mkv`."""
    suffix = muxed_suffix(PurePath(row["recording"]))
    return filename_of(
        row["title"] or split_suffix(row["recording"])[0], f".{row['language']}.{_WORDS[row['kind']]}{suffix}"
    )
