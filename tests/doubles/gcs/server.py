"""The parts of Cloud Storage that we use, over HTTP on the loopback, in memory.

JSON API: upload (media, multipart, resumable), get, download, list in pages, compose, delete, each with generations and
preconditions; XML API: reading by V4-signed URL; CORS of the bucket and of an upload session's origin; ranges.
Only holders of an access token of `identity`, of an upload session or of a signed URL get anything.
What it does not do: versioning, ACLs, rewriting, XML uploads, conditional metadata changes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.doubles.gcs.handler import Handler
from tests.doubles.gcs.objects import Blob, Buckets
from tests.doubles.gcs.sessions import Session
from tests.doubles.google_identity import GoogleIdentity
from tests.doubles.loopback import Loopback

EXPOSED = ("Location", "Range", "Content-Range", "x-goog-resumable", "x-goog-hash", "x-goog-generation")


@dataclass
class Fault:
    """What happens to the next `times` requests that `method` and `part` (of the path) fit.

    `status` None: the request is carried out and its answer lost. `status` 0: the connection is cut before.
    """

    method: str
    part: str
    status: int | None
    times: int = 1


class Gcs(Loopback):
    """The server, while the context lasts. `url` is what STORAGE_EMULATOR_HOST would be.

    `cors` is the bucket's CORS configuration: (origins, methods, exposed headers). `seen` collects (method, path).
    """

    def __init__(
        self,
        identity: GoogleIdentity,
        buckets: tuple[str, ...] = ("uploads",),
        *,
        origins: Sequence[str] = (),
        on_finalized: Callable[[Blob], None] = lambda blob: None,
        page_size: int = 1000,
    ) -> None:
        self.identity = identity
        self.buckets = Buckets(buckets, on_finalized)
        self.sessions: dict[str, Session] = {}
        self.origins = tuple(origins)
        self.exposed = EXPOSED
        self.page_size = page_size
        self.seen: list[tuple[str, str]] = []
        self._faults: list[Fault] = []
        self._mutex = threading.Lock()
        double = self

        class Bound(Handler):
            gcs = double

        super().__init__(Bound)

    def disturb(self, method: str, part: str, status: int | None, times: int = 1) -> None:
        """Plan a fault, see Fault."""
        with self._mutex:
            self._faults.append(Fault(method, part, status, times))

    def fault_for(self, method: str, path: str) -> Fault | None:
        with self._mutex:
            self.seen.append((method, path))
            for fault in self._faults:
                if fault.times and fault.method == method and fault.part in path:
                    fault.times -= 1
                    return fault
        return None

    def open_session(self, session: Session) -> str:
        key = uuid4().hex
        self.sessions[key] = session
        return key

    def cors_headers(self, origin: str | None, session: Session | None) -> dict[str, Any]:
        """What a browser on `origin` is allowed to do and see."""
        if origin is None:
            return {}
        if origin in self.origins or "*" in self.origins:
            exposed = {"Access_Control_Expose_Headers": ", ".join(self.exposed)}
            return {"Access_Control_Allow_Origin": origin, "Vary": "Origin", **exposed}
        if session is not None and session.origin == origin:
            return {"Access_Control_Allow_Origin": origin, "Vary": "Origin"}
        return {}
