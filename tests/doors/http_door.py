"""The whole HTTP API for a test: real Postgres, local store, real queue, uvicorn on a free port."""

from __future__ import annotations

import io
import os
import socket
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import httpx

from aisubs.adapters.queue.local import LocalQueue
from aisubs.http import create_http
from aisubs.local.tokens import OWNER, SIGN_IN, own_token, renew_token
from aisubs.model.job import Source
from aisubs.pipeline.link_sign_in import LinkSignIn
from aisubs.pipeline.receive_upload import receive_upload
from aisubs.ports import StoredObject
from aisubs.wiring import App, make_app, make_limits
from aisubs.wiring_workers import no_diarizer
from tests.http_server import serve
from tests.scripted_diarizer import ScriptedDiarizer
from tests.workshop import Workshop


def recording(seconds: float = 0.5) -> bytes:
    """A WAV file with noise, different each time."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
        file.writeframes(os.urandom(int(seconds * 32_000)))
    return data.getvalue()


@dataclass
class Door:
    """`woken` counts the runs of the dispatcher, which starts no worker: tests do that with `workshop.work`."""

    http: httpx.Client
    workshop: Workshop
    app: App
    woken: list[int]
    tokens: dict[str, str] = field(default_factory=dict)

    def submit(self, data: bytes = b"x", **said: Any) -> dict[str, Any]:
        """Announce; the token is remembered for `auth`."""
        body = {"filename": "talk.wav", "file_size_bytes": len(data)} | said
        answer = self.http.post("/api/jobs/submit", json=body)
        assert answer.status_code == 201, answer.text
        offer: dict[str, Any] = answer.json()
        self.tokens[offer["job_id"]] = offer["access_token"]
        return offer

    def upload(self, data: bytes, **said: Any) -> str:
        """Announce and send at once; returns the job id."""
        offer = self.submit(data, **said)
        assert httpx.put(offer["upload"]["url"], content=data).status_code == 200
        return str(offer["job_id"])

    def source(self, job_id: str) -> str:
        """The name of the object that its recording is, or is to be."""
        (row,) = self.workshop.sql("select object_name from aisubs.transcription_jobs where job_id = %s", job_id)
        return str(row["object_name"])

    def auth(self, job_id: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[job_id]}"}

    def get(self, job_id: str, path: str = "", **more: Any) -> httpx.Response:
        return self.http.get(f"/api/jobs/{job_id}{path}", headers=self.auth(job_id) | more.pop("headers", {}), **more)

    def delete(self, job_id: str) -> httpx.Response:
        return self.http.delete(f"/api/jobs/{job_id}", headers=self.auth(job_id))

    def status(self, job_id: str) -> str:
        return str(self.get(job_id).json()["status"])


@contextmanager
def open_door(
    database_url: str,
    folder: Path,
    *,
    edition: Literal["local", "cloud"] = "cloud",
    network_urls: tuple[str, ...] = (),
    diarizer: ScriptedDiarizer | None = None,
    **settings: Any,
) -> Iterator[Door]:
    """The local edition knows its owner: whoever has the key in `folder`/tokens/sign-in. Strangers may send recordings,
    as most tests do, unless `anonymous` says otherwise."""
    settings.setdefault("anonymous", "yes")
    woken: list[int] = []
    queue = LocalQueue(lambda: woken.append(1))
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    with Workshop(database_url, folder, **settings) as workshop:

        def on_object(landed: StoredObject) -> None:
            receive_upload(
                landed.name,
                landed.generation,
                store=app.store,
                jobs=app.jobs,
                queue=queue,
                limits=make_limits(workshop.settings),
                settings=workshop.settings,
                source=Source.WEB,
            )

        app = make_app(workshop.settings, database=workshop.database, queue=queue, on_object=on_object, edition=edition)
        # Not the one of this machine, which may have one or not.
        load = (lambda: diarizer) if diarizer is not None else no_diarizer
        deciders = () if diarizer is None else (diarizer,)
        app = replace(
            app, load_diarizer=load, load_deciders=lambda: deciders, has_diarizer=lambda: diarizer is not None
        )
        if edition == "local":
            key, renew = partial(own_token, folder, SIGN_IN), partial(renew_token, folder, SIGN_IN)
            link = LinkSignIn(app.jobs, OWNER, key=key, renew=renew) if app.settings.local_sign_in else None
            app = replace(app, identity=replace(app.identity, link=link))
        with (
            serve(create_http(app, network_urls=lambda: network_urls), listener) as url,
            httpx.Client(base_url=url, timeout=60) as http,
        ):
            yield Door(http, workshop, app, woken)
    queue.close()


def fault_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code; the shape is the same for every error."""
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "retryable"}
    assert "Traceback" not in answer.text
    return answer.status_code, body["error"]["code"]
