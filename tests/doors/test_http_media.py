"""The recording, for playing: who gets a link, what it leads to, and what becomes of it when the recording is gone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from aisubs.adapters.store.gcs import GcsStore
from aisubs.http import create_http
from aisubs.ports import Store
from aisubs.wiring import make_store
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.doubles.gcs import Gcs
from tests.doubles.google_environment import google_environment
from tests.doubles.google_identity import GoogleIdentity
from tests.doubles.s3 import s3_server
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


def media(door: Door, job_id: str) -> httpx.Response:
    return door.http.post(f"/api/jobs/{job_id}/media", headers=door.auth(job_id))


def link(door: Door, job_id: str) -> dict[str, Any]:
    answer = media(door, job_id)
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


def test_a_player_gets_what_was_uploaded(door: Door) -> None:
    data = SAMPLE_VIDEO.read_bytes()
    job_id = door.upload(data, filename="Grüße \U0001f3a4.mp4", content_type="video/mp4; codecs=avc1")
    given = link(door, job_id)
    assert (given["content_type"], given["size_bytes"]) == ("video/mp4", len(data))
    left = datetime.fromisoformat(given["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=3, minutes=50) < left < timedelta(hours=4, minutes=1)
    assert door.tokens[job_id] not in given["url"]

    whole = httpx.get(given["url"])
    assert (whole.status_code, whole.content) == (200, data)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["content-disposition"].startswith("inline;")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]
    assert (whole.headers["accept-ranges"], whole.headers["referrer-policy"]) == ("bytes", "no-referrer")
    head = httpx.head(given["url"])
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(data)), b"")
    seek = httpx.get(given["url"], headers={"Range": "bytes=1000-1999"})
    assert (seek.status_code, seek.content) == (206, data[1000:2000])
    assert seek.headers["content-range"] == f"bytes 1000-1999/{len(data)}"


TYPES = {
    ("talk.mp4", "text/html"): ("video/mp4", "inline"),
    ("evil.html", "text/html"): ("application/octet-stream", "attachment"),
    ("evil.svg", "image/svg+xml"): ("application/octet-stream", "attachment"),
    ("evil.bin", "VIDEO/../x"): ("application/octet-stream", "attachment"),
    ("talk.mkv", ""): ("video/x-matroska", "inline"),
    ("talk.opus", "application/octet-stream"): ("audio/ogg", "inline"),
    ("talk", "Audio/X-M4A"): ("audio/x-m4a", "inline"),
}


def test_a_strangers_content_type_only_ever_means_sound_or_picture(door: Door) -> None:
    for (filename, said), (content_type, kind) in TYPES.items():
        job_id = door.upload(recording(0.1), filename=filename, content_type=said)
        given = link(door, job_id)
        answer = httpx.get(given["url"])
        assert given["content_type"] == answer.headers["content-type"] == content_type, filename
        assert answer.headers["content-disposition"].startswith(f"{kind};"), filename
        door.delete(job_id)
        door.delete(job_id)


def test_a_dropped_object_is_no_page_either(door: Door) -> None:
    """Its content type is what somebody wrote beside it in the bucket."""
    found = door.app.store.put("inbox/talk.mp4", b"<script>alert(1)</script>", "text/html\r\nX: y")
    landed = {"bucket": found.bucket, "object_name": found.name, "generation": found.generation}
    landed |= {"file_size_bytes": found.size_bytes, "content_type": found.content_type, "crc32c": None}
    landed |= {"duration_ms": None, "filename": "talk", "source": "bucket", "owner_id": None, "options": {}}
    token_hash = hashlib.sha256(b"mine").hexdigest()
    job = door.app.jobs.receive_upload(**landed, token_hash=token_hash)
    assert job is not None
    door.tokens[job.job_id] = "mine"
    answer = httpx.get(link(door, job.job_id)["url"])
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_a_recording_that_is_gone(door: Door) -> None:
    job_id = door.upload(SAMPLE_VIDEO.read_bytes())
    door.workshop.work(ScriptedEngine())
    url = link(door, job_id)["url"]
    door.app.store.delete(door.source(job_id))
    assert fault_of(media(door, job_id)) == (410, "recording_gone")
    assert httpx.get(url).status_code == 404
    assert door.get(job_id, "/download/srt").status_code == 200
    door.delete(job_id)
    assert fault_of(media(door, job_id)) == (404, "job_not_found")


def test_another_recording_under_the_name_is_not_played(door: Door) -> None:
    job_id = door.upload(SAMPLE_VIDEO.read_bytes())
    url = link(door, job_id)["url"]
    door.app.store.put(door.source(job_id), b"something else", "video/mp4")
    assert fault_of(media(door, job_id)) == (410, "recording_gone")
    assert httpx.get(url).status_code == 404


def test_before_it_is_here_and_when_it_never_came(door: Door) -> None:
    job_id = door.submit(b"x" * 100)["job_id"]
    assert fault_of(media(door, job_id)) == (409, "not_finished")
    door.delete(job_id)
    assert door.status(job_id) == "cancelled"
    assert fault_of(media(door, job_id)) == (410, "recording_gone")


def test_a_cached_job_plays_the_recording_of_its_twin(door: Door) -> None:
    data = SAMPLE_VIDEO.read_bytes()
    video_hash = hashlib.sha256(data).hexdigest()
    first = door.upload(data, filename="first.mp4", video_hash=video_hash)
    door.workshop.work(ScriptedEngine(model="toy"))
    body = {"filename": "second.mp4", "file_size_bytes": len(data), "video_hash": video_hash}
    twin = door.http.post("/api/jobs/submit", json=body, headers=door.auth(first)).json()
    assert twin["cached"]
    door.tokens[twin["job_id"]] = twin["access_token"]
    given = link(door, twin["job_id"])
    played = httpx.get(given["url"])
    assert played.content == data
    assert "second.mp4" in played.headers["content-disposition"]
    door.delete(first)
    assert fault_of(media(door, twin["job_id"])) == (410, "recording_gone")


def test_the_link_does_not_name_the_bucket_of_another_store(door: Door) -> None:
    job_id = door.upload(recording())
    door.workshop.sql("update aisubs.transcription_jobs set bucket = 'elsewhere'")
    assert fault_of(media(door, job_id)) == (410, "recording_gone")


def over(store: Store, door: Door) -> TestClient:
    """The same app where the store has a server of its own."""
    return TestClient(create_http(replace(door.app, store=store, sessions=None)))


def put_there(door: Door, store: Store, data: bytes) -> str:
    """A job whose recording lies in `store`."""
    job_id = door.upload(recording(), filename="talk.mp4", content_type="video/mp4")
    found = store.put(door.source(job_id), data, "video/mp4")
    door.workshop.sql(
        "update aisubs.transcription_jobs set bucket = %s, generation = %s where job_id = %s",
        found.bucket, found.generation, job_id,
    )  # fmt: skip
    return job_id


def test_cloud_storage_signs_the_generation(door: Door, tmp_path: Path) -> None:
    with GoogleIdentity() as identity, Gcs(identity) as double, google_environment(identity, tmp_path, double):
        store, data = GcsStore.connect("uploads"), os.urandom(5000)
        job_id = put_there(door, store, data)
        client = over(store, door)
        given = client.post(f"/api/jobs/{job_id}/media", headers=door.auth(job_id)).json()
        assert parse_qs(urlsplit(given["url"]).query)["X-Goog-Expires"] == ["14400"]
        part = httpx.get(given["url"], headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, data[10:20])
        assert part.headers["content-type"] == "video/mp4"
        assert part.headers["content-disposition"].startswith("inline;")
        store.put(door.source(job_id), b"another", "video/mp4")
        assert httpx.get(given["url"]).status_code == 404
        again = client.post(f"/api/jobs/{job_id}/media", headers=door.auth(job_id))
        assert (again.status_code, again.json()["error"]["code"]) == (410, "recording_gone")


def test_s3_presigns_what_is_there_now(door: Door) -> None:
    with s3_server("uploads"):
        store, _ = make_store(door.app.settings.model_copy(update={"store_url": "s3://uploads"}))
        data = os.urandom(5000)
        job_id = put_there(door, store, data)
        client = over(store, door)
        given = client.post(f"/api/jobs/{job_id}/media", headers=door.auth(job_id)).json()
        assert parse_qs(urlsplit(given["url"]).query)["X-Amz-Expires"] == ["14400"]
        part = httpx.get(given["url"], headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, data[10:20])
        store.put(door.source(job_id), b"another", "video/mp4")
        again = client.post(f"/api/jobs/{job_id}/media", headers=door.auth(job_id))
        assert (again.status_code, again.json()["error"]["code"]) == (410, "recording_gone")
