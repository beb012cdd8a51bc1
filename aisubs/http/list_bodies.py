"""What clients send and get about many jobs: lists, filters, totals, names and tags. As bodies.py, for one subject."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from aisubs.http.access import MAX_TOKENS
from aisubs.http.bodies import JobRef
from aisubs.model.errors import AisubsError
from aisubs.model.job import Job, Source, Status
from aisubs.model.names import filename_of

MAX_PER_PAGE = 100
MAX_TAGS = 20

Sort = Literal["created", "name", "duration", "size", "edited", "completed", "expires"]


def _readable(text: str) -> str:
    """One line without what cannot be seen, NFC. Raises ValueError when nothing is left."""
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    clean = unicodedata.normalize("NFC", " ".join(kept.split()))
    if not clean:
        raise ValueError("nothing but spaces")
    return clean


def _nameable(text: str) -> str:
    """Files are named by it."""
    try:
        filename_of(text, "")
    except AisubsError as fault:
        raise ValueError("no file can be called that") from fault
    return text


def _told_apart(tags: list[str]) -> list[str]:
    """In order, each once, whatever its case."""
    return sorted({tag.casefold(): tag for tag in reversed(tags)}.values(), key=str.casefold)


Title = Annotated[str, Field(max_length=200), AfterValidator(_readable), AfterValidator(_nameable)]
Tag = Annotated[str, Field(max_length=40), AfterValidator(_readable)]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS), AfterValidator(_told_apart)]


class Order(BaseModel):
    """What both ways of asking for a list have in common. `text`: in the name or a tag. `totals`: say them, too."""

    model_config = ConfigDict(extra="forbid")

    page: int = Field(default=1, ge=1, le=1_000_000)
    per_page: int = Field(default=10, ge=1, le=MAX_PER_PAGE)
    text: str | None = Field(default=None, max_length=200, pattern=r"^[^\x00]*$")
    kept: bool | None = None
    edited: bool | None = None
    sort: Sort = "created"
    order: Literal["asc", "desc"] | None = None
    totals: bool = False


class ListQuery(Order):
    """A list as an address asks for it: `status`, `source` and `tag` may be repeated; a job has all of the tags."""

    status: list[Status] | None = None
    source: list[Source] | None = None
    tag: Annotated[list[Tag] | None, Field(max_length=MAX_TAGS)] = None

    def filters(self) -> dict[str, Any]:
        """As Jobs.list_jobs takes them."""
        return _filters(self, self.status, self.source, self.tag)


class ListRequest(Order):
    """Which jobs to list: those of `jobs` (told as `gone` if they are), those of `tokens`, and those of who asks."""

    jobs: list[JobRef] = Field(default=[], max_length=MAX_TOKENS)
    tokens: list[str] = Field(default=[], max_length=MAX_TOKENS)
    statuses: list[Status] | None = None
    sources: list[Source] | None = None
    tags: Annotated[list[Tag] | None, Field(max_length=MAX_TAGS)] = None

    def filters(self) -> dict[str, Any]:
        """As Jobs.list_jobs takes them."""
        return _filters(self, self.statuses, self.sources, self.tags)


class Totals(BaseModel):
    """All that is yours, whatever the filters: numbers of jobs by status, source and tag."""

    jobs: int
    duration_ms: int
    size_bytes: int
    statuses: dict[str, int]
    sources: dict[str, int]
    tags: dict[str, int]


class JobPage(BaseModel):
    """Newest first, if nothing else was asked. `gone`: ids asked for that are no job of yours (deleted, or another
    token)."""

    jobs: list[Job]
    total: int
    page: int
    per_page: int
    gone: list[str] = []
    totals: Totals | None = None


class Changes(BaseModel):
    """Only what is named changes. `title`: null is the file's name. `keep`: exempt from being deleted by its age."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    tags: Tags = []
    keep: bool = False


def _filters(
    order: Order, statuses: list[Status] | None, sources: list[Source] | None, tags: list[str] | None
) -> dict[str, Any]:
    said = {"statuses": statuses, "sources": sources, "tags": tags}
    return order.model_dump(include={"text", "kept", "edited", "sort", "order"}, exclude_none=True) | {
        name: values for name, values in said.items() if values
    }
