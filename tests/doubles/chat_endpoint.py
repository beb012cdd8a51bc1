"""A chat endpoint on the loopback that answers and refuses as OpenAI's does: routes, bodies, headers, cut connections.

It "translates" by turning vowels, so that an answer can be known for its question. What it is to do otherwise is
scripted, a behaviour a request; after these it translates.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

KEY = "sk-loopback-0123456789abcdef"
VOWELS = str.maketrans("aeiouAEIOU", "eiouaEIOUA")

Sentences = list[dict[str, Any]]


def turned(text: str) -> str:
    """What this endpoint calls a translation."""
    return text.translate(VOWELS)


def lines(rows: Sentences) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


@dataclass
class Behaviour:
    """`status` with an error body, or 200 with what `said` makes of the translated rows. `cut`: how many bytes of the
    body are sent of those that the head promises. `finish` and `usage` as in a completion; `raw` is a whole body."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    code: str | None = None
    message: str = "refused"
    said: Callable[[Sentences], str | None] = lines
    cut: int | None = None
    finish: str = "stop"
    usage: bool = True
    raw: bytes | None = None
    before: Callable[[], None] = lambda: None


class ChatEndpoint:
    """`script` is taken from the front. `asked` are the user's messages as they came, `models` whom they were for."""

    def __init__(self, key: str | None = KEY) -> None:
        self.key = key
        self.script: list[Behaviour] = []
        self.asked: list[dict[str, Any]] = []
        self.bodies: list[dict[str, Any]] = []
        endpoint = self

        class Handler(_Handler):
            chat = endpoint

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def next_behaviour(self) -> Behaviour:
        return self.script.pop(0) if self.script else Behaviour()

    def __enter__(self) -> ChatEndpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    chat: ChatEndpoint
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            self._refuse(Behaviour(404, message=f"Unknown request URL: POST {self.path}"))
            return
        if self.chat.key and self.headers.get("Authorization") != f"Bearer {self.chat.key}":
            self._refuse(Behaviour(401, code="invalid_api_key", message="Incorrect API key provided: sk-lo****cdef."))
            return
        behaviour = self.chat.next_behaviour()
        self.chat.bodies.append(body)
        asked = json.loads(body["messages"][-1]["content"])
        self.chat.asked.append(asked)
        behaviour.before()
        if behaviour.status != 200:
            self._refuse(behaviour)
            return
        self._send(200, behaviour.raw or _completion(body, asked, behaviour), behaviour)

    def _refuse(self, behaviour: Behaviour) -> None:
        said = {"message": behaviour.message, "type": "error", "param": None, "code": behaviour.code}
        self._send(behaviour.status, json.dumps({"error": said}).encode(), behaviour)

    def _send(self, status: int, body: bytes, behaviour: Behaviour) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in behaviour.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if behaviour.cut is None else body[: behaviour.cut])
        if behaviour.cut is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def _completion(body: dict[str, Any], asked: dict[str, Any], behaviour: Behaviour) -> bytes:
    rows = [{"id": row["id"], "text": _with_terms(row["text"], asked.get("terms", []))} for row in asked["sentences"]]
    made: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": body["model"],
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": behaviour.said(rows)},
                "finish_reason": behaviour.finish,
                "logprobs": None,
            }
        ],
    }
    if behaviour.usage:
        made["usage"] = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    return json.dumps(made, ensure_ascii=False).encode()


def _with_terms(text: str, terms: list[dict[str, str]]) -> str:
    words = [turned(word) for word in text.split(" ")]
    said = " ".join(words)
    for term in terms:
        said = said.replace(turned(term["source"]), term["target"])
    return said
