"""A client that gives up as little as the page does: it announces once, sends what is missing, asks until it knows."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.whole.edition import FORMATS

CHUNK_BYTES = 150_000
_PAUSE_S, _TIMEOUT_S = 0.2, 2.0
_OVER = ("completed", "failed", "cancelled")


class Stuck(Exception):
    """It did not get there in time."""


class Refused(Exception):
    """The server said no to what is right."""


@dataclass
class Client:
    """One recording on its way through the API at `url`, until `deadline_s` (monotonic)."""

    url: str
    data: bytes
    deadline_s: float
    options: dict[str, Any] = field(default_factory=dict)
    job_id: str = ""
    _key: str = field(default_factory=lambda: str(uuid.uuid4()))
    _headers: dict[str, str] = field(default_factory=dict)

    def deliver(self) -> None:
        """Announce and send. Raises Stuck, Refused."""
        body = {"filename": "talk.m4a", "file_size_bytes": len(self.data), **self.options}
        answer = self._insist(
            lambda http: http.post(f"{self.url}/api/jobs/submit", json=body, headers={"Idempotency-Key": self._key})
        ).json()
        self.job_id = answer["job_id"]
        self._headers = {"Authorization": f"Bearer {answer['access_token']}"}
        if answer["upload"]:
            self._send(answer["upload"]["url"])

    def wait(self) -> dict[str, Any]:
        """The job once it is over. Raises Stuck, Refused."""
        while True:
            job: dict[str, Any] = self._asked("").json()
            if job["status"] in _OVER:
                return job
            self._rest(f"{job['status']} {job['progress']} %: {job['error_message']}")

    def downloads(self) -> dict[str, bytes]:
        return {name: self._asked(f"/download/{name}").content for name in FORMATS}

    def delete(self) -> None:
        self._insist(lambda http: http.delete(f"{self.url}/api/jobs/{self.job_id}", headers=self._headers), (404,))

    def _asked(self, what: str) -> httpx.Response:
        return self._insist(lambda http: http.get(f"{self.url}/api/jobs/{self.job_id}{what}", headers=self._headers))

    def _send(self, url: str) -> None:
        """From where the server says that it is, until it says that all is there.

        A session ends when another is opened, as by an announcement that was given up for lost and then obeyed.
        """
        begin: int | None = 0
        while True:
            if begin is None:
                asked = {"Content-Range": f"bytes */{len(self.data)}"}
                reply = self._insist(lambda http, asked=asked, to=url: http.put(to, headers=asked), (308, 410))
                if reply.status_code == 410:
                    renewed = self._insist(
                        lambda http: http.post(f"{self.url}/api/jobs/{self.job_id}/upload", headers=self._headers),
                        (410,),
                    )
                    if renewed.status_code == 410:  # it has come
                        return
                    url, begin = renewed.json()["url"], 0
                    continue
                begin = _has(reply)
            if begin is None or begin >= len(self.data):
                return
            chunk = self.data[begin : begin + CHUNK_BYTES]
            span = {"Content-Range": f"bytes {begin}-{begin + len(chunk) - 1}/{len(self.data)}"}
            begin = self._put(url, chunk, span)

    def _put(self, url: str, chunk: bytes, span: dict[str, str]) -> int | None:
        """How many bytes are there; None where only the server knows."""
        try:
            with httpx.Client(trust_env=False, timeout=_TIMEOUT_S) as http:
                reply = http.put(url, content=chunk, headers=span)
        except httpx.HTTPError as fault:
            self._rest(f"upload: {fault!r}")
            return None
        if reply.status_code == 308:
            return _has(reply)
        if reply.status_code in (200, 201):
            return len(self.data)
        self._rest(f"upload: {reply.status_code} {reply.text}")
        return None

    def _insist(self, ask: Callable[[httpx.Client], httpx.Response], also: tuple[int, ...] = ()) -> httpx.Response:
        while True:
            try:
                with httpx.Client(trust_env=False, timeout=_TIMEOUT_S) as http:
                    reply = ask(http)
            except httpx.HTTPError as fault:
                self._rest(repr(fault))
                continue
            if reply.is_success or reply.status_code in also:
                return reply
            if reply.status_code < 500 and reply.status_code != 429:
                raise Refused(f"{reply.request.method} {reply.request.url.path}: {reply.status_code} {reply.text}")
            self._rest(f"{reply.status_code} {reply.text}")

    def _rest(self, why: str) -> None:
        if time.monotonic() > self.deadline_s:
            raise Stuck(f"job {self.job_id or '(not announced)'}: {why}")
        time.sleep(_PAUSE_S)


def _has(reply: httpx.Response) -> int | None:
    """How many bytes a server has by its answer to a status query; None when it has them all."""
    if reply.status_code != 308:
        return None
    said = reply.headers.get("Range")
    return int(said.rpartition("-")[2]) + 1 if said else 0
