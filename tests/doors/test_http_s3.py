"""A web upload where the store is S3: the API hands out a URL for each part, and the page does the rest."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import httpx
from starlette.testclient import TestClient

from aisubs.adapters.store.s3.upload import COMPLETION_HEADERS, MIN_PART_BYTES, completion_body
from aisubs.http import create_http
from aisubs.wiring import make_app, make_store
from tests.doubles.s3 import s3_server
from tests.workshop import Workshop


def test_submit_and_send_in_parts(database_url: str, tmp_path: Path) -> None:
    data = os.urandom(MIN_PART_BYTES + 1000)
    with s3_server("uploads"), Workshop(database_url, tmp_path, anonymous="yes") as workshop:
        store, _ = make_store(workshop.settings.model_copy(update={"store_url": "s3://uploads"}))
        app = replace(make_app(workshop.settings, database=workshop.database), store=store, sessions=None)
        client = TestClient(create_http(app))
        answer = client.post("/api/jobs/submit", json={"filename": "talk.mp4", "file_size_bytes": len(data)})
        assert answer.status_code == 201, answer.text
        parts = answer.json()["upload"]["parts"]
        cuts = [data[start : start + parts["part_bytes"]] for start in range(0, len(data), parts["part_bytes"])]
        assert len(cuts) == len(parts["part_urls"]) == 2
        sent = [httpx.put(url, content=cut) for url, cut in zip(parts["part_urls"], cuts, strict=True)]
        body = completion_body([one.headers["etag"] for one in sent])
        assert httpx.post(parts["complete_url"], content=body, headers=COMPLETION_HEADERS).status_code == 200
        (landed,) = store.list("uploads/")
        assert landed.size_bytes == len(data)
        job_id = answer.json()["job_id"]
        assert landed.name == workshop.row(job_id)["object_name"]
        assert job_id not in landed.name, "a media link must not name the job"
