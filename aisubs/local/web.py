"""The HTTP API of the local edition: uvicorn in a thread, on a socket that is bound before anything else starts."""

from __future__ import annotations

import errno
import logging
import socket
import time
from threading import Thread
from typing import TYPE_CHECKING, Any

from aisubs.local.addresses import ANY, network_urls, url_of
from aisubs.local.cannot_start import CannotStart

if TYPE_CHECKING:
    import uvicorn

log = logging.getLogger(__name__)

START_TIMEOUT_S = 30.0
GRACE_S = 5
"""How long requests in flight may take once the edition stops; an upload that is cut goes on where it was."""


class PortTaken(CannotStart):
    """Another program listens there."""


class WebServer:
    """Bound when it is made, so that its address is known; answers between `start` and `stop`."""

    def __init__(self, host: str, port: int) -> None:
        """Raises PortTaken, or OSError for an address that is not this machine's."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._socket = socket.create_server((host, port), family=family, backlog=512)
        except OSError as fault:
            if fault.errno != errno.EADDRINUSE:
                raise
            raise PortTaken(
                f"Port {port} is taken by another program. Choose another one with --port or PORT (0 takes a free one)."
            ) from fault
        self._server: uvicorn.Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """How a program on this machine reaches it."""
        host, port = self._socket.getsockname()[:2]
        return url_of("127.0.0.1" if host in ANY else host, port)

    def urls(self, public_url: str) -> list[str]:
        """Where people open the page: on this machine, then on others."""
        return [public_url] if public_url else [self.url, *self.network_urls()]

    def network_urls(self) -> list[str]:
        """How other machines reach it, as things stand now."""
        host, port = self._socket.getsockname()[:2]
        return network_urls(host, port)

    def start(self, http: Any) -> None:
        """Serve an ASGI app; returns when it answers. Raises CannotStart."""
        import uvicorn

        from aisubs.http.live import MAX_MESSAGE_BYTES
        from aisubs.local.connections import guarded_protocol, raise_file_limit

        raise_file_limit()
        # No log_config: uvicorn's lines go where all of ours go. No access log: paths may be asked for with secrets.
        config = uvicorn.Config(
            http,
            http=guarded_protocol(),
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE_S,
            ws_max_size=MAX_MESSAGE_BYTES,
            ws_per_message_deflate=False,  # hints have some 150 bytes
        )
        server = uvicorn.Server(config)
        self._server, self._thread = server, Thread(target=self._run, args=(server,), name="http", daemon=True)
        self._thread.start()
        # uvicorn has no event for "I answer now", only this flag.
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while not server.started and self._thread.is_alive() and time.monotonic() < deadline_s:
            self._thread.join(0.02)
        if not server.started:
            raise CannotStart("The web server did not start; the log says why.")

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        self._socket.close()

    def _run(self, server: uvicorn.Server) -> None:
        try:
            server.run(sockets=[self._socket])
        except Exception:
            log.exception("http.crashed")
