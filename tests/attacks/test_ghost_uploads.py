"""Ghosts: what lands under `uploads/` without a live job that was announced becomes no job, and does not stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from aisubs.adapters.store.local import LocalStore
from aisubs.model.job import Source
from aisubs.pipeline.receive_upload import receive_upload
from aisubs.pipeline.sweep import find_lost_uploads
from aisubs.wiring import make_limits
from tests.doors.http_door import Door, fault_of, open_door, recording

KEY = {"Idempotency-Key": "a-secret-of-the-client-of-32-characters-or-more"}


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


def jobs_and_objects(door: Door) -> tuple[int, list[str]]:
    (count,) = door.workshop.sql("select count(*) from aisubs.transcription_jobs where deleted_at is null")
    return count["count"], [item.name for item in door.app.store.list("uploads/")]


def sweep(door: Door) -> int:
    """As a lost event is made good."""
    app = door.app
    limits = make_limits(app.settings)
    return find_lost_uploads(jobs=app.jobs, store=app.store, queue=app.queue, limits=limits, settings=app.settings)


def cancelled(door: Door, job_id: str) -> None:
    assert door.delete(job_id).status_code == 200


def deleted(door: Door, job_id: str) -> None:
    cancelled(door, job_id)
    assert door.delete(job_id).status_code == 204


@pytest.mark.parametrize(("end", "left"), [(cancelled, 1), (deleted, 0)])
@pytest.mark.parametrize("rounds", [3])
def test_bytes_sent_to_the_session_of_a_job_that_is_over(
    door: Door, end: Callable[[Door, str], None], left: int, rounds: int
) -> None:
    """Submit, cancel, delete, PUT, again and again: once more transcripts than the line has places."""
    for _ in range(rounds):
        data = recording()
        offer = door.submit(data)
        end(door, offer["job_id"])
        assert httpx.put(offer["upload"]["url"], content=data).status_code == 410
    assert jobs_and_objects(door) == (rounds * left, [])
    assert door.woken == []


@pytest.mark.parametrize("end", [cancelled, deleted])
def test_a_bucket_that_knows_nothing_of_the_end_brings_the_object_all_the_same(
    door: Door, end: Callable[[Door, str], None]
) -> None:
    """A session of GCS lives a week, and nobody can end it without its URL."""
    data = recording()
    offer = door.submit(data)
    name = door.source(offer["job_id"])
    end(door, offer["job_id"])
    before = jobs_and_objects(door)[0]
    landed = door.app.store.put(name, data)
    app = door.app
    receive_upload(
        landed.name, landed.generation, store=app.store, jobs=app.jobs, queue=app.queue,
        limits=make_limits(app.settings), settings=app.settings, source=Source.WEB,
    )  # fmt: skip
    assert jobs_and_objects(door) == (before, [])
    door.app.store.put(landed.name, data)
    sweep(door)
    assert jobs_and_objects(door) == (before, [])


def test_what_was_never_announced_is_no_job_and_is_left_where_it_lies(door: Door) -> None:
    """It may be of a database that was lost: nothing is transcribed for nobody, and nothing of it is deleted."""
    name = "uploads/5c6b1a05-61a5-44cb-93a3-6f7a0a6f7a11/source.wav"
    door.app.store.put(name, recording())
    sweep(door)
    assert jobs_and_objects(door) == (0, [name])


@pytest.mark.parametrize(
    "other",
    [{"filename": "talk.mp4"}, {"file_size_bytes": 460_498}, {"language": "de"}, {"video_hash": "a" * 64}],
    ids=lambda other: next(iter(other)),
)
def test_the_same_key_for_something_else(door: Door, other: dict[str, Any]) -> None:
    data = recording()
    said = {"filename": "talk.wav", "file_size_bytes": len(data)}
    first = door.http.post("/api/jobs/submit", json=said, headers=KEY)
    assert first.status_code == 201
    again = door.http.post("/api/jobs/submit", json=said | other, headers=KEY)
    assert fault_of(again) == (422, "key_reused")
    same = door.http.post("/api/jobs/submit", json=said, headers=KEY).json()
    assert (same["job_id"], same["access_token"]) == (first.json()["job_id"], first.json()["access_token"])
    assert jobs_and_objects(door)[0] == 1


def test_the_key_of_a_deleted_job_is_dead(door: Door) -> None:
    data = recording()
    said = {"filename": "talk.wav", "file_size_bytes": len(data)}
    offer = door.http.post("/api/jobs/submit", json=said, headers=KEY).json()
    door.tokens[offer["job_id"]] = offer["access_token"]
    deleted(door, offer["job_id"])
    assert fault_of(door.http.post("/api/jobs/submit", json=said, headers=KEY)) == (404, "job_not_found")
    assert jobs_and_objects(door) == (0, [])


def test_a_second_session_of_a_deleted_job(door: Door) -> None:
    """One was finished, the job is deleted, the other is sent: it was transcribed again, for nobody."""
    data = recording()
    offer = door.submit(data)
    job_id = offer["job_id"]
    renewed = door.http.post(f"/api/jobs/{job_id}/upload", headers=door.auth(job_id)).json()["url"]
    assert httpx.put(renewed, content=data).status_code == 200
    deleted(door, job_id)
    for url in (offer["upload"]["url"], renewed):
        assert httpx.put(url, content=data).status_code == 410
    assert jobs_and_objects(door) == (0, [])


def test_one_announcement_has_one_session(door: Door) -> None:
    """Ten sessions once held ten times the bytes that were announced."""
    data = recording(5)
    offer = door.submit(data)
    part = {"Content-Range": f"bytes 0-{len(data) - 2}/{len(data)}"}
    urls = [offer["upload"]["url"]]
    for _ in range(5):
        httpx.put(urls[-1], content=data[:-1], headers=part)
        again = door.http.post(f"/api/jobs/{offer['job_id']}/upload", headers=door.auth(offer["job_id"]))
        urls.append(again.json()["url"])
    stored = sum(file.stat().st_size for file in (door.workshop.folder / "store").rglob("data"))
    assert stored < len(data)
    assert [httpx.put(url, content=data).status_code for url in urls] == [410] * 5 + [200]


def test_another_size_than_was_announced(door: Door) -> None:
    """A bucket with presigned parts takes what it is given."""
    offer = door.submit(b"x" * 10)
    data = recording()
    landed = door.app.store.put(door.source(offer["job_id"]), data)
    sweep(door)
    job = door.get(offer["job_id"]).json()
    assert (job["status"], job["error_code"]) == ("failed", "size_mismatch")
    assert isinstance(door.app.store, LocalStore)
    assert landed.name not in jobs_and_objects(door)[1]


def test_bytes_that_are_no_recording_do_not_stay(door: Door) -> None:
    job_id = door.upload(b"this is not a video\n" * 50, filename="talk.mp4")
    assert door.status(job_id) == "failed"
    assert jobs_and_objects(door) == (1, [])
    again = door.http.post(f"/api/jobs/{job_id}/retry", headers=door.auth(job_id))
    assert fault_of(again) == (409, "not_retryable")


def test_a_second_look_that_fails_takes_no_recording_away(door: Door) -> None:
    """An event may come twice, and what was found fit may be refused then: a limit was lowered, a reader was killed."""
    job_id = door.upload(recording())
    app, before = door.app, jobs_and_objects(door)
    found = app.store.stat(door.source(job_id), None)
    narrow = replace(make_limits(app.settings), max_bytes=1)
    receive_upload(
        found.name, found.generation, store=app.store, jobs=app.jobs, queue=app.queue,
        limits=narrow, settings=app.settings, source=Source.WEB,
    )  # fmt: skip
    assert door.status(job_id) == "pending"
    assert jobs_and_objects(door) == before == (1, [found.name])
