"""What clients send and get, as the OpenAPI page shows it."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, Field, model_validator

from aisubs.formats import Choices
from aisubs.model.job import Options, Status
from aisubs.model.transcript import Window
from aisubs.pipeline.drop_options import check_options

_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]{0,126}/[A-Za-z0-9][\w.+-]{0,126}", re.ASCII)
_ANY_TYPE = "application/octet-stream"

LANGUAGE = r"^([a-z]{2,3})?$"

MAX_SCRIPT_CHARS = 900_000
"""What a request has room for: that of ten hours is 600,000."""


class Submission(Options):
    """A recording that is going to be uploaded, and what to do with it."""

    filename: str = Field(min_length=1, max_length=4096)
    file_size_bytes: int
    content_type: str = Field(default=_ANY_TYPE, max_length=1024)
    video_hash: str | None = Field(default=None, pattern=r"^[0-9a-fA-F]{64}$")
    """SHA-256 of the file in hex: a result that you have already is then given at once, without an upload."""

    script: str | None = Field(default=None, max_length=MAX_SCRIPT_CHARS)
    """What is said in it: a manuscript, or subtitles (SRT, WebVTT, SubStation Alpha). Its words take the place of what
    is heard, at the times at which they are said, and subtitles stay as they are cut."""

    @model_validator(mode="after")
    def _can_be_done(self) -> Submission:
        check_options(self)
        return self

    @property
    def options(self) -> Options:
        """With the digest of the script in place of its text."""
        said = Options.model_validate(self.model_dump(include=set(Options.model_fields) - {"script"}))
        return said if self.script is None else said.with_script(self.script)

    @property
    def media_type(self) -> str:
        """Only a hint: what the file is, its bytes tell. Parameters and nonsense are dropped."""
        match = _MEDIA_TYPE.fullmatch(self.content_type.partition(";")[0].strip())
        return match.group().lower() if match else _ANY_TYPE


class Parts(BaseModel):
    """An upload to S3: PUT `part_bytes` bytes to each of `part_urls` (what is left to the last), keep each `ETag`, then
    POST the list of them to `complete_url` with the header `If-None-Match: *`. DELETE on `abort_url` forgets it."""

    part_bytes: int
    part_urls: tuple[str, ...]
    complete_url: str
    abort_url: str


class Upload(BaseModel):
    """Where to PUT the bytes: Google's resumable upload protocol, in chunks or at once. The URL is a secret.

    `parts` is there where the store is S3, which has no such protocol; then it counts, and not `url`.
    """

    url: str
    expires_at: str | None
    parts: Parts | None = None


class Submitted(BaseModel):
    """`access_token` is shown this once. No `upload` when the transcript is there already (`cached`)."""

    job_id: str
    access_token: str
    status: Status
    cached: bool
    cached_at: str | None
    eta_s: float | None
    upload: Upload | None


class JobRef(BaseModel):
    """A job and the token that opens it."""

    job_id: str = Field(max_length=64)
    access_token: str = Field(min_length=1, max_length=256)


class WindowPage(BaseModel):
    """Windows from `since` on. Ask again with `since` = `next_seq`; `finished` says that no more will come."""

    windows: list[Window]
    next_seq: int
    finished: bool
    status: Status
    version: int


class Download(Choices):
    """What may be chosen about a download; each format takes only some of it."""

    profile: str | None = None
    """Subtitle profile; without one the files written on completion are sent."""
    partial: bool = False
    """Also of a job that is not completed: what is saved so far."""
    revision: int | None = Field(default=None, ge=0, le=2**31 - 1)
    """Of the text that people corrected; 0: as the machine wrote it; without one the newest."""

    language: str = Field(default="", pattern=LANGUAGE)
    """Of a translation; without one the text as it was said."""

    def choices(self) -> dict[str, Any]:
        """Only what was said: a format refuses choices that it does not take."""
        return self.model_dump(exclude_unset=True, exclude={"profile", "partial", "revision", "language"})


class QueueState(BaseModel):
    """`position`: the place that a job submitted now would get. The line is full when pending + active = capacity;
    what is `uploading` has no place in it yet."""

    active: int
    limit: int
    pending: int
    uploading: int
    capacity: int
    position: int
    retry_after_s: float | None


class Check(BaseModel):
    ok: bool
    error: str | None = None


class Health(BaseModel):
    status: Literal["ok", "failing"]
    version: str
    checks: dict[str, Check]


class FormatInfo(BaseModel):
    name: str
    suffix: str
    media_type: str
    description: str
    choices: list[str]


class Formats(BaseModel):
    formats: list[FormatInfo]
    profiles: dict[str, str]
