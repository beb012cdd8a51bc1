"""What the core asks of the world: one Protocol per port, its edges in the docstring.

Plugs live in aisubs/adapters/<port>/<plug>.py; only aisubs/wiring.py knows which one is used. Every method may raise
the port's `*_unavailable` error (aisubs.model.errors) when the service behind it does not answer; other errors are
named below. All plugs of a port pass the same suite in tests/contract/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeAlias

from aisubs.model.job import Options
from aisubs.model.transcript import Segment

if TYPE_CHECKING:  # the cloud's functions import this file, and numpy costs them a cold start
    import numpy as np
    from numpy.typing import NDArray

Samples: TypeAlias = "NDArray[np.float32]"
"""Mono samples at 16 kHz in [-1, 1], shape (n,)."""


class Database(Protocol):
    """The job state machine, reached through the functions of schema `aisubs_api`."""

    def call(self, function: str, /, **arguments: Any) -> list[dict[str, Any]]:
        """Run one function in one transaction and return its rows as JSON values (times are ISO 8601 with zone).

        Arguments are JSON values and are passed by name. A function that raises SQLSTATE `PTxyz` with one of our codes
        as its message raises that error here, its DETAIL (a JSON object) filled into the sentence.
        A call that times out may have been carried out: every function is safe to call again.
        """
        ...

    def ping(self) -> str:
        """Return a short description of the server, or raise `database_unavailable`."""
        ...


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object in the store. `generation` changes with every overwrite; times are ISO 8601."""

    bucket: str
    name: str
    generation: int
    size_bytes: int
    content_type: str = "application/octet-stream"
    crc32c: str | None = None  # base64 of 4 big-endian bytes, as GCS writes it
    metadata: Mapping[str, str] = field(default_factory=dict)
    updated_at: str | None = None


class RangeReader(Protocol):
    """One generation of one object, readable at any offset. Not shared between threads."""

    size_bytes: int

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return exactly the bytes asked for, fewer only at the end of the object.

        Raises `source_gone` when the generation is no longer there, `truncated` when the store ends early.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class UploadSession:
    """A resumable upload that the client carries out itself, by PUT with Content-Range (the protocol of GCS).

    The URL is a capability: never log it.
    """

    url: str
    expires_at: str | None = None


class Store(Protocol):
    """One bucket (or folder). Names use `/`, never start with it and never hold `..` as a part."""

    bucket: str

    def stat(self, name: str, generation: int | None = None) -> StoredObject:
        """Raises `object_not_found`, also when only another generation exists."""
        ...

    def open(self, name: str, generation: int | None = None) -> RangeReader:
        """Open one generation, pinned. Raises `object_not_found`."""
        ...

    def put(
        self,
        name: str,
        data: bytes | BinaryIO,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        if_generation_match: int | None = None,
    ) -> StoredObject:
        """Write the whole object or nothing. `if_generation_match=0` means "only if absent".

        Raises `precondition_failed`.
        """
        ...

    def delete(self, name: str, generation: int | None = None) -> None:
        """Delete the object; one that is not there is fine."""
        ...

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """All objects whose name starts with `prefix`, by name; metadata may be left empty."""
        ...

    def start_upload(self, name: str, size_bytes: int, content_type: str, origin: str | None = None) -> UploadSession:
        """Open a resumable upload of exactly `size_bytes` that fails if the object exists when it is finished."""
        ...

    def read_url(self, name: str, filename: str, content_type: str, ttl_s: int) -> str:
        """A URL that reads this one object without other rights for `ttl_s` seconds, with range requests."""
        ...

    def ping(self) -> str: ...


class UploadSessions(Protocol):
    """The server's side of a resumable upload, for a store that has no server of its own (the local one)."""

    def append(self, session_id: str, offset_bytes: int, total_bytes: int, chunks: Iterator[bytes]) -> SessionState:
        """Store `chunks` from `offset_bytes` on; what arrived before a cut connection is kept.

        The last byte finishes the object, atomically. Raises `upload_offset` (its `offset` detail says where to go on),
        `size_mismatch`, `upload_gone`, `precondition_failed`.
        """
        ...

    def status(self, session_id: str) -> SessionState:
        """Raises `upload_gone`. A finished session still answers for a day."""
        ...

    def cancel(self, session_id: str) -> None:
        """Forget the session and its bytes; one that is not there is fine."""
        ...


@dataclass(frozen=True, slots=True)
class SessionState:
    """How far a resumable upload has come; `finished` is the object when it is complete."""

    stored_bytes: int
    total_bytes: int
    finished: StoredObject | None = None


class Mirror(Protocol):
    """Where results of dropped files are put for people: a folder, or a bucket of results."""

    def put(self, name: str, data: bytes, content_type: str = "application/octet-stream") -> object:
        """Write the whole file or nothing, replacing an older one."""
        ...


class Queue(Protocol):
    """Wakes the dispatcher. A wake-up means "something may be startable", nothing more."""

    def wake(self, name: str, delay_s: float = 0.0) -> None:
        """Ask for one run of `dispatch` in `delay_s` seconds. The same `name` again may be ignored for an hour."""
        ...

    def ping(self) -> str: ...


class ExecutionState(StrEnum):
    """What a runner knows about a worker it started."""

    RUNNING = "running"  # or about to
    GONE = "gone"  # ended, whatever the outcome
    UNKNOWN = "unknown"


class Runner(Protocol):
    """Starts worker executions (gpu_job/main.py) and knows whether they still live."""

    def start(self, job_id: str, dispatch_id: str) -> str:
        """Start one worker and return its execution name at once. Called once per dispatch, never retried.

        Raises `no_capacity` when the machine or quota is used up, `runner_unavailable` when the answer was lost:
        then the execution may exist, and `find` tells.
        """
        ...

    def find(self, dispatch_id: str) -> str | None:
        """The execution that was started for this dispatch, if there is one."""
        ...

    def state(self, execution_name: str) -> ExecutionState: ...

    def cancel(self, execution_name: str) -> None:
        """Ask the execution to stop (SIGTERM); one that is over is fine."""
        ...

    def ping(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """What an engine gets of one window: its speech without the pauses.

    `samples` is the concatenation of `spans`, which are absolute (start, end) samples at 16 kHz in the recording;
    the engine restores times through them.
    """

    seq: int
    samples: Samples
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A piece with whatever the engine wants computed ahead (log-mel features of shape (n_mels, n_frames))."""

    piece: Piece
    features: Any = None


@dataclass(frozen=True, slots=True)
class Guess:
    """A language with its probability, 0..1."""

    language: str
    probability: float


class Engine(Protocol):
    """Turns speech into segments. Used by one thread at a time, except `prepare`, which runs ahead in another."""

    fingerprint: str
    """Changes whenever the output could: model, weights, compute type, beam, versions."""
    model: str

    def prepare(self, piece: Piece) -> Prepared:
        """The part that needs no accelerator, so that it can overlap with `transcribe`."""
        ...

    def guess_languages(self, batch: Sequence[Prepared]) -> list[Guess]:
        """One guess for each piece. A model of one language always answers with that one."""
        ...

    def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[tuple[Segment, ...]]:
        """Segments of each piece, times absolute in the recording. Deterministic for equal batches.

        Raises `engine_failed`.
        """
        ...

    def redecode(self, piece: Prepared, language: str, options: Options, attempt: int) -> tuple[Segment, ...]:
        """Decode one doubtful piece again, alone, by the `attempt`-th (1..) deterministic fallback.

        Returns an empty tuple with attempt beyond the last fallback.
        """
        ...

    def ping(self) -> str: ...
