"""Connections that ask for nothing: how many there may be, and how long one may take to say what it wants.

uvicorn waits for ever for the end of a header and has no limit of connections before a request is whole. A thousand
that never finish their first line would take all descriptors, the database's among them.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import time
from collections import OrderedDict
from typing import Any, ClassVar

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from aisubs.http.faults import as_json
from aisubs.model.errors import error

log = logging.getLogger(__name__)

HEADERS_WITHIN_S = 20.0
MAX_CONNECTIONS = 800
FILES = 8192
TELL_EVERY_S = 60.0


class Guarded(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's protocol with the limits of `guarded_protocol`, which gives each server a class of its own."""

    max_connections: ClassVar[int]
    headers_within_s: ClassVar[float]
    silent: ClassVar[OrderedDict[Any, asyncio.TimerHandle]]
    """Connections without a request under way, the longest silent first, and when each is hung up on."""
    told_at_s: ClassVar[float] = -TELL_EVERY_S

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        if len(self.connections) <= self.max_connections:
            self._wait()
            return
        self._tell()
        victim = next(iter(self.silent), self)
        if victim is not self:
            self._wait()
        victim._heard()
        victim.transport.abort()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        asking = self.cycle is not None and not self.cycle.response_complete
        if asking or self.transport.get_protocol() is not self:
            self._heard()
        else:
            self._wait()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._heard()
        super().connection_lost(exc)

    def send_400_response(self, _why: str) -> None:
        """To what is no HTTP at all, in the shape of all errors."""
        body = bytes(as_json(error("bad_request", "This is not HTTP.")).body)
        head = f"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        self.transport.write(head.encode() + b"Connection: close\r\n\r\n" + body)
        self.transport.close()

    def _tell(self) -> None:
        """Once a minute: a line for each would fill the disk as well."""
        cls = type(self)
        if (now_s := time.monotonic()) - cls.told_at_s > TELL_EVERY_S:
            cls.told_at_s = now_s
            log.warning("http.too_many_connections", extra={"limit": self.max_connections})

    def _wait(self) -> None:
        if self not in self.silent:
            loop = asyncio.get_running_loop()
            self.silent[self] = loop.call_later(self.headers_within_s, self.transport.abort)

    def _heard(self) -> None:
        if timer := self.silent.pop(self, None):
            timer.cancel()


def guarded_protocol(
    max_connections: int = MAX_CONNECTIONS, headers_within_s: float = HEADERS_WITHIN_S
) -> type[asyncio.Protocol]:
    """A protocol for `uvicorn.Config(http=...)`: one that has no whole request within `headers_within_s` is hung up on.

    Of more than `max_connections` (those of WebSockets among them) the one that has asked for nothing longest goes; a
    new one is let in, so that whoever opens thousands shuts nobody out.
    """
    limits = {"max_connections": max_connections, "headers_within_s": headers_within_s, "silent": OrderedDict()}
    return type("Guarded", (Guarded,), limits)


def raise_file_limit(wanted: int = FILES) -> None:
    """As many descriptors as this process may have, up to `wanted`: a shell often gives 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    most = wanted if hard == unlimited else min(wanted, hard)
    if soft != unlimited and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
