"""A loopback receiver of webhooks that checks signatures with the library of the Standard Webhooks, and misbehaves."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from tests.doubles.loopback import Loopback, Request


@dataclass
class Taken:
    """A message whose signature was right under `secret`."""

    message: dict[str, Any]
    message_id: str
    signatures: int


@dataclass
class Behaviour:
    """`status` answers everything; `drip` sends a byte of an answer now and then, for ever."""

    status: int = 204
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drip: bool = False


class WebhookReceiver(Loopback):
    """Runs while the context lasts. `asked` are the paths of all requests, of whatever kind."""

    def __init__(self, secret: str = "") -> None:
        self.secret = secret
        self.behaviour = Behaviour()
        self.taken: list[Taken] = []
        self.asked: list[str] = []
        self.over = threading.Event()
        receiver = self

        class Door(Request):
            def do_GET(self) -> None:
                receiver.asked.append(f"GET {self.url_path}")
                self.answer(200)

            def do_POST(self) -> None:
                receiver.asked.append(f"POST {self.url_path}")
                receiver._take(self)

        super().__init__(Door)

    def __exit__(self, *_: object) -> None:
        self.over.set()
        super().__exit__()

    def _take(self, request: Request) -> None:
        body = request.body()
        try:
            message = Webhook(self.secret).verify(body, dict(request.headers))
        except WebhookVerificationError as fault:
            request.answer(401, str(fault).encode())
            return
        signatures = len(request.headers["webhook-signature"].split())
        self.taken.append(Taken(message, request.headers["webhook-id"], signatures))
        if self.behaviour.drip:
            request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.over.wait(0.02):
                try:
                    request.wfile.write(b"x")
                except OSError:
                    return
            return
        request.answer(self.behaviour.status, self.behaviour.body, **self.behaviour.headers)
