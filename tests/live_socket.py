"""A real WebSocket client of /api/live, as a page uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

PATIENCE_S = 30.0


class LiveSocket:
    """One open connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def watch(self, *topics: str | None) -> None:
        """Replace the watch set, and wait until that is in force. No hint may come meanwhile."""
        self.connection.send(json.dumps({"watch": topics}))
        assert self.hear() == {"type": "ready"}

    def hear(self) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(self.connection.recv(PATIENCE_S))
        return heard

    def hear_until(self, status: str) -> list[dict[str, Any]]:
        """All hints up to one with this status."""
        heard = [self.hear()]
        while heard[-1].get("status") != status:
            heard.append(self.hear())
        return heard

    def closed_with(self) -> tuple[int, str]:
        """Code and reason with which the server hangs up; whatever comes before is passed over."""
        with suppress(ConnectionClosed):
            while True:
                self.connection.recv(PATIENCE_S)
        close = self.connection.protocol.close_rcvd
        assert close is not None, "hung up without a word"
        return close.code, close.reason


@contextmanager
def live_socket(url: str, **more: Any) -> Iterator[LiveSocket]:
    """`url` is that of the HTTP API. Raises websockets.exceptions.InvalidStatus when it is refused."""
    with connect(url.replace("http", "ws", 1) + "/api/live", proxy=None, compression=None, **more) as connection:
        yield LiveSocket(connection)
