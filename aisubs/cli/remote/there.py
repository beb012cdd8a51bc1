"""The site of a batch at another server: recordings are announced once, sent, followed, and their texts fetched."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Event, Lock
from typing import Any

import httpx

from aisubs.cli.item import Item
from aisubs.cli.progress import Look
from aisubs.cli.remote.ledger import Announced, Ledger
from aisubs.cli.remote.parcel import Parcel, packed
from aisubs.cli.remote.sending import Sending, UploadGone
from aisubs.cli.remote.server import Server
from aisubs.cli.site import READ_ALONG
from aisubs.local.command_files import Writing, write_output
from aisubs.local.deposit import Signature
from aisubs.media.probe import Limits
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Job, Options, Status
from aisubs.model.names import readable_filename

log = logging.getLogger(__name__)

_MAX_SESSIONS = 5
"""Addresses that are asked for in a row for one recording."""


class There:
    """`at_once` files are prepared and sent at a time; texts that people correct on the server are not fetched anew."""

    look_every_s = 1.0

    def __init__(self, server: Server, ledger: Ledger, folder: Path, limits: Limits, at_once: int, stop: Event) -> None:
        """What is made to be sent lies in `folder` until it is; `stop` ends all waiting."""
        self.at_once = at_once
        self._server, self._ledger, self._folder, self._limits, self._stop = server, ledger, folder, limits, stop
        self._tokens: dict[str, str | None] = {}
        self._turns: defaultdict[str, Lock] = defaultdict(Lock)

    def bring(self, item: Item, options: Options, script: str | None, tell: Callable[[Look], None], stop: Event) -> Job:
        choices = sha256(json.dumps([options.as_json(), script], sort_keys=True).encode()).hexdigest()
        waits = {"stop": stop, "tell": tell}
        digest = self._ledger.digest_of(item.path, Signature.of(item.path.stat()))
        found = self._ledger.find(digest, choices) if digest else None
        job = self._known_job(found, waits) if found else None
        if found is not None and job is not None and not _is_to_be_sent(job, found):
            return job
        with packed(item.path, self._folder, self._limits, tell, stop) as (parcel, signature):
            self._ledger.note_digest(item.path, signature, parcel.digest)
            with self._turns[parcel.digest]:  # the same content may have another name, too
                return self._bring_parcel(readable_filename(item.path.name), parcel, options, script, choices, waits)

    def _bring_parcel(
        self, name: str, parcel: Parcel, options: Options, script: str | None, choices: str, waits: dict[str, Any]
    ) -> Job:
        found = self._ledger.find(parcel.digest, choices)
        job = self._known_job(found, waits) if found else None
        if found is None or job is None:
            found = self._announce(name, parcel, options, script, choices, waits)
            job = self._job(found, waits)
        if _is_to_be_sent(job, found):
            self._send(found, parcel, waits)
            job = self._job(found, waits)
        return job

    def look(self, job: Job, tell: Callable[[Look], None]) -> Job | None:
        return self._read_job(job.job_id, {"stop": self._stop, "tell": tell})

    def heard(self, job: Job, since: int) -> str:
        asked = {"since": max(since, job.windows - READ_ALONG), "limit": READ_ALONG}
        answer = self._ask("GET", job.job_id, "/windows", {"stop": self._stop}, params=asked)
        texts = (
            " ".join(one["text"].strip() for one in window["segments"]) for window in answer.json()["windows"][::-1]
        )
        return next(filter(None, texts), "")

    def write(self, path: Path, job: Job, writing: Writing) -> None:
        asked = {**writing.choices, **({"profile": writing.profile} if writing.profile else {})}
        answer = self._ask("GET", job.job_id, f"/download/{writing.format}", {"stop": self._stop}, params=asked)
        write_output(path, answer.content)

    def keep_going(self) -> None:
        """The server does."""

    def farewell(self, begun: list[Job]) -> str:
        sent = sum(job.status is not Status.UPLOADING for job in begun)
        told = f"{sent} go on there; the" if sent else "The"
        return f"Nothing is lost. {told} same command goes on where this one was, and fetches what is done meanwhile."

    def _known_job(self, found: Announced, waits: dict[str, Any]) -> Job | None:
        """The job of an announcement; None where it is gone, or was refused for what may be otherwise now. One that
        failed or was cancelled is tried again."""
        if found.job_id is None:
            return None  # it is announced again, with the same word
        try:
            job = self._job(found, waits)
            if job.status.came_to_nothing and job.retryable is not False:
                return self._as_job(self._ask("POST", job.job_id, "/retry", waits))
        except AisubsError as fault:
            if fault.http_status not in (404, 409, 410):
                raise
            log.info("server.forgotten", extra={"job_id": found.job_id, "error_code": fault.code})
            self._ledger.forget(found)
            return None
        if job.status is not Status.FAILED:
            return job
        # An old refusal may be out of date (limits were raised), and a deleted job is none: begin anew.
        self._ask("DELETE", job.job_id, "", waits)
        self._ledger.forget(found)
        return None

    def _announce(
        self, name: str, parcel: Parcel, options: Options, script: str | None, choices: str, waits: dict[str, Any]
    ) -> Announced:
        begun = self._ledger.begin(parcel.digest, choices)
        said = {
            **{key: value for key, value in options.as_json().items() if key != "script"},
            "filename": name,
            "file_size_bytes": parcel.size_bytes,
            "content_type": parcel.content_type,
            "video_hash": parcel.digest,
            **({"script": script} if script is not None else {}),
        }
        answer = self._server.ask(
            "POST", "/api/jobs/submit", json=said, headers={"Idempotency-Key": begun.word}, **waits
        ).json()
        upload = json.dumps(answer["upload"]) if answer["upload"] else None
        begun = replace(begun, job_id=answer["job_id"], token=answer["access_token"], upload=upload)
        self._ledger.note(begun)
        return begun

    def _send(self, found: Announced, parcel: Parcel, waits: dict[str, Any]) -> None:
        def keep(upload: str | None) -> None:
            nonlocal found
            found = replace(found, upload=upload)
            self._ledger.note(found)

        sending = Sending(self._server, parcel, keep, waits)
        for _ in range(_MAX_SESSIONS):
            try:
                sending.send(found.upload or "")
                keep(None)
                return
            except UploadGone as gone:
                log.info("upload.renewed", extra={"job_id": found.job_id, "reason": str(gone)})
            if self._job(found, waits).status is not Status.UPLOADING:
                return  # all of it had arrived
            keep(json.dumps(self._ask("POST", found.job_id or "", "/upload", waits).json()))
        raise error("upload_gone", f"{self._server.url} gave {_MAX_SESSIONS} addresses in a row")

    def _job(self, found: Announced, waits: dict[str, Any]) -> Job:
        assert found.job_id is not None
        self._tokens[found.job_id] = found.token
        return self._read_job(found.job_id, waits)

    def _read_job(self, job_id: str, waits: dict[str, Any]) -> Job:
        return self._as_job(self._ask("GET", job_id, "", waits))

    def _ask(self, method: str, job_id: str, what: str, waits: dict[str, Any], **sent: Any) -> httpx.Response:
        return self._server.ask(method, f"/api/jobs/{job_id}{what}", token=self._tokens.get(job_id), **waits, **sent)

    def _as_job(self, answer: httpx.Response) -> Job:
        return Job.model_validate(answer.json())


def _is_to_be_sent(job: Job, found: Announced) -> bool:
    """A bucket may have all of it before the server has heard so."""
    return job.status is Status.UPLOADING and found.upload is not None
