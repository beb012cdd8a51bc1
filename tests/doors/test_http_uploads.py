"""Uploads through the whole API: what becomes of a recording, good or bad, and of interruptions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from aisubs.model.job import Source
from aisubs.pipeline.sweep import expire_uploads, find_lost_uploads
from aisubs.wiring import make_limits
from tests.doors.http_door import Door, fault_of, open_door, recording
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
    assert door.app.store.stat(f"uploads/{offer['job_id']}/source.mp4").content_type == "video/mp4"


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


def test_a_recording_can_be_read_back_in_parts(door: Door) -> None:
    data = os.urandom(100_000)
    job_id = door.upload(data, filename="talk.mp4")
    name = f"uploads/{job_id}/source.mp4"
    url = httpx.URL(str(door.http.base_url)).join(door.app.store.read_url(name, "talk.mp4", "video/mp4", 60))
    part = httpx.get(url, headers={"Range": "bytes=500-999"})
    assert (part.status_code, part.content) == (206, data[500:1000])
    assert httpx.get(url).headers["content-security-policy"].endswith("sandbox")
