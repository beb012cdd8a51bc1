"""What was deleted of a job, and what of it lies somewhere yet: for thirty days, without a word of it."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from aisubs.http.access import JobId, Served, SomeHolder
from aisubs.ports import Mirror
from aisubs.wiring import App

router = APIRouter(prefix="/api/deletions", tags=["jobs"])


class Kept(BaseModel):
    """`until`: null is not known here. `what`:

    `twin`: the text, for another job of yours has the same recording. `results`: subtitles beside a dropped file, which
    retention leaves to whoever dropped it. `command_files`: what `aisubs transcribe` wrote where it was told to.
    `voices`: prints of voices that you named, for those are for later. `upload`: the number of the upload, so that what
    still comes of it is turned away. `message`: the number of the job, told to your webhooks. `logs`: its number, in
    lines of logs. `backups`: whatever backups of the database the operator makes. `this`: these figures."""

    what: Literal["twin", "results", "command_files", "voices", "upload", "message", "logs", "backups", "this"]
    until: str | None


class DeletedObjects(BaseModel):
    """`mirrors`: results that lay beside a dropped file. (What a person has changed there stays.)"""

    source: int = 0
    results: int = 0
    mirrors: int = 0


class Deletion(BaseModel):
    """`rows` by table. `finished_at`: null while files of it are still to be deleted, which is tried again."""

    job_id: str
    deleted_at: str
    deleted_by: Literal["owner", "retention", "admin", "account"]
    finished_at: str | None
    rows: dict[str, int]
    objects: DeletedObjects
    kept: list[Kept]


def own_mirror(app: App) -> Mirror | None:
    """The mirror, where whoever answers people may delete in it; the cloud's API leaves that to its retention."""
    return app.mirror if app.edition == "local" else None


def deletion_path(job_id: str) -> str:
    """Where what was deleted of a job is told."""
    return f"{router.prefix}/{job_id}"


@router.get("/{job_id}", summary="What was deleted of a job")
def get_deletion(job_id: JobId, app: Served, holder: SomeHolder) -> Deletion:
    """By the job's own token, or for its owner; whoever deleted it, retention too."""
    return Deletion.model_validate(app.jobs.get_deletion(job_id, holder))
