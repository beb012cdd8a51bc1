"""The web API as any client would use it: announce, upload in chunks, follow, download."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any

CHUNK_BYTES = 96 * 1024
"""Small, so that a short sample takes several; a real client would send megabytes."""

FOLLOW_EVERY_S = 0.25


class ApiClient:
    """One job at one server. Raises httpx.HTTPError for what is not a success."""

    def __init__(self, url: str) -> None:
        import httpx

        # Our own machine is never behind a proxy, whatever the environment says.
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=60)
        self._job_id = ""
        self._headers: dict[str, str] = {}

    def upload(self, recording: Path) -> Iterator[int]:
        """Announce the recording and send it; yields how many bytes the server has after each chunk."""
        total_bytes = recording.stat().st_size
        announced = self._http.post(
            "/api/jobs/submit", json={"filename": recording.name, "file_size_bytes": total_bytes}
        )
        answer = announced.raise_for_status().json()
        self._job_id = answer["job_id"]
        self._headers = {"Authorization": f"Bearer {answer['access_token']}"}
        if answer["upload"] is None:
            return  # the server has the result of this very recording already
        sent_bytes = 0
        with recording.open("rb") as file:
            while sent_bytes < total_bytes:
                file.seek(sent_bytes)
                chunk = file.read(CHUNK_BYTES)
                span = f"bytes {sent_bytes}-{sent_bytes + len(chunk) - 1}/{total_bytes}"
                reply = self._http.put(answer["upload"]["url"], content=chunk, headers={"Content-Range": span})
                if reply.status_code == 308:  # go on behind what has arrived, which may be less than was sent
                    stored = reply.headers.get("range", "")
                    sent_bytes = int(stored.rpartition("-")[2]) + 1 if stored else 0
                else:
                    reply.raise_for_status()
                    sent_bytes = total_bytes
                yield sent_bytes

    def follow(self, stop: Event) -> Iterator[tuple[dict[str, Any], str]]:
        """The job and what was said last, whenever either changes, until `stop` is set."""
        etag, next_seq, text = "", 0, ""
        while not stop.is_set():
            headers = {**self._headers, "If-None-Match": etag}
            reply = self._http.get(f"/api/jobs/{self._job_id}", headers=headers)
            if reply.status_code != 304:
                job = reply.raise_for_status().json()
                etag = reply.headers["etag"]
                for window in self._windows(next_seq):
                    next_seq = window["seq"] + 1
                    text = " ".join(segment["text"].strip() for segment in window["segments"]) or text
                yield job, text
            stop.wait(FOLLOW_EVERY_S)

    def download(self, job_id: str, format_name: str) -> bytes:
        reply = self._http.get(f"/api/jobs/{job_id}/download/{format_name}", headers=self._headers)
        return reply.raise_for_status().content

    def _windows(self, since_seq: int) -> list[dict[str, Any]]:
        path = f"/api/jobs/{self._job_id}/windows"
        reply = self._http.get(path, params={"since": since_seq}, headers=self._headers)
        windows: list[dict[str, Any]] = reply.raise_for_status().json()["windows"]
        return windows

    def __enter__(self) -> ApiClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()
