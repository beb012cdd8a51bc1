"""People, limits, and what the oracle knows of a job."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aisubs.pipeline.jobs import Holder, hash_token

WINDOWS, WINDOW_MS = 3, 20_000
DURATION_MS = WINDOWS * WINDOW_MS
SIZE_BYTES = 1_000
BUCKET = "bucket"

CONCURRENCY = 2
QUEUE_CAPACITY = 5
UPLOADS_PER_OWNER, MAX_UPLOADS = 2, 3
JOBS_PER_DAY, BYTES_PER_DAY = 6, 9 * SIZE_BYTES
MAX_RETRIES = 2

# Time passes in multiples of 100 s, and every limit ends 5 or 10 s before one: what a step takes decides nothing.
JUMPS_S = (100, 200, 1_000, 4_000, 90_000, 700_000)
BACKOFF_S = 95.0
LONGEST_RETURN_S = 600.0
STALE_AFTER_S, STUCK_AFTER_S = 190.0, 1_990.0
DISPATCH_DEADLINE_S = 890.0
UNKNOWN_START_S = 86_400.0
LEASE_S, UPLOAD_DEADLINE_S = 990.0, 3_690.0
SHARE_S = 990.0
RETENTION_S = 604_790.0
ENDED_UPLOADS_S = 8 * 86_400
DAY_S = 86_400


class Refusal(Exception):
    """One of our errors is to come."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Person:
    """Whoever announces, looks and deletes. Without a sign-in they are counted by their address."""

    token: str
    owner_id: str | None
    address: str | None

    @property
    def holder(self) -> Holder:
        return Holder.of([self.token], self.owner_id)

    @property
    def sender(self) -> str:
        """Whose quotas are used: whoever is signed in, else everybody at that address."""
        signed_in = self.owner_id is not None and not self.owner_id.startswith("library:")
        return f"owner:{self.owner_id}" if signed_in else f"address:{self.address}"

    def holds(self, job: Known) -> bool:
        return job.token_hash == hash_token(self.token) or (job.owner_id is not None and job.owner_id == self.owner_id)


MACHINE = Person("machine's", "machine", None)
PEOPLE = (
    Person("one", None, "192.0.2.1"),
    Person("two", None, "192.0.2.1"),
    Person("three", "library:three", "192.0.2.3"),
    Person("four", "account:four", None),
    MACHINE,
)


@dataclass
class Known:
    """A job as it has to be. Times are the oracle's, in seconds; `order` is its place among all that were ever made."""

    job_id: str
    status: str
    source: str
    order: int
    created_s: float
    options: dict[str, Any]
    owner_id: str | None = None
    token_hash: str | None = None
    sender: str | None = None
    video_hash: str | None = None
    announced: tuple[Any, ...] | None = None
    object_name: str | None = None
    generation: int | None = None
    upload_lease_s: float = 0.0
    upload_deadline_s: float = 0.0
    starting: bool = False
    fence: int = 0
    dispatch_id: str | None = None
    dispatched: int | None = None
    dispatch_deadline_s: float = 0.0
    execution_name: str | None = None
    claimed_by: str | None = None
    last_seen_s: float = 0.0
    worked_s: float = 0.0
    attempt_from_ms: int = 0
    not_before_s: float | None = None
    windows: int = 0
    progress_ms: int = 0
    retry_count: int = 0
    fruitless_releases: int = 0
    returned_dispatches: int = 0
    error_code: str | None = None
    content: str | None = None
    result: str | None = None
    completed: int = 0
    cached: bool = False
    kept: bool = False
    unkept_s: float | None = None
    deleted: bool = False

    @property
    def lane(self) -> str:
        if self.sender is not None:
            return self.sender
        if self.owner_id is not None:
            return f"owner:{self.owner_id}" + ("" if self.source == "web" else f":{self.source}")
        return f"token:{self.token_hash}" if self.token_hash is not None else f"source:{self.source}"

    def move(self, status: str, error_code: str | None = None) -> None:
        """What belongs to a state goes with it."""
        if status in OVER:
            self.sender = None
        self.status, self.error_code = status, error_code
        self.not_before_s = self.dispatch_id = self.execution_name = self.claimed_by = None
        self.starting = False


OVER = ("completed", "failed", "cancelled")


@dataclass
class Share:
    """A link to a job."""

    share_id: str
    job_id: str
    token: str
    ends_s: float | None
    revoked: bool = False
    opened: int = 0


@dataclass
class Claimed:
    """A claim that some worker was given; it may be a zombie's by now."""

    job_id: str
    fence: int
    execution: str


@dataclass
class Dispatched:
    """A start that was decided on; the worker may come, late or never."""

    job_id: str
    dispatch_id: str


@dataclass
class Given:
    """What workers were given since the beginning."""

    claims: list[Claimed] = field(default_factory=list)
    dispatches: list[Dispatched] = field(default_factory=list)
