"""Uploads through the whole API: what becomes of a recording, good or bad, and of interruptions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from aisubs.http.uploads import upload_routes
from aisubs.model.errors import error
from aisubs.model.job import Source
from aisubs.pipeline.jobs import Holder
from aisubs.pipeline.sweep import expire_uploads, find_lost_uploads
from aisubs.wiring import make_limits
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.http_server import serve
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


def in_chunks(url: str, data: bytes, size: int) -> httpx.Response:
    """As a browser does it, believing only what the server says it has."""
    sent = 0
    while True:
        chunk = data[sent : sent + size]
        span = f"bytes {sent}-{sent + len(chunk) - 1}/{len(data)}"
        answer = httpx.put(url, content=chunk, headers={"Content-Range": span})
        if answer.status_code != 308:
            return answer
        sent = int(answer.headers["range"].rpartition("-")[2]) + 1


def test_a_video_in_chunks_becomes_a_transcript(door: Door) -> None:
    data = SAMPLE_VIDEO.read_bytes()
    offer = door.submit(data, filename="sample.mp4", content_type="video/mp4; codecs=avc1")
    assert in_chunks(offer["upload"]["url"], data, 64 * 1024).json()["size"] == str(len(data))
    assert door.status(offer["job_id"]) == "pending"
    door.workshop.work(ScriptedEngine())
    job = door.get(offer["job_id"]).json()
    assert (job["status"], job["progress"]) == ("completed", 100)
    assert " --> " in door.get(offer["job_id"], "/download/srt").text
    assert door.app.store.stat(door.source(offer["job_id"])).content_type == "video/mp4"


def test_what_is_no_recording_fails_with_a_sentence(door: Door) -> None:
    text = door.upload(b"this is not a video\n" * 50, filename="talk.mp4")
    half = door.upload(SAMPLE_VIDEO.read_bytes()[:1500], filename="half.mp4")
    for job_id in (text, half):
        job = door.get(job_id).json()
        assert job["status"] == "failed"
        assert job["error_code"] in ("not_media", "truncated", "damaged", "no_audio")
        assert job["error_message"].endswith(".")
        assert job["retryable"] is False
    good = door.upload(recording())
    assert door.status(good) == "pending"


def test_the_announced_size_is_the_size(door: Door) -> None:
    offer = door.submit(b"x" * 100)
    url = offer["upload"]["url"]
    assert fault_of(httpx.put(url, content=b"x" * 101)) == (409, "size_mismatch")
    span = {"Content-Range": "bytes 0-49/50"}
    assert fault_of(httpx.put(url, content=b"x" * 50, headers=span)) == (409, "size_mismatch")
    assert httpx.put(url, headers={"Content-Range": "bytes */100"}).status_code == 308
    assert door.status(offer["job_id"]) == "uploading"


def test_an_upload_goes_on_after_a_restart_of_the_server(database_url: str, tmp_path: Path) -> None:
    data = recording(5)
    with open_door(database_url, tmp_path) as before:
        offer = before.submit(data)
        url = httpx.URL(offer["upload"]["url"])
        first = httpx.put(url, content=data[:70_000], headers={"Content-Range": f"bytes 0-69999/{len(data)}"})
        assert first.status_code == 308
    with open_door(database_url, tmp_path) as after:
        after.tokens = before.tokens
        again = url.copy_with(port=after.http.base_url.port)
        where = httpx.put(again, headers={"Content-Range": f"bytes */{len(data)}"})
        assert (where.status_code, where.headers["range"]) == (308, "bytes=0-69999")
        span = {"Content-Range": f"bytes 70000-{len(data) - 1}/{len(data)}"}
        assert httpx.put(again, content=data[70_000:], headers=span).status_code == 200
        assert after.status(offer["job_id"]) == "pending"


def test_a_lost_notification_is_made_good(door: Door) -> None:
    """The process died between the last byte and the row."""
    data = recording()
    offer = door.submit(data)
    session = offer["upload"]["url"].rsplit("/", 1)[1]
    assert door.app.sessions is not None
    door.app.sessions.append(session, 0, len(data), iter([data]))
    assert door.status(offer["job_id"]) == "uploading"
    asked = httpx.put(offer["upload"]["url"], headers={"Content-Range": f"bytes */{len(data)}"})
    assert (asked.status_code, door.status(offer["job_id"])) == (200, "pending")

    other = door.submit(data)
    door.app.sessions.append(other["upload"]["url"].rsplit("/", 1)[1], 0, len(data), iter([data]))
    found = find_lost_uploads(
        jobs=door.app.jobs,
        store=door.app.store,
        queue=door.app.queue,
        limits=make_limits(door.app.settings),
        settings=door.app.settings,
        source=Source.WEB,
    )
    assert (found, door.status(other["job_id"])) == (1, "pending")


def test_an_upload_that_is_never_finished_expires(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path, upload_deadline_hours=1e-9) as door:
        offer = door.submit(b"x" * 1000)
        span = {"Content-Range": "bytes 0-499/1000"}
        assert httpx.put(offer["upload"]["url"], content=b"x" * 500, headers=span).status_code == 308
        assert expire_uploads(jobs=door.app.jobs, store=door.app.store) == 1
        job = door.get(offer["job_id"]).json()
        assert (job["status"], job["error_code"]) == ("cancelled", "upload_expired")
        assert httpx.put(offer["upload"]["url"], content=b"x" * 1000).status_code == 410
        assert [path for path in (tmp_path / "store").rglob("data") if path.is_file()] == []


def lease_and_deadline(door: Door, job_id: str) -> tuple[float, float]:
    """Seconds left of both."""
    (left,) = door.workshop.sql(
        "select extract(epoch from upload_lease - now())::float as lease, "
        "extract(epoch from upload_deadline - now())::float as deadline "
        "from aisubs.transcription_jobs where job_id = %s",
        job_id,
    )
    return left["lease"], left["deadline"]


def a_night_passes(door: Door, job_id: str) -> None:
    door.workshop.sql(
        "update aisubs.transcription_jobs set upload_lease = upload_lease - interval '10 hours', "
        "upload_deadline = upload_deadline - interval '10 hours' where job_id = %s",
        job_id,
    )


def test_a_laptop_that_was_closed_for_a_night_goes_on(door: Door) -> None:
    """Half of the bytes are here. Over night the upload counts for nobody; in the morning it goes on where it was."""
    data = recording()
    offer = door.submit(data)
    job_id, url = offer["job_id"], offer["upload"]["url"]
    assert httpx.put(url, content=data[:1000], headers={"Content-Range": f"bytes 0-999/{len(data)}"}).status_code == 308
    a_night_passes(door, job_id)
    assert expire_uploads(jobs=door.app.jobs, store=door.app.store) == 0
    assert lease_and_deadline(door, job_id)[0] < 0
    asked = httpx.put(url, headers={"Content-Range": f"bytes */{len(data)}"})
    assert (asked.status_code, asked.headers["range"]) == (308, "bytes=0-999")
    span = {"Content-Range": f"bytes 1000-1999/{len(data)}"}
    assert httpx.put(url, content=data[1000:2000], headers=span).status_code == 308
    lease_s, deadline_s = lease_and_deadline(door, job_id)
    assert 800 < lease_s <= 900
    assert 23 * 3600 < deadline_s <= 24 * 3600
    span = {"Content-Range": f"bytes 2000-{len(data) - 1}/{len(data)}"}
    assert httpx.put(url, content=data[2000:], headers=span).status_code == 200
    assert door.status(job_id) == "pending"


def test_an_upload_past_this_server_is_kept_alive_by_its_sender(door: Door) -> None:
    offer = door.submit(recording())
    job_id = offer["job_id"]
    for path in ("/upload/alive", "/upload"):
        a_night_passes(door, job_id)
        assert lease_and_deadline(door, job_id)[0] < 0
        assert door.http.post(f"/api/jobs/{job_id}{path}", headers=door.auth(job_id)).is_success
        assert lease_and_deadline(door, job_id)[0] > 800
    stranger = door.http.post(f"/api/jobs/{job_id}/upload/alive", headers={"Authorization": "Bearer nobody"})
    assert fault_of(stranger) == (404, "job_not_found")
    door.delete(job_id)
    over = door.http.post(f"/api/jobs/{job_id}/upload/alive", headers=door.auth(job_id))
    assert fault_of(over) == (410, "upload_gone")


def test_bytes_are_stored_although_the_database_is_away(door: Door) -> None:
    offer = door.submit(recording())
    heard: list[str] = []

    def fails(name: str) -> None:
        heard.append(name)
        raise error("database_unavailable")

    assert door.app.sessions is not None
    http = FastAPI()
    http.include_router(upload_routes(door.app.sessions, None, fails))
    with serve(http) as url:
        there = httpx.URL(offer["upload"]["url"]).copy_with(port=httpx.URL(url).port)
        size = door.app.jobs.get_job(offer["job_id"], Holder.of([offer["access_token"]])).file_size_bytes
        sent = httpx.put(there, content=b"x" * 10, headers={"Content-Range": f"bytes 0-9/{size}"})
    assert (sent.status_code, sent.headers["range"]) == (308, "bytes=0-9")
    assert heard == [door.source(offer["job_id"])]


def test_a_recording_can_be_read_back_in_parts(door: Door) -> None:
    data = os.urandom(100_000)
    name = door.app.store.put("talks/talk.mp4", data, "video/mp4").name
    url = httpx.URL(str(door.http.base_url)).join(door.app.store.read_url(name, "talk.mp4", "video/mp4", 60))
    part = httpx.get(url, headers={"Range": "bytes=500-999"})
    assert (part.status_code, part.content) == (206, data[500:1000])
    assert httpx.get(url).headers["content-security-policy"].endswith("sandbox")
